/// Text between tags, and constants that are printed.
final class LiteralStatement: Statement {
  let line: Int
  let range: Range<UInt32>

  init(line: Int, range: Range<UInt32>) {
    self.line = line
    self.range = range
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    try scope.renderer.writeLiteral(range)
    return .next
  }

  /// What it costs is bounded by the output.
  func run(in scope: Scope) throws(TemplateError) -> Flow { try execute(in: scope) }
}

/// `{{ ... }}`
final class PrintStatement: Statement {
  let line: Int
  private let expression: any Expression
  private let escaping: Compiler.Escaping

  init(line: Int, expression: any Expression, escaping: Compiler.Escaping) {
    self.line = line
    self.expression = expression
    self.escaping = escaping
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    scope.renderer.noteOutput()
    if escaping == .off {
      try expression.write(in: scope)
    } else {
      try scope.renderer.write(try expression.evaluate(in: scope), escaping: escaping)
    }
    return .next
  }
}

/// Where an assignment goes.
enum AssignmentTarget: Sendable {
  case variable(SlotReference)
  case member(SlotReference, Range<UInt32>)
  case tuple([AssignmentTarget])

  func assign(_ value: consuming JinjaValue, in scope: Scope) throws(TemplateError) {
    if value.depth > JinjaValue.maximumDepth {
      throw .limit("it nests values more than \(JinjaValue.maximumDepth) deep")
    }
    switch self {
    case .variable(let reference):
      if reference.depth == 0 { scope.slots[reference.index] = value } else { scope[reference] = value }
    case .member(let reference, let name):
      guard case .object(let object) = scope[reference], type(of: object) == NamespaceValue.self else { return }
      try unsafeDowncast(object, to: NamespaceValue.self).set(scope.renderer.literal(name), to: value)
    case .tuple(let targets):
      let elements = try scope.renderer.unpack(value, into: targets.count)
      for (target, element) in zip(targets, elements) { try target.assign(element, in: scope) }
    }
  }

  /// The value of the variables, as the condition of a loop passes it on.
  func value(in scope: Scope) -> JinjaValue {
    switch self {
    case .variable(let reference), .member(let reference, _): scope[reference]
    case .tuple(let targets): .tuple(targets.map { $0.value(in: scope) })
    }
  }
}

/// `{% set target = value %}`
final class AssignStatement: Statement {
  let line: Int
  private let namespaces: [SlotReference]
  private let target: AssignmentTarget
  private let value: any Expression
  private let exports: [String]

  init(
    line: Int, namespaces: [SlotReference], target: AssignmentTarget, value: any Expression, exports: [String]
  ) {
    self.line = line
    self.namespaces = namespaces
    self.target = target
    self.value = value
    self.exports = exports
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    for index in namespaces.indices {
      guard case .object(let object) = scope[namespaces[index]], type(of: object) == NamespaceValue.self else {
        throw .runtime("cannot assign attribute on non-namespace object")
      }
    }
    let value = try value.evaluate(in: scope)
    try target.assign(value, in: scope)
    scope.renderer.export(exports, target, in: scope)
    return .next
  }
}

/// `{% set target %}...{% endset %}`
final class AssignBlockStatement: Statement {
  let line: Int
  private let target: AssignmentTarget
  private let entry: [SlotLoad]
  private let parameters: [Int]
  private let body: Body
  private let filter: (any Expression)?
  private let exports: [String]

  init(
    line: Int, target: AssignmentTarget, entry: [SlotLoad], parameters: [Int], body: Body, filter: (any Expression)?,
    exports: [String]
  ) {
    self.line = line
    self.target = target
    self.entry = entry
    self.parameters = parameters
    self.body = body
    self.filter = filter
    self.exports = exports
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    let renderer = scope.renderer
    scope.enter(entry)
    let (text, flow) = try renderer.capture { () throws(TemplateError) in try body.run(in: scope) }
    guard flow == .next else { return flow }
    var value = JinjaValue.text(text)
    if let filter {
      renderer.pushCaptured(text)
      value = try filter.evaluate(in: scope)
      renderer.popCaptured()
    }
    if renderer.autoescape, !value.isMarkup { value = .markup(try renderer.string(value)) }
    try target.assign(value, in: scope)
    renderer.export(exports, target, in: scope)
    scope.leave(entry, parameters: parameters)
    return .next
  }
}

/// `{% break %}` and `{% continue %}`
final class FlowStatement: Statement {
  let line: Int
  private let flow: Flow

  init(line: Int, flow: Flow) {
    self.line = line
    self.flow = flow
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow { flow }
}

/// `{% with %}`
final class WithStatement: Statement {
  let line: Int
  private let entry: [SlotLoad]
  private let parameters: [Int]
  private let assignments: [(AssignmentTarget, any Expression)]
  private let body: Body

  init(
    line: Int, entry: [SlotLoad], parameters: [Int], assignments: [(AssignmentTarget, any Expression)], body: Body
  ) {
    self.line = line
    self.entry = entry
    self.parameters = parameters
    self.assignments = assignments
    self.body = body
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    scope.enter(entry)
    for (target, value) in assignments { try target.assign(try value.evaluate(in: scope), in: scope) }
    let flow = try body.run(in: scope)
    scope.leave(entry, parameters: parameters)
    return flow
  }
}

/// `{% filter %}`
final class FilterBlockStatement: Statement {
  let line: Int
  private let entry: [SlotLoad]
  private let parameters: [Int]
  private let body: Body
  private let filter: any Expression
  private let escaping: Compiler.Escaping

  init(
    line: Int, entry: [SlotLoad], parameters: [Int], body: Body, filter: any Expression, escaping: Compiler.Escaping
  ) {
    self.line = line
    self.entry = entry
    self.parameters = parameters
    self.body = body
    self.filter = filter
    self.escaping = escaping
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    let renderer = scope.renderer
    scope.enter(entry)
    let (text, flow) = try renderer.capture { () throws(TemplateError) in try body.run(in: scope) }
    guard flow == .next else { return flow }
    renderer.pushCaptured(text)
    let value = try filter.evaluate(in: scope)
    renderer.popCaptured()
    try renderer.write(value, escaping: escaping)
    scope.leave(entry, parameters: parameters)
    return .next
  }
}

/// The text that a block captured, as the operand of the block's filter.
final class CapturedText: Expression {
  private let escaping: Compiler.Escaping
  init(escaping: Compiler.Escaping) { self.escaping = escaping }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let text = scope.renderer.capturedText
    let isMarkup = escaping == .on || escaping == .runtime && scope.renderer.autoescape
    return isMarkup ? .markup(text) : .text(text)
  }
}

/// `{% autoescape %}`
final class AutoescapeStatement: Statement {
  let line: Int
  private let option: any Expression
  private let entry: [SlotLoad]
  private let parameters: [Int]
  private let body: Body

  init(line: Int, option: any Expression, entry: [SlotLoad], parameters: [Int], body: Body) {
    self.line = line
    self.option = option
    self.entry = entry
    self.parameters = parameters
    self.body = body
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    let renderer = scope.renderer
    scope.enter(entry)
    let previous = renderer.autoescape
    renderer.autoescape = try option.isTrue(in: scope)
    let flow = try body.run(in: scope)
    // A jump out of the block keeps its setting in the reference too.
    if flow == .next { renderer.autoescape = previous }
    scope.leave(entry, parameters: parameters)
    return flow
  }
}

/// `{% include %}`, `{% import %}`, `{% extends %}`: a chat template has nothing to load from.
final class NoLoaderStatement: Statement {
  let line: Int
  private let template: any Expression
  /// Whether several names may be given, of which the first that is found is taken.
  private let takesList: Bool

  init(line: Int, template: any Expression, takesList: Bool) {
    self.line = line
    self.template = template
    self.takesList = takesList
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    let value = try template.evaluate(in: scope)
    if takesList, value.textValue == nil, !value.isUndefined {
      guard try value.isTrue else {
        throw TemplateError(
          .failed, "Tried to select from an empty list of templates.", className: "TemplatesNotFound")
      }
      guard try scope.renderer.iterator(value) != nil else {
        throw .type("'\(value.typeName)' object is not iterable")
      }
    }
    throw .type("no loader for this environment specified")
  }
}
