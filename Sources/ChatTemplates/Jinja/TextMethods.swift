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
    try renderer.charge(bytes: text.chargedCount)
    let arguments = isMarkup ? try MarkupMethods.arguments(of: method.rawValue, arguments) : arguments
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
      return .list(values(try renderer.lines(of: text, keepingEnds: keepsEnds)))
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
    case .center, .ljust, .rjust:
      return value(try padded(method, text, arguments, escapes: isMarkup, in: renderer))
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
      try none(method, arguments, of: isMarkup ? "Markup" : "str")
      return .bool(TextClass.holds(method, text))
    case .translate: return value(try TextTranslation.translated(text, by: try one(method, arguments), in: renderer))
    case .maketrans: return try TextTranslation.table(arguments, in: renderer)
    case .encode: return .object(try TextEncoding.encoded(text, arguments))
    }
  }

  private static func formatMap(
    _ text: JinjaText, _ arguments: Arguments, isMarkup: Bool, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    guard arguments.keywords.isEmpty else { throw .type("format_map() takes no keyword arguments") }
    guard arguments.count == 1 else {
      throw .type("format_map() takes exactly one argument (\(arguments.count) given)")
    }
    guard case .dict(let dict) = arguments.positional[0] else {
      return try BraceFormat.format(
        text, [], [], missing: noMember(of: arguments.positional[0]), escapes: isMarkup, in: renderer)
    }
    var keywords: [(name: String, value: JinjaValue)] = []
    for (key, value) in zip(dict.keys, dict.values) {
      guard let text = key.textValue else { continue }
      keywords.append((try PythonText.name(text, "the name of an argument"), value))
    }
    return try BraceFormat.format(text, [], keywords, escapes: isMarkup, in: renderer)
  }

  /// What Python raises where a value that is no dict is asked for a member by its name.
  private static func noMember(of value: JinjaValue) -> TemplateError {
    switch value {
    case .undefined(let undefined): undefined.error
    case .text, .markup: .type("string indices must be integers, not 'str'")
    case .list, .tuple, .object(_ as RangeValue):
      .type("\(value.typeName) indices must be integers or slices, not str")
    default: .type("'\(value.typeName)' object is not subscriptable")
    }
  }
}
