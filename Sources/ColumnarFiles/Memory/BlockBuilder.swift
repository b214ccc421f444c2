/// Bytes that are put together piece by piece in a block of a pool.
struct BlockBuilder: Sendable {
  private var block: MemoryBlock?
  /// The block's memory and its size, so that adding a piece need not count a reference. Only the owner of the builder
  /// writes there, as `MemoryBlock` asks for.
  private nonisolated(unsafe) var base: UnsafeMutableRawPointer?
  private var capacity = 0
  /// Number of bytes so far.
  private(set) var count = 0

  /// Begins anew, leaving the block to the columns that refer to it.
  mutating func reset() { self = BlockBuilder() }

  /// Makes room for `size` more bytes and counts them; the caller writes them at once.
  @inline(__always)
  mutating func extend(by size: Int, pool: inout MemoryPool) throws(ColumnarFileError) -> UnsafeMutableRawBufferPointer
  {
    let (total, overflow) = count.addingReportingOverflow(size)
    if overflow || total > capacity { try grow(to: overflow ? .max : total, pool: &pool) }
    defer { count = total }
    return UnsafeMutableRawBufferPointer(start: base.map { $0 + count }, count: size)
  }

  /// Moves to a block of at least `total` bytes.
  @inline(never)
  private mutating func grow(to total: Int, pool: inout MemoryPool) throws(ColumnarFileError) {
    guard total <= MemoryBlock.limit else {
      throw .damaged("the values of a batch are longer than \(MemoryBlock.limit) bytes")
    }
    let target = try pool.take(max(total, 2 * capacity, 4096))
    if let base { target.base.copyMemory(from: base, byteCount: count) }
    block = target
    base = target.base
    capacity = target.capacity
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
