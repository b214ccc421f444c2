/// How methods of texts take their arguments, with the messages of Python's own, which are written in C.
extension TextMethods {
  static func none(
    _ method: TextMethod, _ arguments: Arguments, of type: String = "str"
  ) throws(TemplateError) {
    guard arguments.keywords.isEmpty else { throw .type("\(type).\(method.rawValue)() takes no keyword arguments") }
    guard arguments.positional.isEmpty else {
      throw .type("\(type).\(method.rawValue)() takes no arguments (\(arguments.count) given)")
    }
  }

  static func one(_ method: TextMethod, _ arguments: Arguments) throws(TemplateError) -> JinjaValue {
    guard arguments.keywords.isEmpty else { throw .type("str.\(method.rawValue)() takes no keyword arguments") }
    guard arguments.count == 1 else {
      throw .type("str.\(method.rawValue)() takes exactly one argument (\(arguments.count) given)")
    }
    return arguments.positional[0]
  }

  /// Assigns the arguments of a method that is written in C.
  static func bind(
    _ method: TextMethod, _ arguments: Arguments, _ names: [String], required: Int, isPositionalOnly: Bool = true,
    named name: String? = nil
  ) throws(TemplateError) -> [JinjaValue?] {
    let name = name ?? method.rawValue
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

  static func text(_ value: JinjaValue?, _ message: String) throws(TemplateError) -> JinjaText {
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

  static func trimCharacters(_ method: TextMethod, _ arguments: Arguments) throws(TemplateError) -> JinjaText? {
    if arguments.isEmpty { return nil }
    let given = try bind(method, arguments, ["chars"], required: 0)
    switch given[0] {
    case nil, .some(.none): return nil
    case .some(let value):
      guard let text = value.textValue else { throw .type("\(method.rawValue) arg must be None or str") }
      return text
    }
  }
}
