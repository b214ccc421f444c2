public import Support

/// A dataset's card: a Markdown file of which a part between two markers is ours.
///
/// The markers stand on lines of their own, ``beginning`` and ``end``. Everything outside of them stays byte for byte: front
/// matter, line ends, whatever is no UTF-8. Markers in front matter or in fenced code are text like any other.
public struct CardFile: Sendable {
  /// The line before our part.
  public static let beginning = "<!-- tokenstats -->"
  /// The line behind it.
  public static let end = "<!-- /tokenstats -->"
  /// The most bytes of a card; larger ones are none.
  private static let mostBytes = 64 << 20

  /// The file's path.
  public let path: String
  private let bytes: [UInt8]
  /// What is replaced: the lines between the markers; nil where there are no markers.
  private let place: Range<Int>?
  private let lineEnd: [UInt8]

  /// Reads a card.
  ///
  /// - Throws: `FileError` if it cannot be read, or its markers are no pair.
  public init(_ path: String) throws(FileError) {
    self.path = path
    if let size = Files.status(path)?.size, size > Self.mostBytes {
      throw FileError("read", path, reason: "a card of \(NumberFormat.grouped(size)) bytes is no Markdown file")
    }
    bytes = try Files.read(path)
    lineEnd = Array((Self.firstLineEndsWithReturn(bytes) ? "\r\n" : "\n").utf8)
    place = try Self.place(in: bytes, of: path)
  }

  /// The file's bytes with other lines between the markers; without markers, they are added with them at the end.
  public func replacing(_ lines: [String]) -> [UInt8] {
    let block = lines.flatMap { Array($0.utf8) + lineEnd }
    if let place { return bytes[..<place.lowerBound] + block + bytes[place.upperBound...] }
    var start = bytes
    if !start.isEmpty {
      if start.last != UInt8(ascii: "\n") { start += lineEnd }
      start += lineEnd
    }
    return start + Array(Self.beginning.utf8) + lineEnd + block + Array(Self.end.utf8) + lineEnd
  }

  /// Writes other lines between the markers, in one step; a file that would stay the same is not written.
  ///
  /// - Returns: Whether it was written.
  /// - Throws: `FileError` if it cannot be written.
  public func write(_ lines: [String]) throws(FileError) -> Bool {
    let changed = replacing(lines)
    guard changed != bytes else { return false }
    try AtomicFile.write(changed, to: path)
    return true
  }

  private static func firstLineEndsWithReturn(_ bytes: [UInt8]) -> Bool {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return false }
    return end > 0 && bytes[end - 1] == UInt8(ascii: "\r")
  }

  /// The bytes between the markers' lines.
  private static func place(in bytes: [UInt8], of path: String) throws(FileError) -> Range<Int>? {
    var first: (line: Int, end: Int)?
    var found: Range<Int>?
    var blocks = MarkdownBlocks()
    for (number, line) in lines(of: bytes).enumerated() {
      guard blocks.isText(bytes[line], number: number) else { continue }
      let text = trimmed(bytes[line])
      if text.elementsEqual(beginning.utf8) {
        guard first == nil, found == nil else { throw unpaired(path, number, "\(beginning) is there twice") }
        first = (number, line.upperBound)
      } else if text.elementsEqual(end.utf8) {
        guard let start = first?.end, found == nil else {
          throw unpaired(path, number, "\(end) stands without \(beginning) before it")
        }
        found = start..<line.lowerBound
      }
    }
    if let first, found == nil { throw unpaired(path, first.line, "\(beginning) stands without \(end) behind it") }
    return found
  }

  private static func unpaired(_ path: String, _ line: Int, _ reason: String) -> FileError {
    FileError("read", path, reason: "line \(line + 1): \(reason); write each once, or remove both")
  }

  /// The lines with their ends.
  private static func lines(of bytes: [UInt8]) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
      lines.append(start..<end)
      start = end
    }
    return lines
  }

  static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = line
    while let last = line.last, last == 0x20 || (0x09...0x0D).contains(last) { line.removeLast() }
    while let first = line.first, first == 0x20 || first == 0x09 { line.removeFirst() }
    return line
  }
}

/// Tells the lines of a Markdown file that are neither front matter nor fenced code.
private struct MarkdownBlocks {
  private var isInFrontMatter = false
  /// The character and the number of them that a fence began with.
  private var fence: (mark: UInt8, count: Int)?

  /// Takes the next line and says whether it is text.
  mutating func isText(_ line: ArraySlice<UInt8>, number: Int) -> Bool {
    let text = CardFile.trimmed(line)
    if number == 0, text.elementsEqual("---".utf8) {
      isInFrontMatter = true
      return false
    }
    if isInFrontMatter {
      isInFrontMatter = !text.elementsEqual("---".utf8)
      return false
    }
    guard let mark = text.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return fence == nil }
    let count = text.prefix { $0 == mark }.count
    if let open = fence {
      if open.mark == mark, count >= open.count, text.count == count { fence = nil }
      return false
    }
    guard count >= 3 else { return true }
    fence = (mark, count)
    return false
  }
}
