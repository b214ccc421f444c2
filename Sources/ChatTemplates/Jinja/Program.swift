/// A compiled template.
final class Program: Sendable {
  /// The texts of all literals, one after the other.
  let literals: [UInt8]
  /// Texts between tags and string constants.
  let constantTexts: [[UInt8]]
  /// Names that are looked up in the arguments and then among the global functions.
  let freeNames: [String]
  /// The global functions of these names.
  let globals: [GlobalFunction.Kind?]
  let root: Function
  let blocks: [String: Function]
  /// Whether assignments at the top are visible in blocks.
  let exportsVariables: Bool
  let hasGeneration: Bool
  /// Number of members that are named in the template.
  let memberCount: Int

  init(
    literals: [UInt8], constantTexts: [[UInt8]], freeNames: [String], root: Function, blocks: [String: Function],
    exportsVariables: Bool, hasGeneration: Bool, memberCount: Int
  ) {
    // Never empty, so that a slice of it always has an address.
    self.literals = literals.isEmpty ? [0] : literals
    self.constantTexts = constantTexts
    self.hasGeneration = hasGeneration
    self.memberCount = memberCount
    self.freeNames = freeNames
    globals = freeNames.map(GlobalFunction.Kind.init)
    self.root = root
    self.blocks = blocks
    self.exportsVariables = exportsVariables
  }
}

/// A part of a template that has its own variables.
struct Function: Sendable {
  let slotCount: Int
  let entry: [SlotLoad]
  let body: Body
}

/// How a variable gets its value when a scope is entered.
enum SlotLoad: Sendable {
  case resolve(slot: Int, name: Int)
  case alias(slot: Int, of: SlotReference)
  case missing(slot: Int)
}

/// Statements in order.
struct Body: Sendable {
  let statements: [any Statement]

  func run(in scope: Scope) throws(TemplateError) -> Flow {
    for statement in statements {
      try scope.renderer.step()
      do throws(TemplateError) {
        let flow = try statement.execute(in: scope)
        if flow != .next { return flow }
      } catch {
        throw error.placed(at: statement.line)
      }
    }
    return .next
  }
}

extension TemplateError {
  /// The error with a line, unless it has one.
  func placed(at line: Int) -> TemplateError {
    guard self.line == nil else { return self }
    var error = self
    error.line = line
    return error
  }
}

/// Where execution goes on after a statement.
enum Flow { case next, breakLoop, continueLoop }

/// A compiled statement.
protocol Statement: AnyObject, Sendable {
  var line: Int { get }
  func execute(in scope: Scope) throws(TemplateError) -> Flow
}

/// A compiled expression.
protocol Expression: AnyObject, Sendable {
  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue
  /// The truth of the value.
  func isTrue(in scope: Scope) throws(TemplateError) -> Bool
  /// Prints the value.
  func write(in scope: Scope) throws(TemplateError)
}

extension Expression {
  func isTrue(in scope: Scope) throws(TemplateError) -> Bool { try evaluate(in: scope).isTrue }

  func write(in scope: Scope) throws(TemplateError) { try scope.renderer.write(try evaluate(in: scope)) }
}

/// The variables of a function that runs.
final class Scope {
  let renderer: Renderer
  let parent: Scope?
  let slots: UnsafeMutablePointer<JinjaValue>
  private let count: Int
  /// Whether the renderer clears the scope at the end, because something in it may refer back to it.
  var isRegistered = false

  init(renderer: Renderer, parent: Scope?, slotCount: Int) {
    self.renderer = renderer
    self.parent = parent
    count = slotCount
    slots = .allocate(capacity: max(1, slotCount))
    slots.initialize(repeating: .missing, count: slotCount)
  }

  deinit {
    slots.deinitialize(count: count)
    slots.deallocate()
  }

  func clear() { for index in 0..<count { slots[index] = .missing } }

  subscript(reference: SlotReference) -> JinjaValue {
    get {
      var scope = self
      for _ in 0..<reference.depth { scope = scope.parent ?? scope }
      return scope.slots[reference.index]
    }
    set {
      var scope = self
      for _ in 0..<reference.depth { scope = scope.parent ?? scope }
      scope.slots[reference.index] = newValue
    }
  }

  func enter(_ entry: [SlotLoad]) {
    for load in entry {
      switch load {
      case .resolve(let slot, let name): slots[slot] = renderer.resolve(name)
      case .alias(let slot, let reference): slots[slot] = self[reference]
      case .missing(let slot): slots[slot] = .missing
      }
    }
  }

  /// Forgets the variables of a scope that ends.
  func leave(_ entry: [SlotLoad], parameters: [Int]) {
    for load in entry {
      switch load {
      case .resolve(let slot, _), .alias(let slot, _), .missing(let slot): slots[slot] = .missing
      }
    }
    for slot in parameters { slots[slot] = .missing }
  }
}
