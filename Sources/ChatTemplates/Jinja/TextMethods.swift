/// The methods of Python's `str`.
enum TextMethod: String {
  case capitalize, casefold, center, count, encode, endswith, expandtabs, find, format
  case formatMap = "format_map"
  case index, isalnum, isalpha, isascii, isdecimal, isdigit, isidentifier, islower, isnumeric, isprintable, isspace
  case istitle, isupper, join, ljust, lower, lstrip, maketrans, partition, removeprefix, removesuffix, replace, rfind
  case rindex, rjust, rpartition, rsplit, rstrip, split, splitlines, startswith, strip, swapcase, title, translate
  case upper, zfill

  /// Whether the method takes whole texts apart into characters.
  var looksAtCharacters: Bool {
    switch self {
    case .capitalize, .casefold, .expandtabs, .isalnum, .isalpha, .isdecimal, .isdigit, .isidentifier, .islower,
      .isnumeric, .isprintable, .isspace, .istitle, .isupper, .lower, .swapcase, .title, .translate, .upper:
      true
    default: false
    }
  }
}

/// Calls methods of texts; a `Markup` gives `Markup`.
enum TextMethods {
  static func call(
    _ method: TextMethod, on text: JinjaText, isMarkup: Bool, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> JinjaValue {
    func value(_ text: JinjaText) -> JinjaValue { isMarkup ? .markup(text) : .text(text) }
    func values(_ texts: [JinjaText]) -> [JinjaValue] { texts.map(value) }
    try renderer.charge(bytes: text.count)
    if method.looksAtCharacters { try renderer.charge(characters: text.count) }
    switch method {
    case .strip, .lstrip, .rstrip:
      let characters = try trimCharacters(method, arguments)
      let sides: TextSearch.Sides = method == .strip ? .both : method == .lstrip ? .left : .right
      return value(TextSearch.trimmed(text, sides, of: characters))
    case .split, .rsplit: return .list(values(try split(method, text, arguments, in: renderer)))
    case .splitlines:
      let given = try bind(method, arguments, ["keepends"], required: 0, isPositionalOnly: false)
      let keepsEnds = try given[0].map { value throws(TemplateError) in try Filters.flag(value) } ?? false
      return .list(values(TextSearch.lines(text, keepingEnds: keepsEnds)))
    case .startswith, .endswith: return .bool(try matches(method, text, arguments, in: renderer))
    case .replace:
      let given = try bind(method, arguments, ["old", "new", "count"], required: 2)
      let old = try self.text(given[0], "replace() argument 1 must be str")
      let replacement = given[1] ?? .none
      let new =
        try isMarkup ? renderer.escaped(replacement) : self.text(replacement, "replace() argument 2 must be str")
      return value(try TextSearch.replaced(text, old, with: new, limit: try integer(given[2]) ?? -1, in: renderer))
    case .join: return value(try join(text, isMarkup: isMarkup, arguments, in: renderer))
    case .find, .rfind, .index, .rindex, .count: return try search(method, text, arguments)
    case .partition, .rpartition: return .tuple(values(try partition(method, text, arguments)))
    case .removeprefix, .removesuffix:
      let part = try self.text(try one(method, arguments), "\(method.rawValue)() argument must be str")
      if method == .removeprefix, TextSearch.hasPrefix(text, part) {
        return value(text.slice(part.count..<text.count))
      }
      if method == .removesuffix, !part.isEmpty, TextSearch.hasSuffix(text, part) {
        return value(text.slice(0..<text.count - part.count))
      }
      return value(text)
    case .center, .ljust, .rjust: return value(try padded(method, text, arguments, in: renderer))
    case .zfill: return value(try zeroFilled(text, arguments, in: renderer))
    case .expandtabs: return value(try expanded(text, arguments, in: renderer))
    case .format:
      return value(
        try BraceFormat.format(text, arguments.positional, arguments.keywords, escapes: isMarkup, in: renderer))
    case .formatMap: return value(try formatMap(text, arguments, isMarkup: isMarkup, in: renderer))
    case .upper, .lower, .title, .capitalize, .swapcase, .casefold:
      try none(method, arguments)
      return value(TextCase.convert(text, method))
    case .isalnum, .isalpha, .isascii, .isdecimal, .isdigit, .isidentifier, .islower, .isnumeric, .isprintable,
      .isspace, .istitle, .isupper:
      try none(method, arguments)
      return .bool(TextClass.holds(method, text))
    case .translate: return value(try TextTranslation.translated(text, by: try one(method, arguments), in: renderer))
    case .maketrans: return try TextTranslation.table(arguments, in: renderer)
    case .encode:
      throw .unsupported("the method str.\(method.rawValue) is not supported")
    }
  }

  // MARK: - Arguments

  private static func none(_ method: TextMethod, _ arguments: Arguments) throws(TemplateError) {
    guard arguments.keywords.isEmpty else { throw .type("str.\(method.rawValue)() takes no keyword arguments") }
    guard arguments.positional.isEmpty else {
      throw .type("str.\(method.rawValue)() takes no arguments (\(arguments.count) given)")
    }
  }

  private static func one(_ method: TextMethod, _ arguments: Arguments) throws(TemplateError) -> JinjaValue {
    guard arguments.keywords.isEmpty else { throw .type("str.\(method.rawValue)() takes no keyword arguments") }
    guard arguments.count == 1 else {
      throw .type("str.\(method.rawValue)() takes exactly one argument (\(arguments.count) given)")
    }
    return arguments.positional[0]
  }

  /// Assigns the arguments of a method that is written in C.
  private static func bind(
    _ method: TextMethod, _ arguments: Arguments, _ names: [String], required: Int, isPositionalOnly: Bool = true
  ) throws(TemplateError) -> [JinjaValue?] {
    let name = method.rawValue
    if isPositionalOnly {
      guard arguments.keywords.isEmpty else { throw .type("str.\(name)() takes no keyword arguments") }
      guard arguments.count >= required else {
        let most = required == names.count ? "" : "at least "
        throw .type("\(name) expected \(most)\(required) argument\(required == 1 ? "" : "s"), got \(arguments.count)")
      }
      guard arguments.count <= names.count else {
        throw .type(
          "\(name) expected at most \(names.count) argument\(names.count == 1 ? "" : "s"), got \(arguments.count)")
      }
    }
    var values: [JinjaValue?] = []
    values.reserveCapacity(names.count)
    for index in names.indices { values.append(index < arguments.count ? arguments.positional[index] : nil) }
    let given = arguments.count + arguments.keywords.count
    guard given <= names.count else {
      throw .type("\(name)() takes at most \(names.count) argument\(names.count == 1 ? "" : "s") (\(given) given)")
    }
    for (keyword, value) in arguments.keywords {
      guard let index = names.firstIndex(of: keyword) else {
        throw .type("'\(keyword)' is an invalid keyword argument for \(name)()")
      }
      guard values[index] == nil else {
        throw .type("argument for \(name)() given by name ('\(keyword)') and position (\(index + 1))")
      }
      values[index] = value
    }
    return values
  }

  private static func text(_ value: JinjaValue?, _ message: String) throws(TemplateError) -> JinjaText {
    guard let text = value?.textValue else { throw .type("\(message), not \(value?.argumentTypeName ?? "None")") }
    return text
  }

  /// - Parameter type: The type of C that Python converts the value to.
  static func integer(_ value: JinjaValue?, as type: String = "ssize_t") throws(TemplateError) -> Int? {
    guard let value else { return nil }
    guard let index = value.index else {
      throw .type("'\(value.typeName)' object cannot be interpreted as an integer")
    }
    guard let int = index.int, type != "int" || Int32(exactly: int) != nil else {
      throw .overflow("Python int too large to convert to C \(type)")
    }
    return int
  }

  private static func trimCharacters(_ method: TextMethod, _ arguments: Arguments) throws(TemplateError) -> JinjaText? {
    if arguments.isEmpty { return nil }
    let given = try bind(method, arguments, ["chars"], required: 0)
    switch given[0] {
    case nil, .some(.none): return nil
    case .some(let value):
      guard let text = value.textValue else { throw .type("\(method.rawValue) arg must be None or str") }
      return text
    }
  }

  // MARK: - Splitting and joining

  private static func split(
    _ method: TextMethod, _ text: JinjaText, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> [JinjaText] {
    let given = try bind(method, arguments, ["sep", "maxsplit"], required: 0, isPositionalOnly: false)
    let limit = try integer(given[1]) ?? -1
    let parts: [JinjaText]
    switch given[0] {
    case nil, .some(.none):
      parts =
        method == .split
        ? TextSearch.splitAtSpace(text, limit: limit) : TextSearch.splitLastAtSpace(text, limit: limit)
    case .some(let value):
      guard let separator = value.textValue else { throw .type("must be str or None, not \(value.typeName)") }
      guard !separator.isEmpty else { throw .value("empty separator") }
      parts =
        method == .split
        ? TextSearch.split(text, by: separator, limit: limit)
        : TextSearch.splitLast(text, by: separator, limit: limit)
    }
    try renderer.charge(elements: parts.count)
    return parts
  }

  private static func join(
    _ separator: JinjaText, isMarkup: Bool, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    let value = try one(.join, arguments)
    guard let iterator = try renderer.iterator(value) else { throw .type("can only join an iterable") }
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
      if index & 63 == 0 { try renderer.checkSize(output.count) }
    }
    try renderer.charge(bytes: output.count)
    return JinjaText(output)
  }

  private static func partition(
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

  // MARK: - Searching

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

  private static func search(
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
      var count = 0
      var start = range.bytes.lowerBound
      while let index = TextSearch.find(part, in: text, from: start, to: range.bytes.upperBound) {
        count += 1
        start = index + part.count
      }
      return .int(count)
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

  private static func matches(
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
    if given.count == 1, case .text(let candidate) = given[0] {
      return method == .startswith ? TextSearch.hasPrefix(text, candidate) : TextSearch.hasSuffix(text, candidate)
    }
    let range = try range(text, given.count > 1 ? given[1] : nil, given.count > 2 ? given[2] : nil)
    var candidates: [JinjaText] = []
    if case .tuple(let tuple) = given[0] {
      for element in tuple.elements {
        guard let candidate = element.textValue else {
          throw .type("tuple for \(name) must only contain str, not \(element.typeName)")
        }
        candidates.append(candidate)
      }
    } else if let candidate = given[0].textValue {
      candidates = [candidate]
    } else {
      throw .type("\(name) first arg must be str or a tuple of str, not \(given[0].typeName)")
    }
    guard let range else { return false }
    let part = text.slice(range.bytes)
    return candidates.contains {
      method == .startswith ? TextSearch.hasPrefix(part, $0) : TextSearch.hasSuffix(part, $0)
    }
  }

  // MARK: - Padding

  private static func padded(
    _ method: TextMethod, _ text: JinjaText, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    let given = try bind(method, arguments, ["width", "fillchar"], required: 1)
    let width = try integer(given[0]) ?? 0
    var fill = JinjaText(" ")
    if let value = given[1] {
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

  private static func zeroFilled(
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

  private static func expanded(
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

  private static func formatMap(
    _ text: JinjaText, _ arguments: Arguments, isMarkup: Bool, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    guard arguments.keywords.isEmpty else { throw .type("format_map() takes no keyword arguments") }
    guard arguments.count == 1 else {
      throw .type("format_map() takes exactly one argument (\(arguments.count) given)")
    }
    guard case .dict(let dict) = arguments.positional[0] else {
      // Where the text has no fields, nothing is looked up.
      guard TextSearch.find(JinjaText("{"), in: text) != nil else {
        return try BraceFormat.format(text, [], [], escapes: isMarkup, in: renderer)
      }
      throw .type("'\(arguments.positional[0].typeName)' object is not subscriptable")
    }
    let keywords = zip(dict.keys, dict.values).compactMap { key, value in
      key.textValue.map { (name: $0.string, value: value) }
    }
    return try BraceFormat.format(text, [], keywords, escapes: isMarkup, in: renderer)
  }
}
