/// The parts of a message's body that selected columns need, in one block.
struct ArrowBody: Sendable {
  /// A range of the body and where it stands in the block.
  private struct Piece: Sendable {
    let range: Range<Int>
    let start: Int
  }

  private let block: MemoryBlock
  private let pieces: [Piece]

  /// Reads for each column the span of the body that holds its buffers.
  init(
    _ file: borrowing InputFile, message: ArrowMessage, columns: [ArraySlice<Range<Int>>], pool: inout MemoryPool
  ) throws(ColumnarFileError) {
    var ranges = columns.map { buffers in
      let used = buffers.filter { !$0.isEmpty }
      return (used.map(\.lowerBound).min() ?? 0)..<(used.map(\.upperBound).max() ?? 0)
    }
    // Columns that share their bytes come from damaged files: never read more than there is.
    if ranges.reduce(0, { $0 + $1.count }) > message.bodyLength {
      ranges = ranges.map { _ in 0..<message.bodyLength }
    }
    var pieces: [Piece] = []
    var size = 0
    for range in ranges {
      if let same = pieces.last, same.range == range {
        pieces.append(same)
      } else {
        pieces.append(Piece(range: range, start: size))
        size = (size + range.count + 63) & ~63
      }
    }
    block = try pool.take(size)
    self.pieces = pieces
    var last = -1
    for piece in pieces where piece.start != last && !piece.range.isEmpty {
      last = piece.start
      let target = UnsafeMutableRawBufferPointer(
        rebasing: block.bytes[piece.start..<piece.start + piece.range.count])
      try file.read(into: target, at: message.bodyOffset + piece.range.lowerBound)
    }
  }

  /// A buffer of column number `column`, one of those that the initialiser was told of.
  func slice(_ buffer: Range<Int>, column: Int) -> BufferSlice {
    let piece = pieces[column]
    if buffer.isEmpty { return BufferSlice(block, count: 0) }
    return BufferSlice(block, start: piece.start + buffer.lowerBound - piece.range.lowerBound, count: buffer.count)
  }
}
