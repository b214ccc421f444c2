import Support

/// The parts of a message's body that selected columns need, mapped or read into one block.
struct ArrowBody: Sendable {
  /// A range of the body and where it begins in the block.
  private struct Piece: Sendable {
    let range: Range<Int>
    let start: Int
  }

  private let block: MemoryBlock
  private let pieces: [Piece]

  /// Smaller bodies are read: mapping and unmapping costs more than copying so few bytes.
  private static let smallestMapping = 1 << 17

  /// Takes for each column the span of the body that holds its buffers.
  ///
  /// - Parameter mayMap: whether the columns may be mapped from the file, if the file system supports that.
  init(
    _ file: borrowing InputFile, message: ArrowMessage, columns: [ArraySlice<Range<Int>>], mayMap: Bool,
    pool: inout MemoryPool
  ) throws(FileError) {
    var ranges = columns.map { buffers in
      let used = buffers.filter { !$0.isEmpty }
      return (used.map(\.lowerBound).min() ?? 0)..<(used.map(\.upperBound).max() ?? 0)
    }
    if mayMap, let mapped = try Self.map(file, message, ranges) {
      (block, pieces) = mapped
      return
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

  /// Maps the body from the first to the last byte that a column needs, without reading what is between.
  private static func map(
    _ file: borrowing InputFile, _ message: ArrowMessage, _ ranges: [Range<Int>]
  ) throws(FileError) -> (MemoryBlock, [Piece])? {
    let used = ranges.filter { !$0.isEmpty }
    let origin = used.map(\.lowerBound).min() ?? 0
    let count = (used.map(\.upperBound).max() ?? 0) - origin
    guard count >= smallestMapping, let mapping = try file.map(count: count, at: message.bodyOffset + origin) else {
      return nil
    }
    return (MemoryBlock(mapping, count: count), ranges.map { Piece(range: $0, start: $0.lowerBound - origin) })
  }

  /// Whether no page of the file was missing when it was read.
  var isIntact: Bool { block.isIntact }

  /// A buffer of column number `column`, one of those that the initializer was given.
  func slice(_ buffer: Range<Int>, column: Int) -> BufferSlice {
    let piece = pieces[column]
    if buffer.isEmpty { return BufferSlice(block, count: 0) }
    return BufferSlice(block, start: piece.start + buffer.lowerBound - piece.range.lowerBound, count: buffer.count)
  }
}
