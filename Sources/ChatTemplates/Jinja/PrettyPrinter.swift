/// Python's `pprint.pformat`: the `repr` with sorted keys, broken into lines of 80 characters.
///
/// Source: CPython 3.11, `pprint.py`.
struct PrettyPrinter {
  private static let width = 80
  private let renderer: Renderer
  private var bytes: [UInt8] = []

  static func format(_ value: JinjaValue, in renderer: Renderer) throws(TemplateError) -> [UInt8] {
    var printer = PrettyPrinter(renderer: renderer)
    try printer.append(try sorted(value, in: renderer, depth: 0), indent: 0, allowance: 0, level: 1)
    return printer.bytes
  }

  /// The value with the keys of all dicts sorted.
  private static func sorted(_ value: JinjaValue, in renderer: Renderer, depth: Int) throws(TemplateError) -> JinjaValue
  {
    guard depth < 200 else { throw .recursion }
    try renderer.step()
    switch value {
    case .list(let list):
      var elements: [JinjaValue] = []
      for element in list.elements { elements.append(try sorted(element, in: renderer, depth: depth + 1)) }
      return .list(elements)
    case .tuple(let tuple):
      var elements: [JinjaValue] = []
      for element in tuple.elements { elements.append(try sorted(element, in: renderer, depth: depth + 1)) }
      return .tuple(elements)
    case .dict(let dict):
      var pairs: [JinjaValue] = []
      for (key, value) in zip(dict.keys, dict.values) {
        pairs.append(.tuple([key, try sorted(value, in: renderer, depth: depth + 1)]))
      }
      let ordered = try Sorting.sorted(pairs, order: .naturalOrByType, in: renderer) { pair, _ in
        guard case .tuple(let tuple) = pair else { return pair }
        return tuple.elements[0]
      }
      var keys: [JinjaValue] = []
      var values: [JinjaValue] = []
      for case .tuple(let tuple) in ordered {
        keys.append(tuple.elements[0])
        values.append(tuple.elements[1])
      }
      return .dict(DictValue(uniqueKeys: keys, values: values))
    default: return value
    }
  }

  private init(renderer: Renderer) { self.renderer = renderer }

  private static func length(_ bytes: [UInt8]) -> Int { bytes.withUnsafeBytes { PythonText.length($0) } }

  private mutating func breakLine(_ indent: Int) { bytes += [0x0A] + Array(repeating: 0x20, count: indent) }

  private mutating func append(
    _ value: JinjaValue, indent: Int, allowance: Int, level: Int
  ) throws(TemplateError) {
    let repr = try renderer.repr(value)
    guard Self.length(repr) > Self.width - indent - allowance else {
      bytes += repr
      return
    }
    switch value {
    case .list(let list):
      bytes.append(UInt8(ascii: "["))
      try append(list.elements, indent: indent, allowance: allowance + 1, level: level)
      bytes.append(UInt8(ascii: "]"))
    case .tuple(let tuple):
      let end = tuple.elements.count == 1 ? ",)" : ")"
      bytes.append(UInt8(ascii: "("))
      try append(tuple.elements, indent: indent, allowance: allowance + end.utf8.count, level: level)
      bytes += Array(end.utf8)
    case .dict(let dict):
      bytes.append(UInt8(ascii: "{"))
      for index in 0..<dict.count {
        if index > 0 {
          bytes.append(UInt8(ascii: ","))
          breakLine(indent + 1)
        }
        let key = try renderer.repr(dict.keys[index])
        bytes += key + Array(": ".utf8)
        try append(
          dict.value(at: index), indent: indent + 1 + Self.length(key) + 2,
          allowance: index == dict.count - 1 ? allowance + 1 : 1, level: level + 1)
      }
      bytes.append(UInt8(ascii: "}"))
    case .text(let text): append(text, indent: indent, allowance: allowance, level: level)
    case .object(let value as BytesValue) where value.bytes.count > 4:
      throw .unsupported("pprint of bytes on several lines is not supported")
    default: bytes += repr
    }
  }

  private mutating func append(
    _ elements: [JinjaValue], indent: Int, allowance: Int, level: Int
  ) throws(TemplateError) {
    for (index, element) in elements.enumerated() {
      if index > 0 {
        bytes.append(UInt8(ascii: ","))
        breakLine(indent + 1)
      }
      try append(
        element, indent: indent + 1, allowance: index == elements.count - 1 ? allowance : 1, level: level + 1)
    }
  }

  /// A long text as several literals: one a line, and lines broken between words.
  private mutating func append(_ text: JinjaText, indent: Int, allowance: Int, level: Int) {
    let indent = level == 1 ? indent + 1 : indent
    let allowance = level == 1 ? allowance + 1 : allowance
    let width = Self.width - indent
    var chunks: [[UInt8]] = []
    let lines = TextSearch.lines(text, keepingEnds: true)
    for (number, line) in lines.enumerated() {
      let isLast = number == lines.count - 1
      let whole = Self.repr(line)
      if Self.length(whole) <= (isLast ? width - allowance : width) {
        chunks.append(whole)
        continue
      }
      let parts = Self.words(line)
      var current: JinjaText?
      for (index, part) in parts.enumerated() {
        let candidate = current.map { $0 + part } ?? part
        let limit = index == parts.count - 1 && isLast ? width - allowance : width
        if Self.length(Self.repr(candidate)) > limit {
          if let current { chunks.append(Self.repr(current)) }
          current = part
        } else {
          current = candidate
        }
      }
      if let current { chunks.append(Self.repr(current)) }
    }
    guard chunks.count > 1 else {
      bytes += Self.repr(text)
      return
    }
    if level == 1 { bytes.append(UInt8(ascii: "(")) }
    for (index, chunk) in chunks.enumerated() {
      if index > 0 { breakLine(indent) }
      bytes += chunk
    }
    if level == 1 { bytes.append(UInt8(ascii: ")")) }
  }

  private static func repr(_ text: JinjaText) -> [UInt8] {
    withExtendedLifetime(text.storage) { PythonText.repr(text.bytes) }
  }

  /// Words with the white space after them.
  private static func words(_ line: JinjaText) -> [JinjaText] {
    var parts: [JinjaText] = []
    var rest = line
    while !rest.isEmpty {
      let wordEnd = rest.firstOffset(where: PythonText.isSpace) ?? rest.count
      let tail = rest.slice(wordEnd..<rest.count)
      let end = wordEnd + (tail.firstOffset { !PythonText.isSpace($0) } ?? tail.count)
      parts.append(rest.slice(0..<end))
      rest = rest.slice(end..<rest.count)
    }
    return parts
  }
}
