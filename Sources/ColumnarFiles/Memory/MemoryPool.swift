import Support

/// The blocks of the last batch, reused for the next one once no column refers to them.
struct MemoryPool: Sendable {
  fileprivate let limits: Limits
  private var lent: [MemoryBlock] = []
  /// Bytes of the lent blocks.
  private var lentBytes = 0
  private var free: [MemoryBlock] = []

  /// The usual size of a batch's largest block, in bytes.
  private static let usualCapacity = 16 << 20

  init(limits: Limits = Limits()) { self.limits = limits }

  /// Begins a new batch: blocks of the previous one that nobody refers to may be lent again.
  ///
  /// - Parameter limit: larger blocks are released.
  mutating func recycle(keepingUpTo limit: Int = .max) {
    free.removeAll(keepingCapacity: true)
    lentBytes = 0
    var blocks: [MemoryBlock] = []
    swap(&blocks, &lent)
    while var block = blocks.popLast() {
      if block.capacity <= limit, isKnownUniquelyReferenced(&block) { free.append(block) }
    }
  }

  /// A block of at least `capacity` bytes with undefined contents, which the caller may write until a column refers to
  /// it.
  ///
  /// - Throws: `FileError` if that is more than the limits allow.
  mutating func take(_ capacity: Int) throws(FileError) -> MemoryBlock {
    guard capacity <= limits.bufferBytes else {
      throw .tooMuch("\(capacity) bytes in one piece are beyond the limit of \(limits.bufferBytes)")
    }
    guard lentBytes <= limits.batchBytes - capacity else {
      throw .tooMuch("the columns of a batch take more than \(limits.batchBytes) bytes")
    }
    var best: Int?
    for (index, block) in free.enumerated() where block.capacity >= capacity && block.capacity / 4 <= capacity + 4096 {
      if let found = best, free[found].capacity <= block.capacity { continue }
      best = index
    }
    // A block of unusual size replaces those that are too small, which may be about as large.
    if best == nil, capacity > Self.usualCapacity { free.removeAll() }
    let block: MemoryBlock
    if let best {
      block = free.remove(at: best)
    } else {
      let rounded = min((capacity + capacity / 8 + 63) & ~63, MemoryBlock.limit)
      block = try MemoryBlock(capacity: max(capacity, rounded))
    }
    lent.append(block)
    lentBytes += block.capacity
    return block
  }
}

extension MemoryPool {
  /// A buffer of `count` values, each computed from its number.
  mutating func values<Value: BitwiseCopyable>(
    _ count: Int, of type: Value.Type = Value.self, _ value: (Int) throws(FileError) -> Value
  ) throws(FileError) -> BufferSlice {
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
    _ count: Int, _ isSet: (Int) throws(FileError) -> Bool
  ) throws(FileError) -> BufferSlice {
    try values((count + 7) / 8, of: UInt8.self) { (byte) throws(FileError) in
      var bits: UInt8 = 0
      for bit in 0..<min(8, count - byte * 8) where try isSet(byte * 8 + bit) { bits |= 1 << UInt8(bit) }
      return bits
    }
  }

  /// One buffer of the given pieces, one after another, and the 64-bit offsets at which they begin and end.
  mutating func joined(
    _ count: Int, _ piece: (Int) throws(FileError) -> BufferSlice?
  ) throws(FileError) -> (offsets: BufferSlice, data: BufferSlice) {
    let limit = limits.bufferBytes
    var size = 0
    let offsets = try values(count + 1, of: Int64.self) { (index) throws(FileError) in
      let begin = size
      if index < count, let piece = try piece(index) {
        let (sum, overflow) = size.addingReportingOverflow(piece.count)
        guard !overflow, sum <= limit else {
          throw FileError.tooMuch("the texts of a batch are longer than \(limit) bytes")
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

/// Bytes that are collected piece by piece in a block of a pool.
struct BlockBuilder: Sendable {
  private var block: MemoryBlock?
  /// Number of bytes so far.
  private(set) var count = 0
  /// Bytes of the first block: as many as the previous column had, so that larger ones are seldom needed.
  private var expected = 4096

  /// Expecting more would reserve memory for rare cases.
  private static let expectedLimit = 16 << 20

  /// Starts over and leaves the block to the columns that refer to it.
  mutating func reset() {
    let last = count
    self = BlockBuilder()
    expected = min(max(expected, last), Self.expectedLimit)
  }

  /// Makes room for `size` more bytes and counts them; the caller writes them at once.
  @inline(__always)
  mutating func extend(by size: Int, pool: inout MemoryPool) throws(FileError) -> UnsafeMutableRawBufferPointer {
    let (total, overflow) = count.addingReportingOverflow(size)
    if overflow || total > block?.capacity ?? 0 { try grow(to: overflow ? .max : total, pool: &pool) }
    defer { count = total }
    return UnsafeMutableRawBufferPointer(start: block.map { $0.base + count }, count: size)
  }

  /// Moves to a block of at least `total` bytes. Apart from `extend`, which therefore counts no references.
  @inline(never)
  private mutating func grow(to total: Int, pool: inout MemoryPool) throws(FileError) {
    let target = try pool.take(max(total, min(max(2 * (block?.capacity ?? 0), expected), pool.limits.bufferBytes)))
    if let block { target.base.copyMemory(from: block.base, byteCount: count) }
    block = target
  }

  /// Adds one value.
  @inline(__always)
  mutating func append<Value: BitwiseCopyable>(_ value: Value, pool: inout MemoryPool) throws(FileError) {
    try extend(by: MemoryLayout<Value>.size, pool: &pool).storeBytes(of: value, as: Value.self)
  }

  /// The collected bytes; after that the builder must not be extended, only reset.
  func slice(pool: inout MemoryPool) throws(FileError) -> BufferSlice {
    if let block { return BufferSlice(block, count: count) }
    return BufferSlice(try pool.take(0), count: 0)
  }
}
