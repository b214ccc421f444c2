import JSON

/// JSON exactly as Python's `json.dumps(value, ensure_ascii=False)` writes it, which transformers makes Jinja's `tojson`.
///
/// Source: transformers 5.23, `chat_template_utils.py`; CPython 3.11, `json.encoder`.
enum PythonJSON {
  /// Appends a value with Python's separators `", "` and `": "`.
  static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .double(let value): bytes.append(contentsOf: text(of: value, infinity: "Infinity", notANumber: "NaN").utf8)
    case .string(let value): append(value, to: &bytes)
    case .array(let elements): append(elements, to: &bytes)
    case .object(let members): append(members, to: &bytes)
    }
  }

  /// Appends a string with its quotes.
  static func append(_ string: String, to bytes: inout [UInt8]) {
    let text = Array(string.utf8)
    appendQuoted(0..<text.count, of: text.span.bytes, to: &bytes)
  }

  /// Appends a piece of a text as a string with its quotes.
  ///
  /// - Complexity: O(`range.count`).
  static func appendQuoted(_ range: Range<Int>, of text: RawSpan, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    text.extracting(range).withUnsafeBytes { source in
      var start = 0
      for (offset, byte) in source.enumerated() where needsEscape(byte) {
        bytes.append(contentsOf: source[start..<offset])
        appendEscape(byte, to: &bytes)
        start = offset + 1
      }
      bytes.append(contentsOf: source[start...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Python's `repr` of a float: the fewest digits that read back, with an exponent below 1e-4 and from 1e16.
  static func text(of value: Double, infinity: String, notANumber: String) -> String {
    guard value.isFinite else { return value.isNaN ? notANumber : (value < 0 ? "-" : "") + infinity }
    let (digits, point) = decimal(of: value.magnitude)
    let sign = value.sign == .minus ? "-" : ""
    guard (-3...16).contains(point) else {
      let exponent = point - 1
      let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
      let padding = exponent.magnitude < 10 ? "0" : ""
      return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(padding)\(exponent.magnitude)"
    }
    if point <= 0 { return "\(sign)0.\(String(repeating: "0", count: -point))\(digits)" }
    let padded = digits + String(repeating: "0", count: max(0, point + 1 - digits.count))
    return "\(sign)\(padded.prefix(point)).\(padded.dropFirst(point))"
  }

  /// The shortest digits of a number and where the decimal point stands in them: 0.05 is `5` and -1.
  private static func decimal(of value: Double) -> (digits: String, point: Int) {
    let parts = value.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    let whole = mantissa[0]
    let fraction = mantissa.count > 1 ? mantissa[1] : ""
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let all = String(whole + fraction)
    let significant = all.drop { $0 == "0" }
    let point = whole.count + exponent - (all.count - significant.count)
    let digits = significant.reversed().drop { $0 == "0" }.reversed()
    return digits.isEmpty ? ("0", 1) : (String(digits), point)
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
    case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
    case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0..<0x20:
      bytes.append(contentsOf: "u00".utf8)
      for digit in [byte >> 4, byte & 15] {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    default: bytes.append(byte)
    }
  }

  private static func append(_ elements: [JSONValue], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(contentsOf: ", ".utf8) }
      append(element, to: &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private static func append(_ members: JSONObject, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in members.members.enumerated() {
      if index > 0 { bytes.append(contentsOf: ", ".utf8) }
      append(member.key, to: &bytes)
      bytes.append(contentsOf: ": ".utf8)
      append(member.value, to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }
}
