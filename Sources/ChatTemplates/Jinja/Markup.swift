/// markupsafe's escaping.
enum Markup {
  /// Escapes a text for HTML; what is not escaped keeps its origin.
  static func escape(_ text: JinjaText) -> JinjaText {
    var output = TextOutput()
    let bytes = text.array
    let origin = text.computedOrigin
    var start = 0
    for (index, byte) in bytes.enumerated() {
      guard let entity = entity(byte) else { continue }
      output.append(text.slice(start..<index))
      output.append(Array(entity.utf8), origin: origin)
      start = index + 1
    }
    guard start > 0 else { return text }
    output.append(text.slice(start..<bytes.count))
    return JinjaText(output)
  }

  private static func entity(_ byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "'"): "&#39;"
    case UInt8(ascii: "\""): "&#34;"
    default: nil
    }
  }

  /// Removes tags and comments, joins runs of white space and decodes entities.
  static func stripTags(_ text: JinjaText, in renderer: Renderer) throws(TemplateError) -> JinjaText {
    try renderer.charge(bytes: text.count)
    var output = TextOutput()
    var position = 0
    let (open, close) = (JinjaText("<"), JinjaText(">"))
    let (commentOpen, commentClose) = (JinjaText("<!--"), JinjaText("-->"))
    while let start = TextSearch.find(open, in: text, from: position) {
      let isComment = TextSearch.hasPrefix(text.slice(start..<text.count), commentOpen)
      let mark = isComment ? commentClose : close
      let from = isComment ? min(start + 4, text.count) : start
      guard let end = TextSearch.find(mark, in: text, from: from) else { break }
      output.append(text.slice(position..<start))
      position = end + mark.count
    }
    var stripped = text
    if position > 0 {
      output.append(text.slice(position..<text.count))
      stripped = JinjaText(output)
    }
    var words = TextOutput()
    for (index, word) in try renderer.words(of: stripped).enumerated() {
      if index > 0 { words.append(byte: 0x20) }
      words.append(word)
    }
    return unescape(JinjaText(words))
  }

  /// Decodes the entities that escaping makes, numeric ones and the commonest names.
  static func unescape(_ text: JinjaText) -> JinjaText {
    let bytes = text.array
    guard bytes.contains(UInt8(ascii: "&")) else { return text }
    var output = TextOutput()
    var start = 0
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "&"), let (decoded, length) = entity(in: bytes, at: index) else {
        index += 1
        continue
      }
      output.append(text.slice(start..<index))
      output.append(decoded, origin: text.computedOrigin)
      index += length
      start = index
    }
    output.append(text.slice(start..<bytes.count))
    return JinjaText(output)
  }

  private static func entity(in bytes: [UInt8], at start: Int) -> (decoded: [UInt8], length: Int)? {
    let end = bytes[start...].prefix(34).firstIndex(of: UInt8(ascii: ";"))
    if start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: "#") { return numericEntity(in: bytes, at: start) }
    guard let end else { return nil }
    let name = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
    let names: [String: UInt32] = [
      "amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27, "nbsp": 0xA0, "copy": 0xA9, "reg": 0xAE,
      "laquo": 0xAB, "raquo": 0xBB, "ndash": 0x2013, "mdash": 0x2014, "hellip": 0x2026, "euro": 0x20AC,
      "lsquo": 0x2018, "rsquo": 0x2019, "ldquo": 0x201C, "rdquo": 0x201D, "times": 0xD7, "deg": 0xB0, "middot": 0xB7,
    ]
    guard let point = names[name] else { return nil }
    var decoded: [UInt8] = []
    PythonText.append(point, to: &decoded)
    return (decoded, end + 1 - start)
  }

  private static func numericEntity(in bytes: [UInt8], at start: Int) -> (decoded: [UInt8], length: Int)? {
    var index = start + 2
    let isHex = index < bytes.count && bytes[index] | 0x20 == UInt8(ascii: "x")
    if isHex { index += 1 }
    var value: UInt32 = 0
    let first = index
    while index < bytes.count, let digit = BigInteger.digit(bytes[index]), digit < (isHex ? 16 : 10) {
      value = min(value * (isHex ? 16 : 10) + UInt32(digit), 0x110000)
      index += 1
    }
    guard index > first else { return nil }
    if index < bytes.count, bytes[index] == UInt8(ascii: ";") { index += 1 }
    var decoded: [UInt8] = []
    let isInvalid = value == 0 || (0xD800...0xDFFF).contains(value) || value > 0x10FFFF
    PythonText.append(isInvalid ? 0xFFFD : value, to: &decoded)
    return (decoded, index - start)
  }
}
