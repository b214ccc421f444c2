/// The blocks of the last batch, used again for the next where no column refers to them any more.
struct MemoryPool: Sendable {
  private var lent: [MemoryBlock] = []
  private var free: [MemoryBlock] = []

  /// Begins a new batch: what nobody refers to from the batch before may be lent again.
  mutating func recycle() {
    free.removeAll(keepingCapacity: true)
    var blocks: [MemoryBlock] = []
    swap(&blocks, &lent)
    while var block = blocks.popLast() {
      if isKnownUniquelyReferenced(&block) { free.append(block) }
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
    let block =
      if let best { free.remove(at: best) } else { try MemoryBlock(capacity: (capacity + capacity / 8 + 63) & ~63) }
    lent.append(block)
    return block
  }
}
