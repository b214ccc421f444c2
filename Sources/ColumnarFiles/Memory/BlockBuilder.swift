/// Bytes that are put together piece by piece in a block of a pool.
struct BlockBuilder: Sendable {
  private var block: MemoryBlock?
  /// Number of bytes so far.
  private(set) var count = 0
  /// Bytes of the first block: as many as the column before had, so that it seldom needs a larger one.
  private var expected = 4096

  /// Expecting more would keep memory for what is rare.
  private static let expectedLimit = 16 << 20

  /// Begins anew, leaving the block to the columns that refer to it.
  mutating func reset() {
    let last = count
    self = BlockBuilder()
    expected = min(max(expected, last), Self.expectedLimit)
  }

  /// Makes room for `size` more bytes and counts them; the caller writes them at once.
  @inline(__always)
  mutating func extend(by size: Int, pool: inout MemoryPool) throws(ColumnarFileError) -> UnsafeMutableRawBufferPointer
  {
    let (total, overflow) = count.addingReportingOverflow(size)
    if overflow || total > block?.capacity ?? 0 { try grow(to: overflow ? .max : total, pool: &pool) }
    defer { count = total }
    return UnsafeMutableRawBufferPointer(start: block.map { $0.base + count }, count: size)
  }

  /// Moves to a block of at least `total` bytes. Apart from `extend`, which thus counts no references.
  @inline(never)
  private mutating func grow(to total: Int, pool: inout MemoryPool) throws(ColumnarFileError) {
    guard total <= MemoryBlock.limit else {
      throw .damaged("the values of a batch are longer than \(MemoryBlock.limit) bytes")
    }
    let target = try pool.take(max(total, 2 * (block?.capacity ?? 0), expected))
    if let block { target.base.copyMemory(from: block.base, byteCount: count) }
    block = target
  }

  /// Adds one value.
  @inline(__always)
  mutating func append<Value: BitwiseCopyable>(_ value: Value, pool: inout MemoryPool) throws(ColumnarFileError) {
    try extend(by: MemoryLayout<Value>.size, pool: &pool).storeBytes(of: value, as: Value.self)
  }

  /// What was put together; the builder must not be extended after that, only reset.
  func slice(pool: inout MemoryPool) throws(ColumnarFileError) -> BufferSlice {
    if let block { return BufferSlice(block, count: count) }
    return BufferSlice(try pool.take(0), count: 0)
  }
}
