/// Bytes that are put together piece by piece in a block of a pool.
struct BlockBuilder: Sendable {
  private var block: MemoryBlock?
  /// Number of bytes so far.
  private(set) var count = 0

  /// Begins anew, leaving the block to the columns that refer to it.
  mutating func reset() {
    block = nil
    count = 0
  }

  /// Makes room for `size` more bytes and counts them; the caller writes them at once.
  mutating func extend(by size: Int, pool: inout MemoryPool) throws(ColumnarFileError) -> UnsafeMutableRawBufferPointer
  {
    let (total, overflow) = count.addingReportingOverflow(size)
    guard !overflow, total <= MemoryBlock.limit else {
      throw .damaged("the values of a batch are longer than \(MemoryBlock.limit) bytes")
    }
    let old = block
    let target: MemoryBlock
    if let old, total <= old.capacity {
      target = old
    } else {
      target = try pool.take(max(total, 2 * (old?.capacity ?? 0), 4096))
      if let old { target.base.copyMemory(from: old.base, byteCount: count) }
      block = target
    }
    defer { count = total }
    return UnsafeMutableRawBufferPointer(start: target.base + count, count: size)
  }

  /// Adds one value.
  mutating func append<Value: BitwiseCopyable>(_ value: Value, pool: inout MemoryPool) throws(ColumnarFileError) {
    try extend(by: MemoryLayout<Value>.size, pool: &pool).storeBytes(of: value, as: Value.self)
  }

  /// What was put together; the builder must not be extended after that, only reset.
  func slice(pool: inout MemoryPool) throws(ColumnarFileError) -> BufferSlice {
    if let block { return BufferSlice(block, count: count) }
    return BufferSlice(try pool.take(0), count: 0)
  }
}
