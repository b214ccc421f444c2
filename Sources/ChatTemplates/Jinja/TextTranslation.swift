/// Python's `str.translate` and `str.maketrans`.
enum TextTranslation {
  /// A text whose characters are replaced as a table says; those that it does not hold stay.
  static func translated(
    _ text: JinjaText, by table: JinjaValue, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    var output = TextOutput()
    let origin = text.computedOrigin
    let bytes = text.array
    var offset = 0
    while offset < bytes.count {
      let (point, length) = bytes.withUnsafeBytes { PythonText.point(in: $0, at: offset) }
      switch try entry(of: Int(point), in: table) {
      case nil: output.append(text.slice(offset..<offset + length))
      case .some(.none): break
      case .some(.text(let replacement)), .some(.markup(let replacement)): output.append(replacement)
      case .some(let value):
        guard let number = value.index else { throw .type("character mapping must return integer, None or str") }
        guard let code = number.int, (0...0x10FFFF).contains(code) else {
          throw .value("character mapping must be in range(0x110000)")
        }
        output.append(encoded(code), origin: origin)
      }
      offset += length
      try renderer.checkSize(output.count)
    }
    try renderer.charge(bytes: output.count)
    return JinjaText(output)
  }

  /// What a table holds for a character; nil where it holds nothing.
  private static func entry(of point: Int, in table: JinjaValue) throws(TemplateError) -> JinjaValue? {
    switch table {
    case .dict(let dict): return dict[.int(point)]
    case .list(let list): return point < list.elements.count ? list.elements[point] : nil
    case .tuple(let tuple): return point < tuple.elements.count ? tuple.elements[point] : nil
    case .text(let text), .markup(let text): return Renderer.character(point, of: text).map(JinjaValue.text)
    case .object(let table as BytesValue): return point < table.bytes.count ? .int(Int(table.bytes[Int(point)])) : nil
    case .object(let range as RangeValue): return point < range.count ? range.element(point) : nil
    case .undefined(let undefined): throw undefined.error
    default: throw .type("'\(table.typeName)' object is not subscriptable")
    }
  }

  private static func encoded(_ code: Int) -> [UInt8] {
    func tail(_ shift: Int) -> UInt8 { UInt8(0x80 | code >> shift & 0x3F) }
    return switch code {
    case ..<0x80: [UInt8(code)]
    case ..<0x800: [UInt8(0xC0 | code >> 6), tail(0)]
    case ..<0x10000: [UInt8(0xE0 | code >> 12), tail(6), tail(0)]
    default: [UInt8(0xF0 | code >> 18), tail(12), tail(6), tail(0)]
    }
  }

  /// Makes a table of a dict, or of characters, those that replace them and those that go.
  static func table(_ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    guard arguments.keywords.isEmpty else { throw .type("str.maketrans() takes no keyword arguments") }
    guard let first = arguments.positional.first else { throw .type("maketrans expected at least 1 argument, got 0") }
    guard arguments.count <= 3 else { throw .type("maketrans expected at most 3 arguments, got \(arguments.count)") }
    var texts: [JinjaText] = []
    for (index, value) in arguments.positional.enumerated().dropFirst() {
      guard let text = value.textValue else {
        throw .type("maketrans() argument \(index + 1) must be str, not \(value.argumentTypeName)")
      }
      texts.append(text)
    }
    guard let replacements = texts.first else { return .dict(try table(of: first)) }
    guard let characters = first.textValue else {
      throw .type("first maketrans argument must be a string if there is a second argument")
    }
    let (from, to) = (points(of: characters), points(of: replacements))
    guard from.count == to.count else {
      throw .value("the first two maketrans arguments must have equal length")
    }
    try renderer.charge(elements: from.count)
    var pairs = zip(from, to).map { (JinjaValue.int($0), JinjaValue.int($1)) }
    if texts.count > 1 { pairs += points(of: texts[1]).map { (.int($0), .none) } }
    return .dict(DictValue(pairs))
  }

  private static func table(of value: JinjaValue) throws(TemplateError) -> DictValue {
    guard case .dict(let dict) = value else {
      throw .type("if you give only one argument to maketrans it must be a dict")
    }
    var pairs: [(JinjaValue, JinjaValue)] = []
    for (key, value) in zip(dict.keys, dict.values) {
      switch key {
      case .text(let text), .markup(let text):
        let points = points(of: text)
        guard points.count == 1 else { throw .value("string keys in translate table must be of length 1") }
        pairs.append((.int(points[0]), value))
      case .whole, .flag, .big: pairs.append((key, value))
      default: throw .type("keys in translate table must be strings or integers")
      }
    }
    return DictValue(pairs)
  }

  private static func points(of text: JinjaText) -> [Int] {
    let bytes = text.array
    return bytes.withUnsafeBytes { bytes in
      var (points, offset): ([Int], Int) = ([], 0)
      while offset < bytes.count {
        let (point, length) = PythonText.point(in: bytes, at: offset)
        points.append(Int(point))
        offset += length
      }
      return points
    }
  }
}

extension JinjaValue {
  /// The name of the type as messages about arguments have it, where None is no type.
  var argumentTypeName: String { isNone ? "None" : typeName }
}
