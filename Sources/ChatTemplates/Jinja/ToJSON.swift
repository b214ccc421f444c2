import JSON

/// The filter `tojson` as transformers defines it: Python's `json.dumps`.
///
/// Source: transformers 5.23, `chat_template_utils.py`; CPython 3.11, `json.encoder`.
struct ToJSON {
  private let isASCII: Bool
  private let indent: [UInt8]?
  private let itemSeparator: [UInt8]
  private let keySeparator: [UInt8]
  private let sortsKeys: Bool
  /// Separators that are no texts, which the encoder in Python, the one that indents, notices when it uses them.
  private var oddItemSeparator, oddKeySeparator: JinjaValue?
  /// How many pieces the encoder in Python has made, and which of them was the first that is no text.
  private var pieceCount = 0
  private var oddPiece: Int?
  private let renderer: Renderer
  private var bytes: [UInt8] = []

  static func apply(
    _ value: JinjaValue, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> JinjaValue {
    let given = try arguments.bind(
      "_cached_compile_jinja_template.<locals>.tojson",
      [.optional("ensure_ascii"), .optional("indent"), .optional("separators"), .optional("sort_keys")], offset: 1)
    var writer = try ToJSON(given, isText: value.textValue != nil, in: renderer)
    try writer.append(value, level: 0)
    if let piece = writer.oddPiece, let separator = writer.oddKeySeparator {
      throw .type("sequence item \(piece): expected str instance, \(separator.typeName) found")
    }
    try renderer.charge(bytes: writer.bytes.count)
    return .text(JinjaText(writer.bytes, origin: Origins.origin(of: value)))
  }

  /// - Parameter isText: whether a text is written, for which the reference looks at neither indent nor separators.
  private init(_ given: [JinjaValue?], isText: Bool, in renderer: Renderer) throws(TemplateError) {
    self.renderer = renderer
    isASCII = try given[0]?.isTrue ?? false
    sortsKeys = try given[3]?.isTrue ?? false
    var given = given
    var elements: [JinjaValue] = []
    if let value = given[2], !value.isNone { elements = try renderer.unpack(value, into: 2) }
    if isText { (given[1], elements) = (nil, []) }
    switch given[1] {
    case nil, .some(.none): indent = nil
    case .some(let value):
      if let text = value.textValue {
        indent = text.array
      } else if let count = value.smallIndex {
        try renderer.charge(bytes: max(0, count))
        indent = Array(repeating: 0x20, count: max(0, count))
      } else {
        if case .undefined(let undefined) = value { throw undefined.error }
        guard value.index == nil else { throw .overflow("cannot fit 'int' into an index-sized integer") }
        throw .type("can't multiply sequence by non-int of type '\(value.typeName)'")
      }
    }
    var separators = [Array((indent == nil ? ", " : ",").utf8), Array(": ".utf8)]
    // The encoder in C takes the separator of keys as the fifth argument, and that of items as the sixth.
    for (position, element) in elements.enumerated().reversed() {
      if let text = element.textValue {
        separators[position] = text.array
      } else if indent == nil {
        throw .type("make_encoder() argument \(6 - position) must be str, not \(element.typeName)")
      } else if position == 0 {
        oddItemSeparator = element
      } else {
        oddKeySeparator = element
      }
    }
    itemSeparator = separators[0]
    keySeparator = separators[1]
  }

  private mutating func append(_ value: JinjaValue, level: Int) throws(TemplateError) {
    guard level < 900 else { throw .recursion }
    try renderer.step()
    pieceCount += 1
    switch value {
    case .none: bytes += Array("null".utf8)
    case .flag(let flag, _): bytes += Array((flag ? "true" : "false").utf8)
    case .whole(let number, _): bytes += Array(String(number).utf8)
    case .big(let number): bytes += Array(try Renderer.decimal(number).utf8)
    case .real(let number, _): bytes += Array(Self.text(of: number).utf8)
    case .text(let text), .markup(let text): append(text)
    case .list(let list): try append(list.elements, level: level)
    case .tuple(let tuple): try append(tuple.elements, level: level)
    case .dict(let dict): try append(dict, level: level)
    case .missing, .undefined, .object:
      throw .type("Object of type \(value.typeName) is not JSON serializable")
    }
    if bytes.count > renderer.limits.outputBytes { try renderer.charge(bytes: bytes.count) }
  }

  private static func text(of number: Double) -> String {
    if number.isFinite { return number.pythonText }
    return number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity"
  }

  /// Python's `item_separator + newline_indent`, which fails for a separator that is no text.
  private func checkItemSeparator() throws(TemplateError) {
    if let separator = oddItemSeparator { _ = try renderer.add(separator, .text("\n")) }
  }

  private mutating func breakLine(_ level: Int) {
    guard let indent else { return }
    bytes.append(0x0A)
    for _ in 0..<level { bytes += indent }
  }

  private mutating func append(_ elements: [JinjaValue], level: Int) throws(TemplateError) {
    if !elements.isEmpty {
      try checkItemSeparator()
      // The bracket is of one piece with what the first element begins with.
      pieceCount -= 1
    }
    bytes.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      switch element {
      case .list, .tuple, .dict: pieceCount += 1
      default: break
      }
      if index > 0 { bytes += itemSeparator }
      breakLine(level + 1)
      try append(element, level: level + 1)
    }
    if !elements.isEmpty {
      breakLine(level)
      pieceCount += 2
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func append(_ dict: DictValue, level: Int) throws(TemplateError) {
    if dict.count > 0 { try checkItemSeparator() }
    var members = Array(zip(dict.keys, dict.values))
    if sortsKeys {
      let pairs = try Sorting.sorted(members.map { .tuple([$0, $1]) }, in: renderer) { value, _ in value }
      members = pairs.compactMap { pair in
        guard case .tuple(let tuple) = pair else { return nil }
        return (tuple.elements[0], tuple.elements[1])
      }
    }
    bytes.append(UInt8(ascii: "{"))
    for (index, (key, value)) in members.enumerated() {
      // What is before the key, which is a line or a separator, and the key.
      pieceCount += 2
      if index > 0 { bytes += itemSeparator }
      breakLine(level + 1)
      switch key {
      case .text(let text), .markup(let text): append(text)
      case .none: append(JinjaText("null"))
      case .flag(let flag, _): append(JinjaText(flag ? "true" : "false"))
      case .whole, .big: append(JinjaText(try renderer.repr(key)))
      case .real(let number, _): append(JinjaText(Self.text(of: number)))
      default: throw .type("keys must be str, int, float, bool or None, not \(key.typeName)")
      }
      bytes += keySeparator
      if oddKeySeparator != nil, oddPiece == nil { oddPiece = pieceCount }
      pieceCount += 1
      try append(value, level: level + 1)
    }
    if !members.isEmpty {
      breakLine(level)
      pieceCount += 2
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func append(_ text: JinjaText) {
    withExtendedLifetime(text.storage) {
      let source = text.bytes
      guard isASCII else {
        JSONWriter.appendQuoted(source.bytes, to: &bytes)
        return
      }
      bytes.append(UInt8(ascii: "\""))
      for point in PythonText.points(source) {
        switch point {
        case 0x22, 0x5C: bytes += [0x5C, UInt8(point)]
        case 0x08: bytes += Array("\\b".utf8)
        case 0x0C: bytes += Array("\\f".utf8)
        case 0x0A: bytes += Array("\\n".utf8)
        case 0x0D: bytes += Array("\\r".utf8)
        case 0x09: bytes += Array("\\t".utf8)
        case 0x20..<0x7F: bytes.append(UInt8(point))
        case ..<0x10000: bytes += Array("\\u\(PythonText.hex(point, width: 4))".utf8)
        default:
          let rest = point - 0x10000
          let high = PythonText.hex(0xD800 + rest >> 10, width: 4)
          let low = PythonText.hex(0xDC00 + rest & 0x3FF, width: 4)
          bytes += Array("\\u\(high)\\u\(low)".utf8)
        }
      }
      bytes.append(UInt8(ascii: "\""))
    }
  }
}
