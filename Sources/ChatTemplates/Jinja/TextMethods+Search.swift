/// Methods that find parts of a text, split it at them, or join texts.
extension TextMethods {
  static func split(
    _ method: TextMethod, _ text: JinjaText, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> [JinjaText] {
    let given = try bind(method, arguments, ["sep", "maxsplit"], required: 0, isPositionalOnly: false)
    let limit = try integer(given[1]) ?? -1
    func bounded(_ count: Int) -> Int { limit < 0 || limit >= count ? count : limit + 1 }
    switch given[0] {
    case nil, .some(.none):
      return try renderer.parts(of: text, count: { bounded(TextSearch.wordCount(text)) }) {
        method == .split
          ? TextSearch.splitAtSpace(text, limit: limit) : TextSearch.splitLastAtSpace(text, limit: limit)
      }
    case .some(let value):
      guard let separator = value.textValue else { throw .type("must be str or None, not \(value.typeName)") }
      guard !separator.isEmpty else { throw .value("empty separator") }
      func count() -> Int { bounded(TextSearch.occurrences(of: separator, in: text, 0..<text.count) + 1) }
      return try renderer.parts(of: text, count: count) {
        method == .split
          ? TextSearch.split(text, by: separator, limit: limit)
          : TextSearch.splitLast(text, by: separator, limit: limit)
      }
    }
  }

  static func join(
    _ separator: JinjaText, isMarkup: Bool, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    let value = try one(.join, arguments)
    guard let iterator = try renderer.iterator(value) else {
      throw .type(isMarkup ? "'\(value.typeName)' object is not iterable" : "can only join an iterable")
    }
    var output = TextOutput()
    var index = 0
    while let element = try iterator.next() {
      try renderer.step()
      if index > 0 { output.append(separator) }
      if isMarkup {
        output.append(try renderer.escaped(element))
      } else {
        guard let text = element.textValue else {
          throw .type("sequence item \(index): expected str instance, \(element.typeName) found")
        }
        output.append(text)
      }
      index += 1
      if index & 63 == 0 { try renderer.checkSize(output.size) }
    }
    try renderer.charge(bytes: output.size)
    return JinjaText(output)
  }

  static func partition(
    _ method: TextMethod, _ text: JinjaText, _ arguments: Arguments
  ) throws(TemplateError) -> [JinjaText] {
    let value = try one(method, arguments)
    guard let separator = value.textValue else { throw .type("must be str, not \(value.typeName)") }
    guard !separator.isEmpty else { throw .value("empty separator") }
    let index =
      method == .partition ? TextSearch.find(separator, in: text) : TextSearch.findLast(separator, in: text)
    guard let index else { return method == .partition ? [text, .empty, .empty] : [.empty, .empty, text] }
    let end = index + separator.count
    return [text.slice(0..<index), text.slice(index..<end), text.slice(end..<text.count)]
  }

  /// The byte range that bounds in code points leave; nil where the start is beyond the end.
  private static func range(
    _ text: JinjaText, _ start: JinjaValue?, _ end: JinjaValue?
  ) throws(TemplateError) -> (bytes: Range<Int>, first: Int)? {
    if start == nil, end == nil { return (0..<text.count, 0) }
    let offsets = text.offsets
    let count = offsets.count - 1
    func bound(_ value: JinjaValue?, _ other: Int) throws(TemplateError) -> Int {
      guard let value, !value.isNone else { return other }
      guard let index = value.index else {
        throw .type("slice indices must be integers or None or have an __index__ method")
      }
      let position = index.int ?? (index.isNegative ? -Int.max : Int.max)
      return position < 0 ? max(0, position + count) : position
    }
    let first = try bound(start, 0)
    let last = min(try bound(end, count), count)
    guard first <= last else { return nil }
    return (offsets[first]..<offsets[last], first)
  }

  static func search(
    _ method: TextMethod, _ text: JinjaText, _ arguments: Arguments
  ) throws(TemplateError) -> JinjaValue {
    guard arguments.keywords.isEmpty else { throw .type("\(method.rawValue)() takes no keyword arguments") }
    guard (1...3).contains(arguments.count) else {
      let bound = arguments.count == 0 ? "at least 1 argument" : "at most 3 arguments"
      throw .type("\(method.rawValue)() takes \(bound) (\(arguments.count) given)")
    }
    let given = arguments.positional
    let range = try range(text, given.count > 1 ? given[1] : nil, given.count > 2 ? given[2] : nil)
    guard let part = given[0].textValue else { throw .type("must be str, not \(given[0].typeName)") }
    if method == .count {
      guard let range else { return .int(0) }
      if part.isEmpty { return .int(length(text, range.bytes) + 1) }
      return .int(TextSearch.occurrences(of: part, in: text, range.bytes))
    }
    let isLast = method == .rfind || method == .rindex
    let found = range.flatMap { range in
      isLast
        ? TextSearch.findLast(part, in: text, from: range.bytes.lowerBound, to: range.bytes.upperBound)
        : TextSearch.find(part, in: text, from: range.bytes.lowerBound, to: range.bytes.upperBound)
    }
    guard let found else {
      if method == .index || method == .rindex { throw .value("substring not found") }
      return .int(-1)
    }
    return .int(length(text, 0..<found))
  }

  private static func length(_ text: JinjaText, _ range: Range<Int>) -> Int {
    let part = text.slice(range)
    return withExtendedLifetime(part.storage) { PythonText.length(part.bytes) }
  }

  static func matches(
    _ method: TextMethod, _ text: JinjaText, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> Bool {
    let name = method.rawValue
    guard arguments.keywords.isEmpty else { throw .type("\(name)() takes no keyword arguments") }
    guard (1...3).contains(arguments.count) else {
      let bound = arguments.count == 0 ? "at least 1 argument" : "at most 3 arguments"
      throw .type("\(name)() takes \(bound) (\(arguments.count) given)")
    }
    let given = arguments.positional
    if given.count == 1, case .text(let candidate) = given[0] {
      return method == .startswith ? TextSearch.hasPrefix(text, candidate) : TextSearch.hasSuffix(text, candidate)
    }
    let part: JinjaText?
    if given.count == 1 {
      part = text
    } else {
      part = try range(text, given[1], given.count > 2 ? given[2] : nil).map { text.slice($0.bytes) }
    }
    func matches(_ candidate: JinjaText) -> Bool {
      guard let part else { return false }
      return method == .startswith ? TextSearch.hasPrefix(part, candidate) : TextSearch.hasSuffix(part, candidate)
    }
    if case .tuple(let tuple) = given[0] {
      // As in Python, what follows the first match is not looked at.
      for element in tuple.elements {
        guard let candidate = element.textValue else {
          throw .type("tuple for \(name) must only contain str, not \(element.typeName)")
        }
        if matches(candidate) { return true }
      }
      return false
    }
    guard let candidate = given[0].textValue else {
      throw .type("\(name) first arg must be str or a tuple of str, not \(given[0].typeName)")
    }
    return matches(candidate)
  }
}
