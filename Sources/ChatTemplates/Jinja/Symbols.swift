/// Where a variable of the compiled template lives.
struct SlotReference: Sendable, Hashable {
  /// Functions between the use and the definition.
  let depth: Int
  let index: Int
}

/// A function of the compiled template: the root, a block, a macro, a call block or a recursive loop.
///
/// It owns the slots of all variables that are assigned in it.
final class FunctionBuilder {
  let parent: FunctionBuilder?
  private var slots: [String: Int] = [:]
  private(set) var slotCount = 0

  init(parent: FunctionBuilder?) { self.parent = parent }

  /// The slot of a variable. Scopes of one level that follow each other share theirs, as in the reference's code.
  func slot(_ identifier: String) -> Int {
    if let slot = slots[identifier] { return slot }
    defer { slotCount += 1 }
    slots[identifier] = slotCount
    return slotCount
  }

  /// A slot without a name.
  func temporarySlot() -> Int {
    defer { slotCount += 1 }
    return slotCount
  }

  func distance(to function: FunctionBuilder) -> Int {
    var depth = 0
    var current: FunctionBuilder? = self
    while let here = current, here !== function {
      depth += 1
      current = here.parent
    }
    return depth
  }
}

/// What the names of one scope stand for.
///
/// Source: jinja2 3.1.6, `idtracking.py`; which names a scope sees, and when, follows from its rules.
final class Symbols {
  /// How a variable gets its value when its scope is entered.
  enum Load {
    case parameter
    case resolve(String)
    case alias(Variable)
    case undefined
  }

  /// A variable by name and level, in the function that owns it.
  struct Variable: Hashable {
    let identifier: String
    let function: FunctionBuilder

    static func == (left: Variable, right: Variable) -> Bool {
      left.identifier == right.identifier && left.function === right.function
    }

    func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
  }

  let level: Int
  let parent: Symbols?
  let function: FunctionBuilder
  private(set) var references: [String: Variable] = [:]
  private(set) var loads: [Variable: Load] = [:]
  private(set) var stores: Set<String> = []

  init(parent: Symbols?, function: FunctionBuilder) {
    self.parent = parent
    self.function = function
    level = parent.map { $0.level + 1 } ?? 0
  }

  private init(copying other: Symbols) {
    level = other.level
    parent = other.parent
    function = other.function
    references = other.references
    loads = other.loads
    stores = other.stores
  }

  func copy() -> Symbols { Symbols(copying: self) }

  func find(_ name: String) -> Variable? { references[name] ?? parent?.find(name) }

  func findLoad(_ variable: Variable) -> Load? { loads[variable] ?? parent?.findLoad(variable) }

  func load(_ name: String) {
    if find(name) == nil { define(name, .resolve(name)) }
  }

  func store(_ name: String) {
    stores.insert(name)
    guard references[name] == nil else { return }
    define(name, parent?.find(name).map(Load.alias) ?? .undefined)
  }

  @discardableResult
  func declareParameter(_ name: String) -> Variable {
    stores.insert(name)
    return define(name, .parameter)
  }

  @discardableResult
  private func define(_ name: String, _ load: Load) -> Variable {
    let variable = Variable(identifier: "\(level)_\(name)", function: function)
    references[name] = variable
    loads[variable] = load
    return variable
  }

  /// Takes over what the branches of an `if` load and store.
  func update(with branches: [Symbols]) {
    var added: Set<String> = []
    for branch in branches { added.formUnion(branch.stores) }
    added.subtract(stores)
    for branch in branches {
      references.merge(branch.references) { $1 }
      loads.merge(branch.loads) { $1 }
      stores.formUnion(branch.stores)
    }
    for name in added {
      guard let target = find(name) else { continue }
      loads[target] = parent?.find(name).map(Load.alias) ?? .resolve(name)
    }
  }
}

// MARK: - Analysis

extension Symbols {
  func analyze(_ statements: [StatementSyntax]) {
    for statement in statements { visit(statement) }
  }

  func visit(_ statement: StatementSyntax) {
    switch statement.kind {
    case .output(let values): values.forEach(visit)
    case .assign(let target, let value):
      visit(value)
      visitTarget(target)
    case .assignBlock(let target, _, _): visitTarget(target)
    case .for(let loop): visit(loop.iterable)
    case .if(let branches, let otherwise): visitIf(branches, otherwise)
    case .macro(let name, _, _): store(name)
    case .callBlock(_, let call, _): visit(call)
    case .filterBlock(let filter, _): visit(filter)
    case .with(let pairs, _): pairs.forEach { visit($0.value) }
    case .include(let template), .extends(let template): visit(template)
    case .imports(let template, let names):
      visit(template)
      names.forEach(store)
    case .generation, .autoescape, .block, .breakLoop, .continueLoop: break
    }
  }

  private func visitIf(_ branches: [IfBranch], _ otherwise: [StatementSyntax]) {
    guard let first = branches.first else { return }
    visit(first.test)
    let body = copy()
    body.analyze(first.body)
    // The reference visits all `elif` branches with the symbols of one copy.
    let elifs = copy()
    for branch in branches.dropFirst() { elifs.visitIf([branch], []) }
    let rest = copy()
    rest.analyze(otherwise)
    update(with: [body, elifs, rest])
  }

  func visitTarget(_ target: ExpressionSyntax, asParameter: Bool = false) {
    switch target.kind {
    case .name(let name):
      if asParameter { declareParameter(name) } else { store(name) }
    case .member(let name, _): load(name)
    case .tuple(let elements): elements.forEach { visitTarget($0, asParameter: asParameter) }
    default: break
    }
  }

  func visit(_ expression: ExpressionSyntax) {
    if case .name(let name) = expression.kind { load(name) }
    expression.forEachChild(visit)
  }
}

extension ExpressionSyntax {
  /// Visits the parts of an expression in the order of the reference's fields.
  func forEachChild(_ body: (ExpressionSyntax) -> Void) {
    switch kind {
    case .name, .member, .literal, .data: break
    case .tuple(let elements), .list(let elements), .concatenation(let elements): elements.forEach(body)
    case .dict(let pairs):
      for pair in pairs {
        body(pair.key)
        body(pair.value)
      }
    case .attribute(let value, _), .unary(_, let value): body(value)
    case .item(let left, let right), .binary(_, let left, let right), .and(let left, let right),
      .or(let left, let right):
      body(left)
      body(right)
    case .slice(let start, let stop, let step): [start, stop, step].forEach { $0.map(body) }
    case .call(let value, let call), .test(let value, _, let call):
      body(value)
      call.forEachChild(body)
    case .filter(let value, _, let call):
      value.map(body)
      call.forEachChild(body)
    case .comparison(let first, let rest):
      body(first)
      rest.forEach { body($0.1) }
    case .conditional(let test, let then, let otherwise):
      body(test)
      body(then)
      otherwise.map(body)
    }
  }
}

extension CallSyntax {
  fileprivate func forEachChild(_ body: (ExpressionSyntax) -> Void) {
    positional.forEach(body)
    keywords.forEach { body($0.value) }
    spread.map(body)
    keywordSpread.map(body)
  }
}

/// Finds which special names a body uses before it assigns them.
struct UndeclaredNames {
  private var wanted: Set<String>
  private(set) var found: Set<String> = []

  static func find(_ names: Set<String>, in body: [StatementSyntax]) -> Set<String> {
    var search = UndeclaredNames(wanted: names)
    search.visit(body)
    return search.found
  }

  private init(wanted: Set<String>) { self.wanted = wanted }

  private mutating func visit(_ body: [StatementSyntax]) { for statement in body { visit(statement) } }

  private mutating func visit(_ expression: ExpressionSyntax) {
    if case .name(let name) = expression.kind, wanted.contains(name) { found.insert(name) }
    var children: [ExpressionSyntax] = []
    expression.forEachChild { children.append($0) }
    for child in children { visit(child) }
  }

  private mutating func store(_ target: ExpressionSyntax) {
    switch target.kind {
    case .name(let name): wanted.remove(name)
    case .tuple(let elements): for element in elements { store(element) }
    default: break
    }
  }

  private mutating func visit(_ signature: SignatureSyntax, _ body: [StatementSyntax]) {
    wanted.subtract(signature.names)
    for value in signature.defaults { visit(value) }
    visit(body)
  }

  private mutating func visit(_ statement: StatementSyntax) {
    switch statement.kind {
    case .output(let values): for value in values { visit(value) }
    case .assign(let target, let value):
      store(target)
      visit(value)
    case .assignBlock(let target, let filter, let body):
      store(target)
      if let filter { visit(filter) }
      visit(body)
    case .for(let loop):
      store(loop.target)
      visit(loop.iterable)
      visit(loop.body)
      visit(loop.otherwise)
      if let test = loop.test { visit(test) }
    case .if(let branches, let otherwise):
      for branch in branches {
        visit(branch.test)
        visit(branch.body)
      }
      visit(otherwise)
    case .macro(_, let signature, let body): visit(signature, body)
    case .callBlock(let signature, let call, let body):
      visit(call)
      visit(signature, body)
    case .generation(let body): visit(body)
    case .filterBlock(let filter, let body):
      visit(body)
      visit(filter)
    case .with(let pairs, let body):
      for pair in pairs { store(pair.target) }
      for pair in pairs { visit(pair.value) }
      visit(body)
    case .autoescape(let option, let body):
      visit(option)
      visit(body)
    case .include(let template), .extends(let template), .imports(let template, _): visit(template)
    case .block, .breakLoop, .continueLoop: break
    }
  }
}
