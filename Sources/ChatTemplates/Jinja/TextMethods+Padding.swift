/// Methods that fill a text up to a width.
extension TextMethods {
  static func padded(
    _ method: TextMethod, _ text: JinjaText, _ arguments: Arguments, escapes: Bool, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    let given = try bind(method, arguments, ["width", "fillchar"], required: 1)
    var fill = JinjaText(" ")
    let character = try escapes ? given[1].map { value throws(TemplateError) in try renderer.escaped(value) } : nil
    let width = try integer(given[0]) ?? 0
    if let value = character.map(JinjaValue.text) ?? given[1] {
      guard let text = value.textValue else {
        throw .type("The fill character must be a unicode character, not \(value.typeName)")
      }
      guard text.offsets.count == 2 else { throw .type("The fill character must be exactly one character long") }
      fill = text
    }
    return try padded(text, width, fill, method, in: renderer)
  }

  static func padded(
    _ text: JinjaText, _ width: Int, _ fill: JinjaText, _ method: TextMethod, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    let length = text.offsets.count - 1
    guard width > length else { return text }
    let missing = width - length
    let left =
      switch method {
      case .ljust: 0
      case .rjust: missing
      default: missing / 2 + (missing & width & 1)
      }
    return try renderer.joined([
      try renderer.repeated(fill, left), text, try renderer.repeated(fill, missing - left),
    ])
  }

  static func zeroFilled(
    _ text: JinjaText, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    let width = try integer(try one(.zfill, arguments)) ?? 0
    let length = text.offsets.count - 1
    guard width > length else { return text }
    let missing = width - length
    let first = text.array.first
    let signs = first == UInt8(ascii: "+") || first == UInt8(ascii: "-") ? 1 : 0
    return try renderer.joined([
      text.slice(0..<signs), try renderer.repeated(JinjaText("0"), missing), text.slice(signs..<text.count),
    ])
  }

  static func expanded(
    _ text: JinjaText, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    let given = try bind(.expandtabs, arguments, ["tabsize"], required: 0, isPositionalOnly: false)
    let size = try integer(given[0], as: "int") ?? 8
    var output = TextOutput()
    var column = 0
    let offsets = text.offsets
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      let part = text.slice(start..<end)
      let byte = part.array[0]
      if byte == 0x09 {
        let count = size > 0 ? size - column % size : 0
        try renderer.checkSize(output.count + count)
        output.append(Array(repeating: 0x20, count: count), origin: text.computedOrigin)
        column += count
      } else {
        output.append(part)
        column = byte == 0x0A || byte == 0x0D ? 0 : column + 1
      }
    }
    return JinjaText(output)
  }
}
