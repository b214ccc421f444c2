/// What a compression method made of a page.
struct CompressedBytes: Sendable {
  /// Begins with the bytes; may have room behind them.
  let block: MemoryBlock
  let count: Int

  var slice: BufferSlice { BufferSlice(block, count: count) }
}
