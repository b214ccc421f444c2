/// The blocks of the last batch, used again for the next where no column refers to them any more.
struct MemoryPool: Sendable {
  private var lent: [MemoryBlock] = []
  private var free: [MemoryBlock] = []

  /// Bytes that a batch's largest block has most often.
  private static let usualCapacity = 16 << 20

  /// Begins a new batch: what nobody refers to from the batch before may be lent again.
  ///
  /// - Parameter limit: larger blocks are let go of.
  mutating func recycle(keepingUpTo limit: Int = .max) {
    free.removeAll(keepingCapacity: true)
    var blocks: [MemoryBlock] = []
    swap(&blocks, &lent)
    while var block = blocks.popLast() {
      if block.capacity <= limit, isKnownUniquelyReferenced(&block) { free.append(block) }
    }
  }

  /// A block of at least `capacity` bytes with undefined contents, which the caller may write until a column refers to
  /// it.
  mutating func take(_ capacity: Int) throws(ColumnarFileError) -> MemoryBlock {
    var best: Int?
    for (index, block) in free.enumerated() where block.capacity >= capacity && block.capacity / 4 <= capacity + 4096 {
      if let found = best, free[found].capacity <= block.capacity { continue }
      best = index
    }
    // A block beyond the usual sizes takes the place of those that are too small, which may be as large.
    if best == nil, capacity > Self.usualCapacity { free.removeAll() }
    let block =
      if let best { free.remove(at: best) } else { try MemoryBlock(capacity: (capacity + capacity / 8 + 63) & ~63) }
    lent.append(block)
    return block
  }
}

extension MemoryPool {
  /// A buffer of `count` values, each computed from its number.
  mutating func values<Value: BitwiseCopyable>(
    _ count: Int, of type: Value.Type = Value.self, _ value: (Int) throws(ColumnarFileError) -> Value
  ) throws(ColumnarFileError) -> BufferSlice {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.size)
    guard !overflow else { throw .damaged("\(count) values in one column") }
    let block = try take(size)
    for index in 0..<count {
      block.base.storeBytes(of: try value(index), toByteOffset: index * MemoryLayout<Value>.size, as: type)
    }
    return BufferSlice(block, count: size)
  }

  /// A buffer of `count` bits, each computed from its number.
  mutating func bits(
    _ count: Int, _ isSet: (Int) throws(ColumnarFileError) -> Bool
  ) throws(ColumnarFileError) -> BufferSlice {
    try values((count + 7) / 8, of: UInt8.self) { (byte) throws(ColumnarFileError) in
      var bits: UInt8 = 0
      for bit in 0..<min(8, count - byte * 8) where try isSet(byte * 8 + bit) { bits |= 1 << UInt8(bit) }
      return bits
    }
  }

  /// One buffer with the given pieces in a row, and 64-bit offsets of where they begin and end.
  mutating func joined(
    _ count: Int, _ piece: (Int) throws(ColumnarFileError) -> BufferSlice?
  ) throws(ColumnarFileError) -> (offsets: BufferSlice, data: BufferSlice) {
    var size = 0
    let offsets = try values(count + 1, of: Int64.self) { (index) throws(ColumnarFileError) in
      let begin = size
      if index < count, let piece = try piece(index) {
        let (sum, overflow) = size.addingReportingOverflow(piece.count)
        guard !overflow, sum <= MemoryBlock.limit else {
          throw ColumnarFileError.damaged("the texts of a batch are longer than \(MemoryBlock.limit) bytes")
        }
        size = sum
      }
      return Int64(begin)
    }
    let block = try take(size)
    for index in 0..<count {
      guard let piece = try piece(index), piece.count > 0 else { continue }
      let target = block.base + Int(offsets.value(index, as: Int64.self))
      target.copyMemory(from: piece.block.base + piece.start, byteCount: piece.count)
    }
    return (offsets, BufferSlice(block, count: size))
  }
}

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
