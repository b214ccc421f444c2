import Support

/// Writes HTML: everything that is not the program's own markup is escaped for the place where it is written.
///
///     var html = HTMLWriter()
///     html.write(markup: "<th scope=\"row\">")
///     html.write(text: model)
///     html.write(markup: "</th>")
///
/// Escaping looks at bytes. By `Character`, a quote that a combining mark follows is another character, and would leave
/// a quoted attribute.
struct HTMLWriter {
  /// The value of a name in a template.
  enum Value {
    /// A text, for the content of an element or a quoted attribute.
    case text(String)
    /// A JSON document, for a script element of type `application/json`.
    case json([UInt8])
    /// The program's own markup, style sheet or script, which is written as it is.
    case markup([UInt8])
  }

  /// The page so far, as UTF-8.
  private(set) var bytes: [UInt8] = []

  /// Writes the program's own markup as it is.
  mutating func write(markup: StaticString) {
    markup.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Writes a text: what HTML reads as markup or as the end of a quoted attribute becomes a reference, and U+0000,
  /// which no HTML may hold, becomes U+FFFD.
  mutating func write(text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
      case UInt8(ascii: "'"): bytes.append(contentsOf: "&apos;".utf8)
      case 0: bytes.append(contentsOf: "\u{FFFD}".utf8)
      default: bytes.append(byte)
      }
    }
  }

  /// Writes a JSON document so that nothing in it can end or open an element: `<`, which JSON has in strings only,
  /// becomes an escape.
  mutating func write(json: [UInt8]) {
    var rest = json[...]
    while let place = rest.firstIndex(of: UInt8(ascii: "<")) {
      bytes.append(contentsOf: rest[..<place])
      bytes.append(contentsOf: "\\u003c".utf8)
      rest = rest[(place + 1)...]
    }
    bytes.append(contentsOf: rest)
  }

  /// Writes a value.
  mutating func write(_ value: Value) {
    switch value {
    case .text(let text): write(text: text)
    case .json(let json): write(json: json)
    case .markup(let markup): bytes.append(contentsOf: markup)
    }
  }

  /// Writes a template with the values in place of their names: `{{title}}`. What looks like a name in a value stays.
  ///
  /// - Throws: `FileError` if a name has no value or no end.
  mutating func write(template: [UInt8], values: [String: Value]) throws(FileError) {
    let template = String(decoding: template, as: UTF8.self)
    var rest = template[...]
    while let start = rest.firstRange(ofBytes: "{{") {
      bytes.append(contentsOf: rest[..<start.lowerBound].utf8)
      guard let end = rest[start.upperBound...].firstRange(ofBytes: "}}") else {
        throw .template(reason: "a name has no end")
      }
      let name = String(rest[start.upperBound..<end.lowerBound])
      guard let value = values[name] else { throw .template(reason: "{{\(name)}} has no value") }
      write(value)
      rest = rest[end.upperBound...]
    }
    bytes.append(contentsOf: rest.utf8)
  }
}
