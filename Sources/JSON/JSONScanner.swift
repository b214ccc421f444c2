import CTextKernels
public import Support

/// A cursor over one JSON text (RFC 8259, UTF-8) that hands out values one by one, without a tree.
///
///     var scanner = JSONScanner(line)
///     try scanner.beginObject()
///     while let key = try scanner.nextKey() {
///       if scanner.matches(key, "text") { text = scanner.text(of: try scanner.string()) } else { try scanner.skipValue() }
///     }
///     try scanner.finish()
///
/// Everything that is skipped is checked too. `NaN`, `Infinity` and `-Infinity` are numbers, as in Python's `json`.
/// All errors are `FileError` with the offset of the byte that cannot be there.
public struct JSONScanner: ~Escapable {
  /// How half of a surrogate pair in `\uXXXX` escapes is read.
  public enum LoneSurrogates: Sendable {
    /// It is read as U+FFFD.
    case replaced
    /// It is an error.
    case refused
  }

  /// The deepest nesting that is read.
  public static let maximumDepth = 512

  /// The text, to which the ranges of strings and numbers refer.
  public let bytes: RawSpan
  /// Offset of the next byte that is not taken yet.
  public internal(set) var offset = 0
  let loneSurrogates: LoneSurrogates
  private var depth = 0
  /// Whether an object or array has just begun, so that no comma precedes its next member or element.
  private var isAtBegin = false

  /// Begins at the first byte of a text.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, loneSurrogates: LoneSurrogates = .replaced) {
    self.bytes = bytes
    self.loneSurrogates = loneSurrogates
  }

  /// The next byte after white space; nil at the end of the text.
  public mutating func peek() -> UInt8? {
    while let byte = byte(at: offset) {
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      offset += 1
    }
    return nil
  }

  /// Checks that nothing but white space is left.
  public mutating func finish() throws(FileError) {
    if peek() != nil { throw FileError(notJSON: "unexpected text after the value", offset: offset) }
  }

  // MARK: Objects and arrays

  /// Takes the opening brace of an object.
  ///
  /// - Parameter what: what the error says was expected.
  public mutating func beginObject(_ what: String = "an object") throws(FileError) {
    try begin(UInt8(ascii: "{"), what)
  }

  /// Takes the next member's name and the colon after it; nil, and the closing brace is taken, after the last member.
  public mutating func nextKey() throws(FileError) -> JSONString? {
    guard try hasNext(until: UInt8(ascii: "}")) else { return nil }
    let key = try string("a member's name")
    try expect(UInt8(ascii: ":"), "\":\"")
    return key
  }

  /// Takes the opening bracket of an array.
  ///
  /// - Parameter what: what the error says was expected.
  public mutating func beginArray(_ what: String = "an array") throws(FileError) {
    try begin(UInt8(ascii: "["), what)
  }

  /// Takes what precedes the next element; false, and the closing bracket is taken, after the last one.
  public mutating func nextElement() throws(FileError) -> Bool { try hasNext(until: UInt8(ascii: "]")) }

  private mutating func begin(_ byte: UInt8, _ what: String) throws(FileError) {
    try expect(byte, what)
    guard depth < Self.maximumDepth else {
      throw FileError(notJSON: "values are nested more than \(Self.maximumDepth) deep", offset: offset - 1)
    }
    depth += 1
    isAtBegin = true
  }

  private mutating func hasNext(until close: UInt8) throws(FileError) -> Bool {
    let next = peek()
    if next == close {
      offset += 1
      depth -= 1
      isAtBegin = false
      return false
    }
    if isAtBegin {
      isAtBegin = false
      return true
    }
    guard next == UInt8(ascii: ",") else { throw unexpected("\",\" or \"\(Character(Unicode.Scalar(close)))\"") }
    offset += 1
    return true
  }

  // MARK: Single values

  /// Takes `null` if it comes next, and says whether it did.
  public mutating func takeNull() throws(FileError) -> Bool {
    guard peek() == UInt8(ascii: "n") else { return false }
    try literal("null")
    return true
  }

  /// Takes `true` or `false`.
  public mutating func bool() throws(FileError) -> Bool {
    switch peek() {
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"):
      try literal("false")
      return false
    default: throw unexpected("true or false")
    }
    return true
  }

  /// Takes a whole number of 64 bits.
  public mutating func integer() throws(FileError) -> Int {
    guard let first = peek(), first == UInt8(ascii: "-") || Self.isDigit(first) else {
      throw unexpected("a whole number")
    }
    let start = offset
    guard let value = integer(of: try number()) else {
      throw FileError(notJSON: "a whole number of 64 bits was expected", offset: start)
    }
    return value
  }

  /// Skips a value of any kind.
  ///
  /// - Complexity: O(bytes of the value).
  public mutating func skipValue() throws(FileError) {
    switch peek() {
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "{"):
      try beginObject()
      while try nextKey() != nil { try skipValue() }
    case UInt8(ascii: "["):
      try beginArray()
      while try nextElement() { try skipValue() }
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
    case UInt8(ascii: "n"): try literal("null")
    default: _ = try number("a value")
    }
  }

  /// Takes a value of any kind.
  ///
  /// Of members with the same name the later value takes the place of the first, as in Python.
  ///
  /// - Complexity: O(bytes of the value).
  public mutating func value() throws(FileError) -> JSONValue {
    switch peek() {
    case UInt8(ascii: "\""): return .string(text(of: try string()))
    case UInt8(ascii: "{"):
      try beginObject()
      var members = JSONObject()
      while let key = try nextKey() { members[text(of: key)] = try value() }
      return .object(members)
    case UInt8(ascii: "["):
      try beginArray()
      var elements: [JSONValue] = []
      while try nextElement() { elements.append(try value()) }
      return .array(elements)
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try bool())
    case UInt8(ascii: "n"):
      try literal("null")
      return .null
    default: return value(of: try number("a value"))
    }
  }

  // MARK: Parts

  func byte(at offset: Int) -> UInt8? {
    offset < bytes.byteCount ? bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) : nil
  }

  /// Takes a byte, or throws that something else was expected.
  mutating func expect(_ byte: UInt8, _ what: String) throws(FileError) {
    guard peek() == byte else { throw unexpected(what) }
    offset += 1
  }

  mutating func literal(_ text: StaticString) throws(FileError) {
    let end = offset + text.utf8CodeUnitCount
    guard end <= bytes.byteCount, matches(offset..<end, text) else { throw unexpected("a value") }
    offset = end
  }

  /// Whether a range of the text equals another text, byte by byte.
  func matches(_ range: Range<Int>, _ text: StaticString) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    return bytes.extracting(range).withUnsafeBytes { $0.elementsEqual(UnsafeRawBufferPointer(text.buffer)) }
  }

  func unexpected(_ what: String) -> FileError {
    let reason = offset < bytes.byteCount ? "\(what) was expected" : "the text ends where \(what) was expected"
    return FileError(notJSON: reason, offset: offset)
  }
}

extension StaticString {
  /// The bytes of a text, not of a single scalar.
  fileprivate var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
