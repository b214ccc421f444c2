/// `str.format` as jinja2's sandboxed formatter does it.
struct BraceFormat {
  private let positional: [JinjaValue]
  private let keywords: [(name: String, value: JinjaValue)]
  /// The error of a name that is not among them; nil for Python's KeyError.
  private let missing: TemplateError?
  private let escapes: Bool
  private let renderer: Renderer
  /// The next number of a field without one; nil once a field had a number.
  private var nextIndex: Int? = 0

  static func format(
    _ text: JinjaText, _ positional: [JinjaValue], _ keywords: [(name: String, value: JinjaValue)],
    missing: TemplateError? = nil, escapes: Bool, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    var formatter = BraceFormat(
      positional: positional, keywords: keywords, missing: missing, escapes: escapes, renderer: renderer)
    return try formatter.format(text, depth: 2)
  }

  private mutating func format(_ text: JinjaText, depth: Int) throws(TemplateError) -> JinjaText {
    guard depth >= 0 else { throw .value("Max string recursion exceeded") }
    let bytes = text.array
    var output = TextOutput()
    var index = 0
    var start = 0
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") else {
        index += 1
        continue
      }
      output.append(text.slice(start..<index))
      if index + 1 < bytes.count, bytes[index + 1] == byte {
        output.append(text.slice(index..<index + 1))
        index += 2
      } else if byte == UInt8(ascii: "}") {
        throw .value("Single '}' encountered in format string")
      } else {
        guard index + 1 < bytes.count else { throw .value("Single '{' encountered in format string") }
        let end = try Self.endOfField(bytes, from: index + 1)
        output.append(try field(text.slice(index + 1..<end), depth: depth))
        index = end + 1
      }
      start = index
      try renderer.checkSize(output.size)
    }
    output.append(text.slice(start..<bytes.count))
    return JinjaText(output)
  }

  private static func endOfField(_ bytes: [UInt8], from start: Int) throws(TemplateError) -> Int {
    var level = 1
    var isBracketed = false
    for index in start..<bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "["): isBracketed = true
      case UInt8(ascii: "]"): isBracketed = false
      case UInt8(ascii: "{") where !isBracketed: level += 1
      case UInt8(ascii: "}") where !isBracketed:
        level -= 1
        if level == 0 { return index }
      default: break
      }
    }
    throw .value("expected '}' before end of string")
  }

  /// Formats `name!conversion:specification`.
  private mutating func field(_ text: JinjaText, depth: Int) throws(TemplateError) -> JinjaText {
    let bytes = text.array
    var isBracketed = false
    var nameEnd = bytes.count
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "[") { isBracketed = true }
      if byte == UInt8(ascii: "]") { isBracketed = false }
      if byte == UInt8(ascii: "{") { throw .value("unexpected '{' in field name") }
      if !isBracketed, byte == UInt8(ascii: ":") || byte == UInt8(ascii: "!") {
        nameEnd = index
        break
      }
    }
    var rest = bytes[nameEnd...]
    var conversion: UInt8?
    if rest.first == UInt8(ascii: "!") {
      guard rest.count >= 2 else { throw .value("end of string while looking for conversion specifier") }
      conversion = rest[nameEnd + 1]
      rest = rest.dropFirst(2)
      if let next = rest.first, next != UInt8(ascii: ":") { throw .value("expected ':' after conversion specifier") }
    }
    var value = try lookUp(try PythonText.name(text.slice(0..<nameEnd), "the field of a format"))
    switch conversion {
    case nil: break
    case UInt8(ascii: "s"): value = .text(try renderer.string(value))
    case UInt8(ascii: "r"): value = .text(JinjaText(try renderer.repr(value), origin: Origins.origin(of: value)))
    case UInt8(ascii: "a"):
      value = .text(PythonASCII.ascii(try renderer.repr(value), origin: Origins.origin(of: value)))
    case .some(let other):
      throw .value("Unknown conversion specifier \(Character(Unicode.Scalar(other)))")
    }
    let start = bytes.count - rest.count + (rest.isEmpty ? 0 : 1)
    let specification = try format(text.slice(start..<bytes.count), depth: depth - 1)
    if escapes, value.isMarkup, !specification.isEmpty {
      throw .value("Unsupported format specification for Markup.")
    }
    let formatted = try renderer.format(value, try PythonText.name(specification, "the specification of a format"))
    if escapes, !value.isMarkup { return Markup.escape(formatted) }
    return formatted
  }

  private mutating func lookUp(_ name: String) throws(TemplateError) -> JinjaValue {
    let firstEnd = name.firstIndex { $0 == "." || $0 == "[" } ?? name.endIndex
    let first = String(name[..<firstEnd])
    var value: JinjaValue
    if first.isEmpty || first.allSatisfy({ $0.isASCII && $0.isNumber }) {
      value = try positionalValue(first)
    } else {
      guard let found = keywords.first(where: { $0.name == first }) else {
        throw missing ?? TemplateError(.failed, PythonText.repr(first), className: "KeyError")
      }
      value = found.value
    }
    var rest = name[firstEnd...]
    while let mark = rest.first {
      rest = rest.dropFirst()
      if mark == "." {
        let end = rest.firstIndex { $0 == "." || $0 == "[" } ?? rest.endIndex
        guard end > rest.startIndex else { throw .value("Empty attribute in format string") }
        let part = String(rest[..<end])
        value = try renderer.attribute(named: part, key: JinjaText(part), of: value)
        rest = rest[end...]
      } else if mark == "[" {
        guard let end = rest.firstIndex(of: "]") else { throw .value("Missing ']' in format string") }
        let part = String(rest[..<end])
        guard !part.isEmpty else { throw .value("Empty attribute in format string") }
        let key = part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part).map(JinjaValue.int) : nil
        value = try renderer.item(key ?? .text(part), of: value)
        rest = rest[rest.index(after: end)...]
      } else {
        throw .value("Only '.' or '[' may follow ']' in format field specifier")
      }
    }
    return value
  }

  private mutating func positionalValue(_ digits: String) throws(TemplateError) -> JinjaValue {
    let index: Int
    if digits.isEmpty {
      guard let next = nextIndex else {
        throw .value("cannot switch from manual field specification to automatic field numbering")
      }
      index = next
      nextIndex = next + 1
    } else {
      if let next = nextIndex, next > 0 {
        throw .value("cannot switch from manual field specification to automatic field numbering")
      }
      nextIndex = nil
      guard let number = Int(digits) else { throw .value("Too many decimal digits in format string") }
      index = number
    }
    guard index < positional.count else {
      throw TemplateError(.failed, "tuple index out of range", className: "IndexError")
    }
    return positional[index]
  }
}

/// Python's `ascii`.
enum PythonASCII {
  static func ascii(_ repr: [UInt8], origin: TextOrigin) -> JinjaText {
    var bytes: [UInt8] = []
    for point in repr.withUnsafeBytes({ PythonText.points($0) }) {
      switch point {
      case ..<0x80: bytes.append(UInt8(point))
      case ..<0x100: bytes += Array("\\x\(PythonText.hex(point, width: 2))".utf8)
      case ..<0x10000: bytes += Array("\\u\(PythonText.hex(point, width: 4))".utf8)
      default: bytes += Array("\\U\(PythonText.hex(point, width: 8))".utf8)
      }
    }
    return JinjaText(bytes, origin: origin)
  }
}
