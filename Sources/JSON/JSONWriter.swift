/// How a JSON document is laid out as text.
public struct JSONStyle: Sendable, Hashable {
  /// What separates members and elements; a line break follows where there is an ``indent``.
  public var itemSeparator: String
  /// What separates a member's name from its value.
  public var keySeparator: String
  /// Spaces a level, each member and element on a line of its own; nil for everything on one line.
  public var indent: Int?
  /// Whether an array of finite numbers only is nevertheless on one line, separated by `", "`.
  public var keepsNumbersTogether: Bool
  /// Whether the line is also broken in empty objects and arrays, as in files written by json-c 0.16.
  public var breaksEmpty: Bool
  /// Whether the numbers that JSON cannot express are written as `NaN`, `Infinity` and `-Infinity`, else as `null`.
  public var namesNonFinite: Bool

  /// Makes a style from all its choices.
  public init(
    itemSeparator: String, keySeparator: String, indent: Int? = nil, keepsNumbersTogether: Bool = false,
    breaksEmpty: Bool = false, namesNonFinite: Bool = false
  ) {
    self.itemSeparator = itemSeparator
    self.keySeparator = keySeparator
    self.indent = indent
    self.keepsNumbersTogether = keepsNumbersTogether
    self.breaksEmpty = breaksEmpty
    self.namesNonFinite = namesNonFinite
  }

  /// One line without spaces.
  public static let compact = JSONStyle(itemSeparator: ",", keySeparator: ":")
  /// One member or element a line, two spaces a level; an array of nothing but numbers on one line.
  public static let pretty = JSONStyle(
    itemSeparator: ",", keySeparator: ": ", indent: 2, keepsNumbersTogether: true, breaksEmpty: true)
  /// One line as Python's `json.dumps(value)` writes it.
  public static let python = JSONStyle(itemSeparator: ", ", keySeparator: ": ", namesNonFinite: true)

  /// Python's `json.dumps(value, indent=indent)`.
  public static func python(indent: Int) -> JSONStyle {
    JSONStyle(itemSeparator: ",", keySeparator: ": ", indent: indent, namesNonFinite: true)
  }
}

extension JSONValue {
  /// The document as UTF-8 text without a final newline.
  ///
  /// - Parameters:
  ///   - style: the layout.
  ///   - ascii: whether characters beyond printable ASCII are written as `\uXXXX`, as Python does by default.
  /// - Complexity: O(number of bytes).
  public func serialized(_ style: JSONStyle = .compact, ascii: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes, style, ascii: ascii)
    return bytes
  }

  /// Appends the document as UTF-8 text, as ``serialized(_:ascii:)`` makes it.
  public func append(to bytes: inout [UInt8], _ style: JSONStyle = .compact, ascii: Bool = false) {
    let writer = JSONWriter(style: style, isASCII: ascii)
    writer.append(self, to: &bytes, level: 0)
  }
}

/// Writes the parts of JSON documents.
public struct JSONWriter: Sendable {
  let style: JSONStyle
  let isASCII: Bool

  func append(_ value: JSONValue, to bytes: inout [UInt8], level: Int) {
    switch value {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .bigInteger(let digits): bytes.append(contentsOf: digits.utf8)
    case .double(let value): bytes.append(contentsOf: number(value).utf8)
    case .string(let value): append(value, to: &bytes)
    case .array(let elements): append(elements, to: &bytes, level: level)
    case .object(let members): append(members, to: &bytes, level: level)
    }
  }

  private func number(_ value: Double) -> String {
    if value.isFinite { return value.pythonText }
    guard style.namesNonFinite else { return "null" }
    return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
  }

  private func append(_ elements: [JSONValue], to bytes: inout [UInt8], level: Int) {
    bytes.append(UInt8(ascii: "["))
    let isLine = style.keepsNumbersTogether && !elements.isEmpty && elements.allSatisfy(\.isFiniteNumber)
    for (index, element) in elements.enumerated() {
      if isLine {
        if index > 0 { bytes.append(contentsOf: ", ".utf8) }
      } else {
        separate(index, to: &bytes, level: level + 1)
      }
      append(element, to: &bytes, level: level + 1)
    }
    if !isLine && (style.breaksEmpty || !elements.isEmpty) { breakLine(to: &bytes, level: level) }
    bytes.append(UInt8(ascii: "]"))
  }

  private func append(_ object: JSONObject, to bytes: inout [UInt8], level: Int) {
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in object.members.enumerated() {
      separate(index, to: &bytes, level: level + 1)
      append(member.key, to: &bytes)
      bytes.append(contentsOf: style.keySeparator.utf8)
      append(member.value, to: &bytes, level: level + 1)
    }
    if style.breaksEmpty || !object.isEmpty { breakLine(to: &bytes, level: level) }
    bytes.append(UInt8(ascii: "}"))
  }

  private func separate(_ index: Int, to bytes: inout [UInt8], level: Int) {
    if index > 0 { bytes.append(contentsOf: style.itemSeparator.utf8) }
    breakLine(to: &bytes, level: level)
  }

  private func breakLine(to bytes: inout [UInt8], level: Int) {
    guard let indent = style.indent else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * level))
  }

  private func append(_ string: String, to bytes: inout [UInt8]) {
    var string = string
    string.withUTF8 { Self.appendQuoted(UnsafeRawBufferPointer($0).bytes, ascii: isASCII, to: &bytes) }
  }

  /// Appends a text in UTF-8 as a string with its quotes and with the escapes that JSON asks for.
  ///
  /// - Parameters:
  ///   - ascii: whether characters beyond printable ASCII are written as `\uXXXX`.
  ///   - escapesSurrogates: whether half of a surrogate pair, in the three bytes that UTF-8 would give it, is written as
  ///     an escape.
  /// - Complexity: O(number of bytes).
  public static func appendQuoted(
    _ text: RawSpan, ascii: Bool = false, escapesSurrogates: Bool = false, to bytes: inout [UInt8]
  ) {
    bytes.append(UInt8(ascii: "\""))
    text.withUnsafeBytes { source in
      var start = 0
      var offset = 0
      while offset < source.count {
        let byte = source[offset]
        let surrogate = escapesSurrogates && byte == 0xED ? surrogate(in: source, at: offset) : nil
        guard
          byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || (ascii && byte > 0x7E)
            || surrogate != nil
        else {
          offset += 1
          continue
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[start..<offset]))
        if let surrogate {
          appendEscape(unit: surrogate, to: &bytes)
          offset += 3
        } else if byte < 0x80 {
          appendEscape(byte, to: &bytes)
          offset += 1
        } else {
          offset += appendEscaped(UnsafeRawBufferPointer(rebasing: source[offset...]), to: &bytes)
        }
        start = offset
      }
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[start...]))
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// The half of a surrogate pair whose three bytes begin at an offset; nil where there is none.
  private static func surrogate(in text: UnsafeRawBufferPointer, at offset: Int) -> UInt16? {
    guard offset + 2 < text.count, text[offset + 1] >= 0xA0, text[offset + 1] < 0xC0, text[offset + 2] & 0xC0 == 0x80
    else { return nil }
    return 0xD000 | UInt16(text[offset + 1] & 0x3F) << 6 | UInt16(text[offset + 2] & 0x3F)
  }

  private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
    let letter: UInt8
    switch byte {
    case UInt8(ascii: "\n"): letter = UInt8(ascii: "n")
    case UInt8(ascii: "\r"): letter = UInt8(ascii: "r")
    case UInt8(ascii: "\t"): letter = UInt8(ascii: "t")
    case 0x08: letter = UInt8(ascii: "b")
    case 0x0C: letter = UInt8(ascii: "f")
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter = byte
    default: return appendEscape(unit: UInt16(byte), to: &bytes)
    }
    bytes.append(UInt8(ascii: "\\"))
    bytes.append(letter)
  }

  /// Appends the escapes of the first character of a text and returns its length in bytes.
  private static func appendEscaped(_ text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) -> Int {
    var decoder = UTF8()
    var iterator = text.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
      appendEscapes(of: "\u{FFFD}", to: &bytes)
      return 1
    }
    appendEscapes(of: scalar, to: &bytes)
    return UTF8.width(scalar)
  }

  /// Appends a character as one or two escapes `\uXXXX`.
  static func appendEscapes(of scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter { appendEscape(unit: unit, to: &bytes) }
  }

  private static func appendEscape(unit: UInt16, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "\\u".utf8)
    for shift in [12, 8, 4, 0] as [UInt16] {
      let digit = UInt8(truncatingIfNeeded: unit >> shift & 15)
      bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}

extension JSONValue {
  fileprivate var isFiniteNumber: Bool {
    switch self {
    case .integer, .bigInteger: true
    case .double(let value): value.isFinite
    case .null, .bool, .string, .array, .object: false
    }
  }
}

extension Double {
  /// Python's `repr` of a float: the fewest digits that read back as the same value, with an exponent below 1e-4 and
  /// from 1e16 on.
  ///
  /// Source: CPython 3.13, `float_repr_style` "short", `Python/pystrtod.c`.
  public var pythonText: String {
    guard isFinite else { return isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
    // Swift's own text differs only in where the exponent begins: after 2^53. The doubles from there to 1e16 are whole.
    return (0x1p53..<1e16).contains(magnitude) ? "\(Int64(self)).0" : description
  }
}
