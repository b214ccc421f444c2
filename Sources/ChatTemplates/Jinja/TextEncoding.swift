/// Python's `str.encode` and `bytes.decode` in the encodings that need no tables.
enum TextEncoding: String {
  case utf8 = "utf-8"
  case ascii = "ascii"
  case latin1 = "latin-1"

  private static let names: [String: TextEncoding] = [
    "utf_8": .utf8, "utf8": .utf8, "utf": .utf8, "u8": .utf8, "cp65001": .utf8, "ascii": .ascii, "us_ascii": .ascii,
    "646": .ascii, "latin_1": .latin1, "latin1": .latin1, "latin": .latin1, "l1": .latin1, "iso_8859_1": .latin1,
    "iso8859_1": .latin1, "8859": .latin1, "cp819": .latin1,
  ]

  /// The encoding and what is done about errors.
  private static func options(
    _ method: TextMethod, _ arguments: Arguments, named name: String
  ) throws(TemplateError) -> (encoding: TextEncoding, errors: String) {
    let given = try TextMethods.bind(
      method, arguments, ["encoding", "errors"], required: 0, isPositionalOnly: false, named: name)
    var texts = ["utf-8", "strict"]
    for (index, parameter) in ["encoding", "errors"].enumerated() {
      guard let value = given[index] else { continue }
      guard let text = value.textValue else {
        throw .type("\(name)() argument '\(parameter)' must be str, not \(value.argumentTypeName)")
      }
      texts[index] = text.string
    }
    let parts = texts[0].lowercased().split { $0 == "-" || $0 == "_" || $0 == " " }
    guard let encoding = names[parts.joined(separator: "_")] else {
      throw .unsupported("the encoding \(texts[0]) is not supported; utf-8, ascii and latin-1 are")
    }
    return (encoding, texts[1])
  }

  /// `text.encode(...)`
  static func encoded(_ text: JinjaText, _ arguments: Arguments) throws(TemplateError) -> BytesValue {
    let (encoding, errors) = try options(.encode, arguments, named: "encode")
    let points = withExtendedLifetime(text.storage) { PythonText.points(text.bytes) }
    var bytes: [UInt8] = []
    var index = 0
    while index < points.count {
      let point = points[index]
      index += 1
      guard !encoding.lacks(point) else {
        let start = index - 1
        while errors == "strict", index < points.count, encoding.lacks(points[index]) { index += 1 }
        try encoding.replace(points[start..<index], at: start, errors, to: &bytes)
        continue
      }
      if encoding == .utf8 { PythonText.append(point, to: &bytes) } else { bytes.append(UInt8(point)) }
    }
    return BytesValue(bytes, origin: text.computedOrigin)
  }

  /// Whether a character cannot be encoded.
  private func lacks(_ point: UInt32) -> Bool {
    switch self {
    case .utf8: (0xD800...0xDFFF).contains(point)
    case .ascii: point >= 0x80
    case .latin1: point >= 0x100
    }
  }

  /// What stands for characters that cannot be encoded.
  private func replace(
    _ points: ArraySlice<UInt32>, at index: Int, _ errors: String, to bytes: inout [UInt8]
  ) throws(TemplateError) {
    guard let point = points.first else { return }
    switch errors {
    case "ignore": break
    case "replace": bytes.append(UInt8(ascii: "?"))
    case "xmlcharrefreplace": bytes += Array("&#\(point);".utf8)
    case "backslashreplace": bytes += Array(Self.escape(point).utf8)
    case "strict":
      let reason =
        self == .utf8 ? "surrogates not allowed" : "ordinal not in range(\(self == .ascii ? "128" : "256"))"
      let place = points.count == 1 ? "position \(index)" : "position \(index)-\(index + points.count - 1)"
      let what = points.count == 1 ? "character '\(Self.escape(point))'" : "characters"
      throw TemplateError(
        .failed, "'\(rawValue)' codec can't encode \(what) in \(place): \(reason)", className: "UnicodeEncodeError")
    default: throw .unsupported("the error handler \(errors) is not supported")
    }
  }

  private static func escape(_ point: UInt32) -> String {
    if point < 0x100 { return "\\x" + PythonText.hex(point, width: 2) }
    return point < 0x10000 ? "\\u" + PythonText.hex(point, width: 4) : "\\U" + PythonText.hex(point, width: 8)
  }

  /// `bytes.decode(...)`
  static func decoded(_ value: BytesValue, _ arguments: Arguments) throws(TemplateError) -> JinjaText {
    let (encoding, _) = try options(.encode, arguments, named: "decode")
    switch encoding {
    case .latin1:
      var bytes: [UInt8] = []
      for byte in value.bytes { PythonText.append(UInt32(byte), to: &bytes) }
      return JinjaText(bytes, origin: value.origin)
    case .utf8 where String(validating: value.bytes, as: UTF8.self) != nil: break
    case .ascii where value.bytes.allSatisfy({ $0 < 0x80 }): break
    default: throw .unsupported("bytes that are not \(encoding.rawValue) are not decoded")
    }
    return JinjaText(value.bytes, origin: value.origin)
  }
}
