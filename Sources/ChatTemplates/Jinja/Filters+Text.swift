extension Filters {
  static let textFilters: [String: FilterFunction] = [
    "upper": textual("do_upper") { TextCase.convert($0, .upper) },
    "lower": textual("do_lower") { TextCase.convert($0, .lower) },
    "capitalize": textual("do_capitalize") { TextCase.convert($0, .capitalize) },
    "title": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("do_title", [], offset: 1)
      let text = try renderer.string(value)
      try renderer.charge(characters: text.count)
      return .text(TextCase.titleWords(text))
    },
    "string": { value, arguments, renderer throws(TemplateError) in
      if let keyword = arguments.keywords.first {
        throw .type("soft_str() got an unexpected keyword argument '\(keyword.name)'")
      }
      guard arguments.isEmpty else {
        throw .type("soft_str() takes 1 positional argument but \(arguments.count + 1) were given")
      }
      return value.isMarkup ? value : .text(try renderer.string(value))
    },
    "trim": { value, arguments, renderer throws(TemplateError) in
      let given = try arguments.bind("do_trim", [.optional("chars")], offset: 1)
      let text = try renderer.string(value)
      try renderer.charge(bytes: text.chargedCount)
      var characters: JinjaText?
      if let chars = given[0], !chars.isNone {
        guard let set = chars.textValue else { throw .type("strip arg must be None or str") }
        characters = set
      }
      let trimmed = TextSearch.trimmed(text, .both, of: characters)
      return value.isMarkup ? .markup(trimmed) : .text(trimmed)
    },
    "replace": replace,
    "join": join,
    "escape": escape, "e": escape,
    "forceescape": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("do_forceescape", [], offset: 1)
      let text = try renderer.string(value)
      try renderer.charge(bytes: text.count)
      return .markup(Markup.escape(text))
    },
    "safe": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("do_mark_safe", [], offset: 1)
      return .markup(try renderer.string(value))
    },
    "striptags": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("do_striptags", [], offset: 1)
      return .text(try Markup.stripTags(try renderer.string(value), in: renderer))
    },
    "center": { value, arguments, renderer throws(TemplateError) in
      let given = try arguments.bind("do_center", [.optional("width")], offset: 1)
      let width = try integer(given[0], default: 80)
      let text = try renderer.string(value)
      let padded = try TextMethods.padded(text, width, JinjaText(" "), .center, in: renderer)
      return value.isMarkup ? .markup(padded) : .text(padded)
    },
    "indent": indent,
    "format": format,
    "truncate": truncate,
    "wordcount": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("do_wordcount", [], offset: 1)
      let text = try renderer.string(value)
      try renderer.charge(characters: text.count)
      var count = 0
      var isInside = false
      for point in withExtendedLifetime(text.storage, { PythonText.points(text.bytes) }) {
        let isWord = point == 0x5F || PythonText.isAlphanumeric(point)
        if isWord, !isInside { count += 1 }
        isInside = isWord
      }
      return .int(count)
    },
    "wordwrap": wordWrap,
    "urlencode": urlEncode,
    "xmlattr": xmlAttributes,
    "urlize": urlize,
  ]

  private static let escape: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    _ = try arguments.bind("escape", [], offset: 1)
    let escaped = try renderer.escaped(value)
    try renderer.charge(bytes: escaped.count)
    return .markup(escaped)
  }

  private static let replace: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind(
      "do_replace", [.required("old"), .required("new"), .optional("count")], offset: 2)
    let (old, new) = (given[0] ?? .none, given[1] ?? .none)
    var limit = -1
    if let count = given[2], !count.isNone { limit = try integer(count, default: -1) }
    var text = try renderer.string(value)
    guard renderer.autoescape else {
      return .text(
        try TextSearch.replaced(
          text, try renderer.string(old), with: try renderer.string(new), limit: limit, in: renderer))
    }
    var isMarkup = value.isMarkup
    if old.isMarkup || new.isMarkup && !value.isMarkup {
      text = try renderer.escaped(value)
      isMarkup = true
    }
    let replacement = isMarkup ? try renderer.escaped(new) : try renderer.string(new)
    let result = try TextSearch.replaced(
      text, try renderer.string(old), with: replacement, limit: limit, in: renderer)
    return isMarkup ? .markup(result) : .text(result)
  }

  private static let join: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind("sync_do_join", [.optional("d"), .optional("attribute")], offset: 2)
    let path = AttributePath(given[1])
    var separator = try renderer.string(given[0] ?? .text(.empty))
    guard let iterator = try renderer.iterator(value) else {
      throw .type("'\(value.typeName)' object is not iterable")
    }
    guard renderer.autoescape else {
      return .text(try joined(iterator, separator, path, in: renderer))
    }
    var elements: [JinjaValue] = []
    while let element = try iterator.next() {
      try renderer.step()
      elements.append(try path.value(of: element, in: renderer))
    }
    let isMarkup = (given[0]?.isMarkup ?? false) || elements.contains(where: \.isMarkup)
    if isMarkup, !(given[0]?.isMarkup ?? false) { separator = Markup.escape(separator) }
    var output = TextOutput()
    for (index, element) in elements.enumerated() {
      if index > 0 { output.append(separator) }
      output.append(isMarkup ? try renderer.escaped(element) : try renderer.string(element))
      if index & 63 == 0 { try renderer.checkSize(output.size) }
    }
    try renderer.charge(bytes: output.size)
    return isMarkup ? .markup(JinjaText(output)) : .text(JinjaText(output))
  }

  /// The texts of elements, each made when the element is taken: what an element prints may change with the next one.
  private static func joined(
    _ iterator: ValueIterator, _ separator: JinjaText, _ path: AttributePath, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    var output = TextOutput()
    var count = 0
    while let element = try iterator.next() {
      try renderer.step()
      let text = try renderer.string(try path.value(of: element, in: renderer))
      if count > 0 { output.append(separator) }
      output.append(text)
      count += 1
      if count & 63 == 0 { try renderer.checkSize(output.size) }
    }
    try renderer.charge(bytes: output.size)
    return JinjaText(output)
  }

  /// The error of `value += "\n"`, or of what follows where a list takes it.
  private static func notIndentable(_ value: JinjaValue) -> TemplateError {
    switch value {
    case .undefined(let undefined): undefined.error
    case .list:
      TemplateError(.failed, "'list' object has no attribute 'splitlines'", className: "AttributeError")
    case .tuple: .type("can only concatenate tuple (not \"str\") to tuple")
    case .object(_ as BytesValue): .type("can't concat str to bytes")
    default: .type("unsupported operand type(s) for +=: '\(value.typeName)' and 'str'")
    }
  }

  private static let indent: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind(
      "do_indent", [.optional("width"), .optional("first"), .optional("blank")], offset: 1)
    let indention: JinjaText
    if let text = given[0]?.textValue {
      indention = text
    } else {
      guard given[0] == nil || given[0]?.index != nil else {
        if case .undefined(let undefined) = given[0] { throw undefined.error }
        throw .type("can't multiply sequence by non-int of type '\(given[0]?.typeName ?? "")'")
      }
      let width = given[0]?.index ?? BigInteger(4)
      guard let count = width.int else { throw .overflow("cannot fit 'int' into an index-sized integer") }
      indention = try renderer.repeated(JinjaText(" "), max(0, count))
    }
    // The reference appends a line end to the text first.
    let source: JinjaText
    switch value {
    case .text(let text), .markup(let text): source = text
    default: throw notIndentable(value)
    }
    let line = JinjaText("\n")
    let lines = try renderer.lines(of: try renderer.joined([source, line]))
    let (indentsFirst, indentsBlank) = try (given[1]?.isTrue ?? false, given[2]?.isTrue ?? false)
    var output = TextOutput()
    if indentsFirst { output.append(indention) }
    for (index, part) in lines.enumerated() {
      if index > 0 {
        output.append(line)
        if indentsBlank || !part.isEmpty { output.append(indention) }
      }
      output.append(part)
      if index & 15 == 0 { try renderer.checkSize(output.count) }
    }
    try renderer.charge(bytes: output.count)
    return value.isMarkup ? .markup(JinjaText(output)) : .text(JinjaText(output))
  }

  private static let format: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    if !arguments.positional.isEmpty, !arguments.keywords.isEmpty {
      throw .filterArgument("can't handle positional and keyword arguments at the same time")
    }
    let operand: JinjaValue =
      arguments.keywords.isEmpty
      ? .tuple(arguments.positional)
      : .dict(DictValue(arguments.keywords.map { (.text($0.name), $0.value) }))
    let text = try renderer.string(value)
    let result = try PercentFormat.format(text, with: operand, escapes: value.isMarkup, in: renderer)
    return value.isMarkup ? .markup(result) : .text(result)
  }

  private static let truncate: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind(
      "do_truncate", [.optional("length"), .optional("killwords"), .optional("end"), .optional("leeway")], offset: 2)
    let length = given[0] ?? .int(255)
    let end = given[2] ?? .text("...")
    let leeway = given[3].map { $0.isNone } ?? true ? .int(5) : given[3] ?? .int(5)
    func count(_ value: JinjaValue) throws(TemplateError) -> JinjaValue {
      guard let count = try renderer.length(value) else {
        throw .type("object of type '\(value.typeName)' has no len()")
      }
      return .int(count)
    }
    func check(_ value: JinjaValue, atLeast least: JinjaValue, _ name: String) throws(TemplateError) {
      guard try !renderer.isOrdered(value, ">=", least) else { return }
      let message = "expected \(name) >= \(try renderer.string(least).string), got \(try renderer.string(value).string)"
      throw TemplateError(.failed, message, className: "AssertionError")
    }
    try check(length, atLeast: try count(end), "length")
    try check(leeway, atLeast: .int(0), "leeway")
    let size = try count(value)
    if try renderer.isOrdered(size, "<=", try renderer.add(length, leeway)) { return value }
    let stop = try renderer.compute(.sub, length, try count(end))
    var head = try renderer.slice(value, SliceBounds(start: nil, stop: stop, step: nil))
    if try !(given[1]?.isTrue ?? false) {
      let text = try Filters.text(head, for: "rsplit")
      let first = TextSearch.splitLast(text, by: JinjaText(" "), limit: 1)[0]
      head = head.isMarkup ? .markup(first) : .text(first)
    }
    return try renderer.add(head, end)
  }

  private static let wordWrap: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind(
      "do_wordwrap",
      [.optional("width"), .optional("break_long_words"), .optional("wrapstring"), .optional("break_on_hyphens")],
      offset: 2)
    var separator = JinjaText("\n")
    if let mark = given[2], !mark.isNone { separator = try Filters.text(mark, for: "join") }
    let text = try Filters.text(value, for: "splitlines")
    // The width is looked at with the first line.
    var wrapper = WordWrapper(width: text.isEmpty ? 79 : try wrappingWidth(given[0]))
    if case .real? = given[0] { wrapper.hasFloatWidth = true }
    wrapper.breaksLongWords = try given[1]?.isTrue ?? true
    wrapper.breaksOnHyphens = try given[3]?.isTrue ?? true
    try renderer.charge(characters: text.count)
    var output = TextOutput()
    for (number, line) in try renderer.lines(of: text).enumerated() {
      if number > 0 { output.append(separator) }
      for (index, part) in try wrapper.wrap(line).enumerated() {
        if index > 0 { output.append(separator) }
        output.append(part)
      }
      try renderer.checkSize(output.count)
    }
    return .text(JinjaText(output))
  }

  /// The width of lines: of a float the whole number below, which is compared alike.
  private static func wrappingWidth(_ value: JinjaValue?) throws(TemplateError) -> Int {
    let widest = Int(1e18)
    guard let value else { return 79 }
    let width: Int
    switch value {
    case .real(let number, _): width = number < 1e18 ? Int(max(number, -1)) : widest
    case .flag, .whole, .big:
      let index = value.index ?? BigInteger(0)
      width = index.int ?? (index.isNegative ? -1 : widest)
    case .undefined(let undefined): throw undefined.error
    default: throw .type("'<=' not supported between instances of '\(value.typeName)' and 'int'")
    }
    let isFraction = if case .real(let number, _) = value { number > 0 } else { false }
    guard width > 0 || isFraction else { throw .value("invalid width \(value.shortRepr) (must be > 0)") }
    return width
  }

  private static let urlEncode: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    _ = try arguments.bind("do_urlencode", [], offset: 1)
    func quoted(_ value: JinjaValue, forQuery: Bool) throws(TemplateError) -> JinjaText {
      let text = try renderer.string(value)
      try renderer.charge(characters: text.count)
      var source = text.array
      if case .object(let value as BytesValue) = value {
        source = value.bytes
      } else {
        try PythonText.checkEncodable(source)
      }
      let digits = Array("0123456789ABCDEF".utf8)
      var bytes: [UInt8] = []
      for byte in source {
        let isPlain =
          BigInteger.digit(byte) != nil || "_.-~".utf8.contains(byte) || byte == UInt8(ascii: "/") && !forQuery
        if isPlain {
          bytes.append(byte)
        } else if forQuery, byte == 0x20 {
          bytes.append(UInt8(ascii: "+"))
        } else {
          bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
      }
      try renderer.charge(bytes: bytes.count)
      return JinjaText(bytes, origin: text.computedOrigin)
    }
    if value.textValue != nil { return .text(try quoted(value, forQuery: false)) }
    let pairs: ValueIterator?
    if case .dict(let dict) = value {
      pairs = ElementIterator(zip(dict.keys, dict.values).map { .tuple([$0, $1]) })
    } else {
      pairs = try renderer.iterator(value)
    }
    guard let pairs else { return .text(try quoted(value, forQuery: false)) }
    var output = TextOutput()
    while let pair = try pairs.next() {
      try renderer.step()
      let parts = try renderer.unpack(pair, into: 2)
      if !output.isEmpty { output.append(byte: UInt8(ascii: "&")) }
      output.append(try quoted(parts[0], forQuery: true))
      output.append(byte: UInt8(ascii: "="))
      output.append(try quoted(parts[1], forQuery: true))
    }
    return .text(JinjaText(output))
  }

  private static let xmlAttributes: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind("do_xmlattr", [.optional("autospace")], offset: 2)
    guard case .dict(let dict) = value else {
      if case .undefined(let undefined) = value { throw undefined.error }
      throw missing("items", of: value)
    }
    let spaces = try given[0]?.isTrue ?? true
    var output = TextOutput()
    for (key, value) in zip(dict.keys, dict.values) where !value.isNone && !value.isUndefined {
      guard let name = key.textValue else {
        throw .type("expected string or bytes-like object, got '\(key.typeName)'")
      }
      let isInvalid = name.array.contains { (0x09...0x0D).contains($0) || [0x20, 0x2F, 0x3E, 0x3D].contains($0) }
      if isInvalid {
        throw .value("Invalid character in attribute name: \(name.repr)")
      }
      if !output.isEmpty || spaces { output.append(byte: 0x20) }
      output.append(try renderer.escaped(key))
      output.append(Array("=\"".utf8))
      output.append(try renderer.escaped(value))
      output.append(byte: UInt8(ascii: "\""))
    }
    return renderer.autoescape ? .markup(JinjaText(output)) : .text(JinjaText(output))
  }
}
