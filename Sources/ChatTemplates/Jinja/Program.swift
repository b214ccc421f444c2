/// A compiled template.
final class Program: Sendable {
  /// The first byte of the texts of all literals, which are one after the other; never written to.
  nonisolated(unsafe) let literals: UnsafeRawPointer
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
  /// Number of lists and dicts of constants.
  let constantCount: Int

  init(
    literals: [UInt8], constantTexts: [[UInt8]], freeNames: [String], root: Function, blocks: [String: Function],
    exportsVariables: Bool, hasGeneration: Bool, memberCount: Int,
    constantCount: Int
  ) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, literals.count), alignment: 1)
    literals.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: memory, count: $0.count).copyMemory(from: $0) }
    self.literals = UnsafeRawPointer(memory)
    self.constantTexts = constantTexts
    self.hasGeneration = hasGeneration
    self.memberCount = memberCount
    self.constantCount = constantCount
    self.freeNames = freeNames
    globals = freeNames.map(GlobalFunction.Kind.init)
    self.root = root
    self.blocks = blocks
    self.exportsVariables = exportsVariables
  }

  deinit { literals.deallocate() }
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
///
/// They are a tree of pairs: going through an array would count references to statements that all threads share.
struct Body: Sendable {
  private let root: (any Statement)?

  init(_ statements: [any Statement]) { root = Self.sequence(statements[...]) }

  var isEmpty: Bool { root == nil }

  func run(in scope: Scope) throws(TemplateError) -> Flow { try root?.run(in: scope) ?? .next }

  /// Statements as one; nil where there are none.
  static func sequence(_ statements: ArraySlice<any Statement>) -> (any Statement)? {
    guard let first = statements.first else { return nil }
    guard statements.count > 1 else { return first }
    let middle = statements.startIndex + statements.count / 2
    guard let left = sequence(statements[..<middle]), let right = sequence(statements[middle...]) else { return nil }
    return StatementPair(left, right)
  }
}

/// Two statements, or parts of a body, one after the other.
private final class StatementPair: Statement {
  private let first, second: any Statement

  init(_ first: any Statement, _ second: any Statement) {
    self.first = first
    self.second = second
  }

  var line: Int { first.line }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    let flow = try first.run(in: scope)
    return flow == .next ? try second.run(in: scope) : flow
  }

  func run(in scope: Scope) throws(TemplateError) -> Flow { try execute(in: scope) }
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
  /// Executes the statement as a step of the rendering; its errors tell its line.
  func run(in scope: Scope) throws(TemplateError) -> Flow
}

extension Statement {
  func run(in scope: Scope) throws(TemplateError) -> Flow {
    try scope.renderer.step()
    do throws(TemplateError) {
      return try execute(in: scope)
    } catch {
      throw error.placed(at: line)
    }
  }
}

/// A compiled expression.
protocol Expression: AnyObject, Sendable {
  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue
  /// The truth of the value.
  func isTrue(in scope: Scope) throws(TemplateError) -> Bool
  /// Prints the value.
  func write(in scope: Scope) throws(TemplateError)
  /// Prints the value where it is a plain text; any other is put aside for `Renderer.takeUnwritten()`.
  ///
  /// - Returns: Whether it was printed.
  func writeText(in scope: Scope) throws(TemplateError) -> Bool
  /// Whether the value is not undefined.
  func isDefined(in scope: Scope) throws(TemplateError) -> Bool
}

extension Expression {
  func isTrue(in scope: Scope) throws(TemplateError) -> Bool { try evaluate(in: scope).isTrue }

  func write(in scope: Scope) throws(TemplateError) { try scope.renderer.write(try evaluate(in: scope)) }

  func isDefined(in scope: Scope) throws(TemplateError) -> Bool { try !evaluate(in: scope).isUndefined }

  func writeText(in scope: Scope) throws(TemplateError) -> Bool {
    try scope.renderer.writeText(try evaluate(in: scope))
  }
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

  /// The loop in a slot, without counting a reference to it; nil where there is another value.
  @inline(__always)
  func loop(in slot: Int) -> Unmanaged<LoopValue>? {
    guard case .object(let object) = slots[slot], type(of: object) == LoopValue.self else { return nil }
    return .passUnretained(unsafeDowncast(object, to: LoopValue.self))
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
    for index in entry.indices {
      switch entry[index] {
      case .resolve(let slot, let name): slots[slot] = renderer.resolve(name)
      case .alias(let slot, let reference): slots[slot] = self[reference]
      case .missing(let slot): slots[slot] = .missing
      }
    }
  }

  /// Forgets the variables of a scope that ends.
  func leave(_ entry: [SlotLoad], parameters: [Int]) {
    for index in entry.indices {
      switch entry[index] {
      case .resolve(let slot, _), .alias(let slot, _), .missing(let slot): slots[slot] = .missing
      }
    }
    for index in parameters.indices { slots[parameters[index]] = .missing }
  }
}
