/// The values of a leaf that a batch collects, without its nulls.
struct LeafValues: Sendable {
  /// Numbers of 8 bytes, truth values of one, or where each text ends, in 8 bytes.
  var fixed = BlockBuilder()
  /// The bytes of texts.
  var text = BlockBuilder()
  /// Number of values.
  var count = 0

  mutating func reset() {
    fixed.reset()
    text.reset()
    count = 0
  }

  /// Makes room for `size` more values of 8 bytes, which the caller writes at once.
  mutating func extend<Value: BitwiseCopyable>(
    by size: Int, of type: Value.Type, pool: inout MemoryPool
  ) throws(ColumnarFileError) -> UnsafeMutableBufferPointer<Value> {
    let bytes = try fixed.extend(by: size * MemoryLayout<Value>.size, pool: &pool)
    count += size
    return bytes.bindMemory(to: type)
  }
}
