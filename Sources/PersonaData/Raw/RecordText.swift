import Datasets
import CTextKernels

/// The texts of one record, behind one another, in memory that the next record reuses.
struct RecordText {
  /// As many bytes as the longest line needed so far; those from ``count`` on mean nothing.
  private var bytes: [UInt8] = []
  /// Bytes of text so far.
  private(set) var count = 0

  /// Memory beyond this is not kept for the next record.
  private static let keptSize = 4 << 20

  /// Forgets all texts and makes room for those of a line, which are never longer than the line.
  mutating func removeAll(lineLength: Int) {
    count = 0
    let size = lineLength + Int(RK_TEXT_PADDING)
    if bytes.count < size { bytes = [UInt8](repeating: 0, count: size > Self.keptSize ? size : 2 * size) }
  }

  /// Forgets all texts, and lets go of memory that an unusually long line took.
  mutating func release() {
    count = 0
    if bytes.count > Self.keptSize { bytes = [] }
  }

  /// Forgets the texts from `end` on.
  mutating func removeAll(from end: Int) { count = min(count, end) }

  /// Copies from a JSON string up to its closing quote, or to what needs a closer look, and resolves short escapes.
  ///
  /// - Returns: how many bytes of the string were taken, and whether they are ASCII.
  mutating func copy(_ string: UnsafeRawBufferPointer) -> (taken: Int, isASCII: Bool) {
    let needed = count + string.count + Int(RK_TEXT_PADDING)
    if bytes.count < needed { bytes += [UInt8](repeating: 0, count: needed) }
    let start = count
    let copied = bytes.withUnsafeMutableBytes { bytes -> rk_text in
      guard let source = string.baseAddress, let target = bytes.baseAddress else { return rk_text() }
      return rk_copy_json_text(
        source.assumingMemoryBound(to: UInt8.self), string.count,
        (target + start).assumingMemoryBound(to: UInt8.self))
    }
    count += copied.written
    return (copied.taken, copied.is_ascii != 0)
  }

  /// Adds a character.
  mutating func append(_ scalar: Unicode.Scalar) {
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
      if count == bytes.count { bytes.append(0) }
      bytes[count] = byte
      count += 1
    }
  }

  /// The bytes of a text.
  subscript(range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

  /// The bytes of all texts.
  var span: RawSpan {
    @_lifetime(borrow self)
    get { bytes.span.bytes.extracting(0..<count) }
  }
}
