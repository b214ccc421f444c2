/// The compiled form of a macro or of the body of a call block.
struct MacroCode: Sendable {
  /// Nil for a call block.
  let name: String?
  let parameters: [String]
  let slots: [Int]
  /// Defaults of the last parameters.
  let defaults: [any Expression]
  let usesCaller: Bool
  /// The slots of the special variables where they are used and are no parameters.
  let callerSlot: Int?
  let keywordSlot: Int?
  let variadicSlot: Int?
  let function: Function
}

/// A macro with the scope that it sees.
final class MacroValue: JinjaObject {
  private let code: MacroCode
  private let scope: Scope

  init(_ code: MacroCode, in scope: Scope) {
    self.code = code
    self.scope = scope
  }

  override var typeName: String { "Macro" }
  override var module: String { "jinja2.runtime" }
  override var isCallable: Bool { true }

  private var quotedName: String { code.name.map { PythonText.repr($0) } ?? "None" }

  override func attribute(_ name: String, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    switch name {
    case "name": code.name.map { .text($0) } ?? JinjaValue.none
    case "arguments": .tuple(code.parameters.map { .text($0) })
    case "catch_kwargs": .bool(code.keywordSlot != nil)
    case "catch_varargs": .bool(code.variadicSlot != nil)
    case "caller": .bool(code.usesCaller)
    case "explicit_caller": .bool(code.parameters.contains("caller"))
    default: nil
    }
  }

  override func repr(in renderer: Renderer) throws(TemplateError) -> [UInt8] {
    Array("<Macro \(code.name.map { PythonText.repr($0) } ?? "anonymous")>".utf8)
  }

  override func call(_ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    let text = try output(arguments)
    return renderer.autoescape ? .markup(text) : .text(text)
  }

  /// Calls the macro and returns what it prints.
  func output(_ arguments: Arguments) throws(TemplateError) -> JinjaText {
    let renderer = scope.renderer
    try renderer.enterCall()
    defer { renderer.leaveCall() }
    let inner = Scope(renderer: renderer, parent: scope, slotCount: code.function.slotCount)
    try assign(arguments, in: inner)
    inner.enter(code.function.entry)
    for (index, slot) in code.slots.enumerated() where inner.slots[slot].isMissing {
      let position = index - (code.parameters.count - code.defaults.count)
      if position >= 0 {
        inner.slots[slot] = try code.defaults[position].evaluate(in: inner)
      } else {
        inner.slots[slot] = .undefined(
          UndefinedValue(.hint("parameter \(PythonText.repr(code.parameters[index])) was not provided")))
      }
    }
    return try renderer.capture { () throws(TemplateError) in try code.function.body.run(in: inner) }.text
  }

  /// Assigns arguments as `Macro.__call__` does: positional ones, then those by name, then the special ones.
  private func assign(_ arguments: Arguments, in inner: Scope) throws(TemplateError) {
    let count = code.parameters.count
    var keywords = arguments.keywords
    var hasCaller = arguments.positional.count >= count && code.parameters.contains("caller")
    for (index, name) in code.parameters.enumerated() {
      if index < arguments.positional.count {
        inner.slots[code.slots[index]] = arguments.positional[index]
        continue
      }
      if name == "caller" { hasCaller = true }
      if let position = keywords.firstIndex(where: { $0.name == name }) {
        inner.slots[code.slots[index]] = keywords.remove(at: position).value
      }
    }
    if code.usesCaller, !hasCaller, let slot = code.callerSlot {
      if let position = keywords.firstIndex(where: { $0.name == "caller" }) {
        inner.slots[slot] = keywords.remove(at: position).value
        if case .none = inner.slots[slot] { inner.slots[slot] = Self.noCaller }
      } else {
        inner.slots[slot] = Self.noCaller
      }
    }
    if let slot = code.keywordSlot {
      inner.slots[slot] = .dict(
        DictValue(uniqueKeys: keywords.map { .text($0.name) }, values: keywords.map(\.value)))
    } else if let first = keywords.first {
      if keywords.contains(where: { $0.name == "caller" }) {
        throw .type(
          "macro \(quotedName) was invoked with two values for the special caller argument. This is most likely a bug.")
      }
      throw .type("macro \(quotedName) takes no keyword argument \(PythonText.repr(first.name))")
    }
    if let slot = code.variadicSlot {
      inner.slots[slot] = .tuple(Array(arguments.positional.dropFirst(count)))
    } else if arguments.positional.count > count {
      throw .type("macro \(quotedName) takes not more than \(count) argument(s)")
    }
  }

  private static var noCaller: JinjaValue { .undefined(UndefinedValue(.hint("No caller defined"))) }
}

/// `{% macro %}`
final class MacroStatement: Statement {
  let line: Int
  private let macro: MacroCode
  private let target: SlotReference
  private let exports: String?

  init(line: Int, macro: MacroCode, target: SlotReference, exports: String?) {
    self.line = line
    self.macro = macro
    self.target = target
    self.exports = exports
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    // The scope holds the macro and the macro the scope.
    scope.renderer.register(scope)
    scope[target] = .object(MacroValue(macro, in: scope))
    if let exports { scope.renderer.export([exports], .variable(target), in: scope) }
    return .next
  }
}

/// `{% call %}`
final class CallBlockStatement: Statement {
  let line: Int
  private let macro: MacroCode
  private let call: any CallingExpression
  private let escaping: Compiler.Escaping

  init(line: Int, macro: MacroCode, call: any CallingExpression, escaping: Compiler.Escaping) {
    self.line = line
    self.macro = macro
    self.call = call
    self.escaping = escaping
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    scope.renderer.noteOutput()
    let value = try call.evaluate(in: scope, adding: MacroValue(macro, in: scope))
    try scope.renderer.write(value, escaping: escaping)
    return .next
  }
}

/// `{% generation %}`: what the model is to learn.
final class GenerationStatement: Statement {
  let line: Int
  private let macro: MacroCode
  private let escaping: Compiler.Escaping

  init(line: Int, macro: MacroCode, escaping: Compiler.Escaping) {
    self.line = line
    self.macro = macro
    self.escaping = escaping
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    let renderer = scope.renderer
    renderer.noteOutput()
    let text = try MacroValue(macro, in: scope).output(Arguments())
    renderer.addGeneration(of: text)
    try renderer.write(renderer.autoescape ? .markup(text) : .text(text), escaping: escaping)
    return .next
  }
}
