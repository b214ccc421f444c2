/// The part of a message's body that selected columns need, mapped where the file system can.
struct ArrowBody: Sendable {
  let block: MemoryBlock
  /// Where the block begins in the body.
  private let origin: Int

  /// Maps or reads the span of the body that holds the given buffers.
  ///
  /// - Parameter stays: whether the columns are used beyond the batch; they are read then, so that nobody has to look
  ///   after a mapping.
  init(
    _ file: borrowing InputFile, message: ArrowMessage, buffers: [Range<Int>], stays: Bool, pool: inout MemoryPool
  ) throws(ColumnarFileError) {
    let used = buffers.filter { !$0.isEmpty }
    origin = used.map(\.lowerBound).min() ?? 0
    let count = (used.map(\.upperBound).max() ?? 0) - origin
    if !stays, let mapping = try file.map(count: count, at: message.bodyOffset + origin) {
      block = MemoryBlock(mapping, count: count)
      return
    }
    block = try pool.take(count)
    try file.read(
      into: UnsafeMutableRawBufferPointer(rebasing: block.bytes[..<count]), at: message.bodyOffset + origin)
  }

  /// One of the buffers that the initialiser was told of.
  func slice(_ buffer: Range<Int>) -> BufferSlice {
    if buffer.isEmpty { return BufferSlice(block, count: 0) }
    return BufferSlice(block, start: buffer.lowerBound - origin, count: buffer.count)
  }
}
