/// `{% block %}`
final class BlockStatement: Statement {
  let line: Int
  private let name: String
  private let isRequired: Bool
  private let scopedVariables: [(String, SlotReference)]

  init(line: Int, name: String, isRequired: Bool, scopedVariables: [(String, SlotReference)]) {
    self.line = line
    self.name = name
    self.isRequired = isRequired
    self.scopedVariables = scopedVariables
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    if isRequired { throw .runtime("Required block \(PythonText.repr(name)) not found") }
    let renderer = scope.renderer
    let values = scopedVariables.map { ($0.0, scope[$0.1]) }.filter { !$0.1.isMissing }
    try renderer.runBlock(name, adding: values)
    return .next
  }
}

/// Makes `self` available.
final class SelfStatement: Statement {
  let line = 1
  private let slot: Int
  init(slot: Int) { self.slot = slot }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    scope.slots[slot] = .object(TemplateReference())
    return .next
  }
}

/// Makes `super` available, which is undefined in a template that extends none.
final class SuperStatement: Statement {
  let line = 1
  private let slot: Int
  private let block: String

  init(slot: Int, block: String) {
    self.slot = slot
    self.block = block
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    scope.slots[slot] = .undefined(
      UndefinedValue(.hint("there is no parent block called \(PythonText.repr(block)).")))
    return .next
  }
}

/// `self`: the blocks of the template by name.
final class TemplateReference: JinjaObject {
  override var typeName: String { "TemplateReference" }
  override var module: String { "jinja2.runtime" }

  override func item(_ key: JinjaValue, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    guard let name = key.textValue?.string, renderer.program.blocks[name] != nil else { return nil }
    return .object(BlockReference(name))
  }

  override func repr(in renderer: Renderer) throws(TemplateError) -> [UInt8] { Array("<TemplateReference None>".utf8) }
}

/// A block that can be called.
final class BlockReference: JinjaObject {
  private let name: String
  init(_ name: String) { self.name = name }

  override var typeName: String { "BlockReference" }
  override var module: String { "jinja2.runtime" }
  override var isCallable: Bool { true }

  override func attribute(_ name: String, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    switch name {
    case "name": .text(self.name)
    case "super":
      .undefined(UndefinedValue(.hint("there is no parent block called \(PythonText.repr(self.name)).")))
    default: nil
    }
  }

  override func call(_ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    _ = try arguments.bind("BlockReference.__call__", [], offset: 1)
    let (text, _) = try renderer.capture { () throws(TemplateError) in
      try renderer.runBlock(name, adding: [])
      return .next
    }
    return renderer.autoescape ? .markup(text) : .text(text)
  }
}
