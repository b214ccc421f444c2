/// A moving piece of a column chunk in memory.
struct ChunkWindow: Sendable {
  private var block: MemoryBlock?
  /// The range of the file that the block holds.
  private var range = 0..<0
  /// Place in the file of the next byte to be read.
  private(set) var position: Int
  /// End of the chunk.
  let end: Int

  /// How much is read at once where less is asked for.
  private static let step = 1 << 18

  /// - Parameter range: where the chunk stands in the file, checked against its size.
  init(_ range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
  }

  /// Begins another chunk with the memory of this one.
  mutating func begin(_ chunk: Range<Int>) {
    let block = block
    self = ChunkWindow(chunk)
    self.block = block
  }

  /// The next bytes, `count` at least where so many are left in the chunk.
  mutating func peek(_ count: Int, _ file: borrowing InputFile) throws(ColumnarFileError) -> BufferSlice {
    let wanted = min(count, end - position)
    if !(range.lowerBound <= position && position + wanted <= range.upperBound) {
      let size = min(max(wanted, Self.step), end - position)
      if (block?.capacity ?? -1) < size { block = try MemoryBlock(capacity: size) }
      range = position..<position
      if let block { try file.read(into: UnsafeMutableRawBufferPointer(rebasing: block.bytes[..<size]), at: position) }
      range = position..<position + size
    }
    let held: MemoryBlock
    if let block { held = block } else { held = try MemoryBlock(capacity: 0) }
    return BufferSlice(held, start: position - range.lowerBound, count: range.upperBound - position)
  }

  /// Passes over bytes.
  ///
  /// - Throws: where the chunk has fewer.
  mutating func advance(_ count: Int) throws(ColumnarFileError) {
    guard count <= end - position else {
      throw .damaged("a page of \(count) bytes leads beyond its column chunk, which ends at \(end)", at: position)
    }
    position += count
  }
}
