import Glibc
import Support

/// Some whole lines of a file.
struct LinePart {
  /// Where they are.
  var bytes: Range<Int>
  /// Lines before them.
  var linesBefore: Int
  /// Those of them that are not blank.
  var rows = 0
}

/// Divides files at the ends of lines.
enum LineParts {
  private static let blockSize = 1 << 20

  /// The parts of a file, each of at least `size` bytes but the last.
  ///
  /// - Complexity: O(bytes).
  static func of(_ path: String, size: Int) throws(FileError) -> [LinePart] {
    var input = try InputBytes(path: path)
    var block = [UInt8](repeating: 0, count: blockSize)
    var parts: [LinePart] = []
    var part = LinePart(bytes: 0..<0, linesBefore: 0)
    var offset = 0
    var lines = 0
    var isBlank = true
    while true {
      var failure: FileError?
      let count = block.withUnsafeMutableBytes { bytes in
        do throws(FileError) { return try input.read(into: bytes) } catch {
          failure = error
          return 0
        }
      }
      if let failure { throw failure }
      guard count > 0 else { break }
      block.withUnsafeBytes { bytes in
        let bytes = UnsafeRawBufferPointer(rebasing: bytes[..<count])
        var start = 0
        while start < count {
          let end = lineFeed(in: bytes, from: start)
          // Most lines are known not to be blank by their first byte.
          if isBlank { isBlank = bytes[start..<(end ?? count)].allSatisfy(TextWindow.isSpace) }
          guard let end else { break }
          lines += 1
          if !isBlank { part.rows += 1 }
          isBlank = true
          start = end + 1
          guard offset + start - part.bytes.lowerBound >= size else { continue }
          part.bytes = part.bytes.lowerBound..<offset + start
          parts.append(part)
          part = LinePart(bytes: offset + start..<offset + start, linesBefore: lines)
        }
      }
      offset += count
    }
    if !isBlank { part.rows += 1 }
    part.bytes = part.bytes.lowerBound..<offset
    if !part.bytes.isEmpty { parts.append(part) }
    return parts
  }

  /// The parts of a file of fields between delimiters, the line with their names not among them.
  ///
  /// - Complexity: O(bytes): quoted fields may hold line feeds, so that rows are found from the start only.
  static func of(_ path: String, size: Int, delimiter: UInt8, limits: Limits) throws(FileError) -> [LinePart] {
    var records = RecordReader(
      try TextWindow.open(path, limits: limits), layout: .fields(delimiter: delimiter))
    guard try records.next(), try records.next() else { return [] }
    var parts: [LinePart] = []
    var part = LinePart(bytes: records.offset..<records.offset, linesBefore: records.line - 1)
    repeat {
      if records.offset - part.bytes.lowerBound >= size {
        part.bytes = part.bytes.lowerBound..<records.offset
        parts.append(part)
        part = LinePart(bytes: records.offset..<records.offset, linesBefore: records.line - 1)
      }
      part.rows += 1
    } while try records.next()
    part.bytes = part.bytes.lowerBound..<records.offset
    parts.append(part)
    return parts
  }

  private static func lineFeed(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = bytes.baseAddress, start < bytes.count else { return nil }
    return memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - base }
  }
}
