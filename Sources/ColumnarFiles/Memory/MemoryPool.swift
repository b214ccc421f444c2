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
