/// The arguments of a call.
struct Arguments {
  var positional: [JinjaValue] = []
  var keywords: [(name: String, value: JinjaValue)] = []
  /// The names of the keywords as keys of a dict; nil where they are not those that the template writes.
  var keywordShape: DictShape?

  var isEmpty: Bool { positional.isEmpty && keywords.isEmpty }

  /// Adds the body of a call block.
  mutating func add(_ caller: MacroValue) {
    keywords.append(("caller", .object(caller)))
    keywordShape = nil
  }
  var count: Int { positional.count }

  /// A parameter of a function.
  struct Parameter {
    let name: StaticString
    let isRequired: Bool

    static func required(_ name: StaticString) -> Parameter { Parameter(name: name, isRequired: true) }
    static func optional(_ name: StaticString) -> Parameter { Parameter(name: name, isRequired: false) }
  }

  /// Assigns the arguments to the parameters of a Python function.
  ///
  /// - Parameters:
  ///   - function: the function's name in messages.
  ///   - parameters: the parameters that the arguments are for.
  ///   - offset: parameters before them that are given otherwise, such as the value that a filter is applied to.
  /// - Throws: a TypeError with Python's message.
  func bind(_ function: String, _ parameters: [Parameter], offset: Int = 0) throws(TemplateError) -> [JinjaValue?] {
    var values: [JinjaValue?] = []
    values.reserveCapacity(parameters.count)
    for index in parameters.indices { values.append(index < positional.count ? positional[index] : nil) }
    for (name, value) in keywords {
      guard let index = parameters.firstIndex(where: { $0.name.description == name }) else {
        throw .type("\(function)() got an unexpected keyword argument '\(name)'")
      }
      guard values[index] == nil else { throw .type("\(function)() got multiple values for argument '\(name)'") }
      values[index] = value
    }
    if positional.count > parameters.count {
      let required = parameters.count { $0.isRequired } + offset
      let most = parameters.count + offset
      let given = positional.count + offset
      let takes = required == most ? "\(most)" : "from \(required) to \(most)"
      let noun = required == most && most == 1 ? "argument" : "arguments"
      throw .type("\(function)() takes \(takes) positional \(noun) but \(given) \(given == 1 ? "was" : "were") given")
    }
    let missing = zip(parameters, values).filter { $0.isRequired && $1 == nil }.map { "'\($0.0.name)'" }
    guard missing.isEmpty else {
      let names =
        missing.count < 3
        ? missing.joined(separator: " and ")
        : missing.dropLast().joined(separator: ", ") + ", and \(missing[missing.count - 1])"
      throw .type(
        "\(function)() missing \(missing.count) required positional argument\(missing.count == 1 ? "" : "s"): \(names)")
    }
    return values
  }
}

/// The compiled arguments of a call.
struct ArgumentsCode: Sendable {
  let positional: [any Expression]
  let keywords: [(String, any Expression)]
  let spread: (any Expression)?
  let keywordSpread: (any Expression)?

  private let isEmpty: Bool

  /// The positional argument, where there is one and nothing else; nil where there is more or less.
  var only: (any Expression)? {
    positional.count == 1 && keywords.isEmpty && spread == nil && keywordSpread == nil ? positional[0] : nil
  }

  /// The names of few keywords, made once; it is never written to, as it has no index.
  nonisolated(unsafe) private let keywordShape: DictShape?

  init(
    positional: [any Expression], keywords: [(String, any Expression)], spread: (any Expression)?,
    keywordSpread: (any Expression)?
  ) {
    self.positional = positional
    self.keywords = keywords
    self.spread = spread
    self.keywordSpread = keywordSpread
    isEmpty = positional.isEmpty && keywords.isEmpty && spread == nil && keywordSpread == nil
    let isPlain = !keywords.isEmpty && keywordSpread == nil && keywords.count <= DictShape.indexThreshold
    keywordShape =
      isPlain && Set(keywords.map(\.0)).count == keywords.count ? DictShape(keywords.map { .text($0.0) }) : nil
  }

  /// - Parameter function: what Python's message calls the function where `**` has no mapping.
  func evaluate(
    in scope: Scope, of function: StaticString = "jinja2.sandbox.SandboxedEnvironment.call()"
  ) throws(TemplateError) -> Arguments {
    var result = Arguments()
    if isEmpty { return result }
    if !positional.isEmpty {
      result.positional.reserveCapacity(positional.count)
      for expression in positional { result.positional.append(try expression.evaluate(in: scope)) }
    }
    if let spread {
      let value = try spread.evaluate(in: scope)
      guard let iterator = try scope.renderer.iterator(value) else {
        throw .type("Value after * must be an iterable, not \(value.typeName)")
      }
      while let element = try iterator.next() { result.positional.append(element) }
    }
    for (name, expression) in keywords { result.keywords.append((name, try expression.evaluate(in: scope))) }
    result.keywordShape = keywordShape
    if let keywordSpread {
      let value = try keywordSpread.evaluate(in: scope)
      guard case .dict(let dict) = value else {
        if case .undefined(let undefined) = value { throw undefined.error }
        throw .type("\(function) argument after ** must be a mapping, not \(value.typeName)")
      }
      for (key, value) in zip(dict.keys, dict.values) {
        guard let text = key.textValue else { throw .type("keywords must be strings") }
        let name = try PythonText.name(text, "the name of an argument")
        if result.keywords.contains(where: { $0.name == name }) {
          throw .type("\(function) got multiple values for keyword argument '\(name)'")
        }
        result.keywords.append((name, value))
      }
    }
    return result
  }
}

/// A call to which a call block adds its body as `caller`.
protocol CallingExpression: Expression {
  func evaluate(in scope: Scope, adding caller: MacroValue?) throws(TemplateError) -> JinjaValue
}

extension CallingExpression {
  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue { try evaluate(in: scope, adding: nil) }
}

/// `value(...)`
final class CallExpression: CallingExpression {
  private let callee: any Expression
  private let arguments: ArgumentsCode

  init(_ callee: any Expression, _ arguments: ArgumentsCode) {
    self.callee = callee
    self.arguments = arguments
  }

  func evaluate(in scope: Scope, adding caller: MacroValue?) throws(TemplateError) -> JinjaValue {
    let value = try callee.evaluate(in: scope)
    var arguments = try arguments.evaluate(in: scope)
    if let caller { arguments.add(caller) }
    return try scope.renderer.call(value, arguments)
  }
}

/// `value.name(...)`, which needs no bound method for texts and dicts.
final class MethodCallExpression: CallingExpression {
  let owner: any Expression
  private let name: MemberName
  private let arguments: ArgumentsCode

  init(_ owner: any Expression, _ name: MemberName, _ arguments: ArgumentsCode) {
    self.owner = owner
    self.name = name
    self.arguments = arguments
  }

  /// Where the call is `split` with a text of the template and no more, that text; nil for any other call.
  var splitSeparator: Range<UInt32>? {
    guard name.textMethod == .split, let text = arguments.only as? TextLiteral, !text.range.isEmpty else { return nil }
    return text.range
  }

  func evaluate(in scope: Scope, adding caller: MacroValue?) throws(TemplateError) -> JinjaValue {
    try call(on: try owner.evaluate(in: scope), in: scope, adding: caller)
  }

  /// Calls the method of the owner's value.
  func call(
    on value: JinjaValue, in scope: Scope, adding caller: MacroValue? = nil
  ) throws(TemplateError) -> JinjaValue {
    let renderer = scope.renderer
    switch value {
    case .text(let text) where name.textMethod != nil && caller == nil:
      guard let method = name.textMethod else { break }
      return try TextMethods.call(method, on: text, isMarkup: false, try arguments.evaluate(in: scope), in: renderer)
    case .dict(let dict) where name.dictMethod != nil && caller == nil:
      guard let method = name.dictMethod else { break }
      return try DictMethods.call(method, on: dict, try arguments.evaluate(in: scope), in: renderer)
    default: break
    }
    let callee = try renderer.attribute(name, of: value)
    var arguments = try arguments.evaluate(in: scope)
    if let caller { arguments.add(caller) }
    return try renderer.call(callee, arguments)
  }
}

// MARK: - Filters and tests

typealias FilterFunction = @Sendable (JinjaValue, Arguments, Renderer) throws(TemplateError) -> JinjaValue
typealias TestFunction = @Sendable (JinjaValue, Arguments, Renderer) throws(TemplateError) -> Bool

/// `value | name(...)`
final class FilterExpression: Expression {
  private let function: FilterFunction
  private let operand: any Expression
  private let arguments: ArgumentsCode

  init(_ function: @escaping FilterFunction, _ operand: any Expression, _ arguments: ArgumentsCode) {
    self.function = function
    self.operand = operand
    self.arguments = arguments
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = try operand.evaluate(in: scope)
    let arguments = try arguments.evaluate(in: scope)
    try scope.renderer.step()
    return try function(value, arguments, scope.renderer)
  }
}

/// `value | trim` and `value | length`, which most templates use.
final class CommonFilterExpression: Expression {
  enum Kind { case trim, length }

  private let kind: Kind
  private let operand: any Expression
  /// The filter, for other values than most.
  private let function: FilterFunction

  init(_ kind: Kind, _ operand: any Expression, _ function: @escaping FilterFunction) {
    self.kind = kind
    self.operand = operand
    self.function = function
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = try operand.evaluate(in: scope)
    try scope.renderer.step()
    switch (kind, value) {
    case (.trim, .text(let text)):
      try scope.renderer.charge(bytes: text.chargedCount)
      return .text(TextSearch.trimmed(text, .both, of: nil))
    case (.length, .list(let list)): return .int(list.elements.count)
    case (.length, .dict(let dict)): return .int(dict.count)
    default: return try function(value, Arguments(), scope.renderer)
    }
  }
}

/// `value is name(...)`
final class TestExpression: Expression {
  private let function: TestFunction
  private let operand: any Expression
  private let arguments: ArgumentsCode

  init(_ function: @escaping TestFunction, _ operand: any Expression, _ arguments: ArgumentsCode) {
    self.function = function
    self.operand = operand
    self.arguments = arguments
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue { .bool(try isTrue(in: scope)) }

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool {
    let value = try operand.evaluate(in: scope)
    let arguments = try arguments.evaluate(in: scope)
    return try function(value, arguments, scope.renderer)
  }
}

/// What stands in for a filter or test that is not known: an error once it is reached.
final class StandInExpression: Expression {
  private let kind: StandInNames.Kind
  private let name: String
  private let pythonName: String
  private let operand: any Expression
  private let arguments: ArgumentsCode

  init(
    for kind: StandInNames.Kind, _ name: String, called pythonName: String, _ operand: any Expression,
    _ arguments: ArgumentsCode
  ) {
    self.kind = kind
    self.name = name
    self.pythonName = pythonName
    self.operand = operand
    self.arguments = arguments
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    _ = try operand.evaluate(in: scope)
    let arguments = try arguments.evaluate(in: scope)
    try scope.renderer.step()
    if let keyword = arguments.keywords.first {
      throw .type("\(pythonName)() got an unexpected keyword argument '\(keyword.name)'")
    }
    throw .runtime("No \(kind) named \(PythonText.repr(name)) found.")
  }
}

/// Tests without arguments that only look at the kind of a value.
enum SimpleTest: String {
  case defined, undefined, none, string, mapping, boolean, `true`, `false`
}

final class SimpleTestExpression: Expression {
  private let test: SimpleTest
  private let operand: any Expression
  /// The operand where it is a member of a variable.
  private let member: PlacedMemberExpression?

  init(_ test: SimpleTest, _ operand: any Expression) {
    self.test = test
    self.operand = operand
    member = operand as? PlacedMemberExpression
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue { .bool(try isTrue(in: scope)) }

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool {
    if test == .defined { return try operand.isDefined(in: scope) }
    if test == .undefined { return try !operand.isDefined(in: scope) }
    if let member {
      if let value = member.value(in: scope) { return holds(for: value.pointee) }
      // What is undefined is nothing of all that.
      if member.isAbsent(in: scope) { return false }
    }
    return holds(for: try operand.evaluate(in: scope))
  }

  @inline(__always)
  private func holds(for value: JinjaValue) -> Bool {
    switch (test, value) {
    case (.none, .none), (.string, .text), (.string, .markup), (.mapping, .dict), (.boolean, .flag): true
    case (.true, .flag(let flag, _)): flag
    case (.false, .flag(let flag, _)): !flag
    default: false
    }
  }
}
