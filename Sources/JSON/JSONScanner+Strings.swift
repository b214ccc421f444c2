import CTextKernels
import Glibc
public import Support

/// A string in the text of a scanner.
public struct JSONString: Sendable, Hashable {
  /// Where the bytes between the quotes are.
  public let range: Range<Int>
  /// Whether there are escapes among them. If there are none, these bytes are the text itself.
  public let hasEscapes: Bool
}

extension JSONScanner {
  /// Takes a string and checks its UTF-8 and escapes, without copying anything.
  ///
  /// - Parameter what: what the error says was expected.
  /// - Complexity: O(bytes of the string).
  public mutating func string(_ what: String = "a text") throws(FileError) -> JSONString {
    try expect(UInt8(ascii: "\""), what)
    let start = offset
    var hasEscapes = false
    while true {
      let plain = bytes.extracting(offset..<bytes.byteCount).withUnsafeBytes { rest in
        rest.baseAddress.map { rk_skip_json_text($0.assumingMemoryBound(to: UInt8.self), rest.count) } ?? rk_text()
      }
      try pass(plain)
      switch byte(at: offset) {
      case UInt8(ascii: "\""):
        offset += 1
        return JSONString(range: start..<offset - 1, hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        offset += try escape(at: offset).length
      default: throw endOfString()
      }
    }
  }

  /// Takes a string and appends its text with escapes resolved; returns where it is.
  ///
  /// It reads and writes each byte once, so it is the fastest way to texts that are needed in one buffer.
  ///
  /// - Complexity: O(bytes of the string).
  public mutating func string(into text: inout JSONText) throws(FileError) -> Range<Int> {
    try expect(UInt8(ascii: "\""), "a text")
    let start = text.count
    while true {
      try pass(text.copy(bytes.extracting(offset..<bytes.byteCount)))
      switch byte(at: offset) {
      case UInt8(ascii: "\""):
        offset += 1
        return start..<text.count
      case UInt8(ascii: "\\"):
        let escape = try escape(at: offset)
        offset += escape.length
        text.append(escape.scalar)
      default: throw endOfString()
      }
    }
  }

  /// Takes a string and appends its text with escapes resolved to bytes, as ``string(into:)`` does; after an error what
  /// was appended is undefined.
  ///
  /// Room is made for all that is left of the source, so this is meant for sources of one string, such as a line.
  ///
  /// - Complexity: O(bytes of the string).
  public mutating func string(appendingTo output: inout [UInt8]) throws(FileError) {
    try expect(UInt8(ascii: "\""), "a text")
    while true {
      let rest = bytes.extracting(offset..<bytes.byteCount)
      var copied = rk_text()
      output.append(addingCapacity: rest.byteCount + Int(RK_TEXT_PADDING)) { target in
        target.withUnsafeMutableBufferPointer { target, count in
          copied = rest.withUnsafeBytes { source in
            guard let source = source.baseAddress, let target = target.baseAddress else { return rk_text() }
            return rk_copy_json_text(source.assumingMemoryBound(to: UInt8.self), rest.byteCount, target + count)
          }
          count += copied.written
        }
      }
      try pass(copied)
      switch byte(at: offset) {
      case UInt8(ascii: "\""):
        offset += 1
        return
      case UInt8(ascii: "\\"):
        let escape = try escape(at: offset)
        offset += escape.length
        output.append(contentsOf: UTF8.encode(escape.scalar) ?? UTF8.encodedReplacementCharacter)
      default: throw endOfString()
      }
    }
  }

  /// Takes a string as `string(into:)` does, or `null`.
  public mutating func nullableString(into text: inout JSONText) throws(FileError) -> Range<Int>? {
    try takeNull() ? nil : try string(into: &text)
  }

  /// The text of a string that this scanner has read.
  public func text(of string: JSONString) -> String {
    guard string.hasEscapes else {
      return bytes.extracting(string.range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
    var text: [UInt8] = []
    append(string, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the text of a string that this scanner has read.
  ///
  /// - Complexity: O(bytes of the string).
  public func append(_ string: JSONString, to output: inout [UInt8]) {
    bytes.extracting(string.range).withUnsafeBytes { source in
      guard string.hasEscapes else {
        output.append(contentsOf: source)
        return
      }
      var start = 0
      while let end = Self.backslash(in: source, from: start) {
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[start..<end]))
        // The escape was checked when the string was read.
        guard let escape = try? escape(at: string.range.lowerBound + end) else { return }
        if escape.scalar.isASCII {
          output.append(UInt8(truncatingIfNeeded: escape.scalar.value))
        } else {
          output.append(contentsOf: UTF8.encode(escape.scalar) ?? UTF8.encodedReplacementCharacter)
        }
        start = end + escape.length
      }
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[start...]))
    }
  }

  /// Whether the text of a string that this scanner has read is the same as another, byte by byte.
  public func matches(_ string: JSONString, _ text: StaticString) -> Bool {
    guard string.hasEscapes else { return matches(string.range, text) }
    var resolved: [UInt8] = []
    append(string, to: &resolved)
    return text.withUTF8Buffer { resolved.elementsEqual($0) }
  }

  private static func backslash(in source: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < source.count, let base = source.baseAddress else { return nil }
    return memchr(base + start, Int32(UInt8(ascii: "\\")), source.count - start).map { UnsafeRawPointer($0) - base }
  }

  /// Skips text that a kernel has read.
  private mutating func pass(_ read: rk_text) throws(FileError) {
    if read.is_ascii == 0 {
      // An escape in the middle of a character also ends it here.
      if let fault = bytes.extracting(offset..<offset + read.taken).malformedOffset {
        throw FileError(notJSON: "the text is not UTF-8", offset: offset + fault)
      }
      if loneSurrogates == .standIns { try refuseStandIns(in: offset..<offset + read.taken) }
    }
    offset += read.taken
  }

  private func refuseStandIns(in range: Range<Int>) throws(FileError) {
    for position in range where byte(at: position) == 0xF4 {
      guard byte(at: position + 1) == 0x8F, let third = byte(at: position + 2), third >= 0xA0 else { continue }
      throw Self.takenStandIn(at: position)
    }
  }

  private static func takenStandIn(at offset: Int) -> FileError {
    FileError(
      notJSON: "a text with half of a surrogate pair cannot be read beside characters from U+10F800 on", offset: offset)
  }

  private func endOfString() -> FileError {
    guard offset < bytes.byteCount else { return unexpected("the end of a text") }
    return FileError(notJSON: "a control character in a text", offset: offset)
  }

  /// What an escape means, and its length in bytes.
  private func escape(at start: Int) throws(FileError) -> (scalar: Unicode.Scalar, length: Int) {
    switch byte(at: start + 1) {
    case UInt8(ascii: "n"): return ("\n", 2)
    case UInt8(ascii: "\""): return ("\"", 2)
    case UInt8(ascii: "\\"): return ("\\", 2)
    case UInt8(ascii: "/"): return ("/", 2)
    case UInt8(ascii: "t"): return ("\t", 2)
    case UInt8(ascii: "r"): return ("\r", 2)
    case UInt8(ascii: "b"): return ("\u{8}", 2)
    case UInt8(ascii: "f"): return ("\u{C}", 2)
    case UInt8(ascii: "u"): return try unicodeEscape(at: start)
    case nil: throw FileError(notJSON: "the text ends where the end of a text was expected", offset: start)
    default: throw FileError(notJSON: "this is no escape that JSON knows", offset: start)
    }
  }

  private func unicodeEscape(at start: Int) throws(FileError) -> (scalar: Unicode.Scalar, length: Int) {
    let unit = try codeUnit(at: start)
    if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
    if unit < 0xDC00, byte(at: start + 6) == UInt8(ascii: "\\"), byte(at: start + 7) == UInt8(ascii: "u"),
      case let low = try codeUnit(at: start + 6), (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    {
      if loneSurrogates == .standIns, scalar.value >= Self.firstStandIn { throw Self.takenStandIn(at: start) }
      return (scalar, 12)
    }
    switch loneSurrogates {
    case .replaced: return ("\u{FFFD}", 6)
    case .refused: throw FileError(notJSON: "half of a surrogate pair without the other", offset: start)
    case .standIns: return (Self.standIn(for: unit), 6)
    }
  }

  /// The code unit of an escape `\uXXXX`.
  private func codeUnit(at start: Int) throws(FileError) -> UInt32 {
    guard start + 6 <= bytes.byteCount else {
      throw FileError(notJSON: "the text ends where four hexadecimal digits were expected", offset: start)
    }
    var unit: UInt32 = 0
    for position in (start + 2)..<(start + 6) {
      let byte = bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw FileError(notJSON: "four hexadecimal digits were expected", offset: position)
      }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }
}

/// Texts in one buffer, one after another, in memory that is used again.
public struct JSONText: Sendable {
  /// As many bytes as were needed so far; those from ``count`` on are undefined.
  private var bytes: [UInt8] = []
  /// Bytes of text so far.
  public private(set) var count = 0

  /// Memory beyond this is not kept when the texts are forgotten.
  private static let keptSize = 4 << 20

  /// Makes a buffer without texts.
  public init() {}

  /// Forgets all texts and makes room for those of a source, which are never longer than the source.
  public mutating func removeAll(sourceLength: Int) {
    count = 0
    let size = sourceLength + Int(RK_TEXT_PADDING)
    if bytes.count < size { bytes = [UInt8](repeating: 0, count: size > Self.keptSize ? size : 2 * size) }
  }

  /// Forgets all texts, and releases memory that unusually long ones took.
  public mutating func release() {
    count = 0
    if bytes.count > Self.keptSize { bytes = [] }
  }

  /// Adds a character.
  public mutating func append(_ scalar: Unicode.Scalar) {
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
      if count == bytes.count { bytes.append(0) }
      bytes[count] = byte
      count += 1
    }
  }

  /// The bytes of a text.
  public subscript(range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

  /// The bytes of all texts.
  public var span: RawSpan {
    @_lifetime(borrow self)
    get { bytes.span.bytes.extracting(0..<count) }
  }

  /// Copies from a JSON string up to its closing quote, or to what needs a closer look, and resolves short escapes.
  mutating func copy(_ string: RawSpan) -> rk_text {
    let needed = count + string.byteCount + Int(RK_TEXT_PADDING)
    if bytes.count < needed { bytes += [UInt8](repeating: 0, count: needed) }
    let start = count
    let copied = bytes.withUnsafeMutableBytes { bytes in
      string.withUnsafeBytes { string -> rk_text in
        guard let source = string.baseAddress, let target = bytes.baseAddress else { return rk_text() }
        return rk_copy_json_text(
          source.assumingMemoryBound(to: UInt8.self), string.count,
          (target + start).assumingMemoryBound(to: UInt8.self))
      }
    }
    count += copied.written
    return copied
  }
}
