/// The part of a loop that is run for each element.
struct LoopBody: Sendable {
  let target: AssignmentTarget
  let loopSlot: Int?
  let filter: LoopFilter?
  let entry: [SlotLoad]
  let parameters: [Int]
  let body: Body
  let otherwiseEntry: [SlotLoad]
  let otherwiseParameters: [Int]
  let otherwise: Body

  /// Runs the loop over a value.
  func run(
    over value: JinjaValue, in scope: Scope, recursion: LoopRecursion? = nil, depth: Int = 0
  ) throws(TemplateError) -> Flow {
    let renderer = scope.renderer
    let state = try makeState(over: value, in: scope)
    if let loopSlot {
      scope.slots[loopSlot] = .object(LoopValue(state, over: value, recursion: recursion, level: depth))
    }
    var isEmpty = true
    while let element = try state.advance() {
      try renderer.step()
      try target.assign(element, in: scope)
      scope.enter(entry)
      let flow = try body.run(in: scope)
      // The reference notes that there was an element at the end of the body, which a jump skips.
      if flow == .next { isEmpty = false }
      if flow == .breakLoop { break }
    }
    scope.leave(entry, parameters: parameters)
    guard isEmpty, !otherwise.statements.isEmpty else { return .next }
    scope.enter(otherwiseEntry)
    let flow = try otherwise.run(in: scope)
    scope.leave(otherwiseEntry, parameters: otherwiseParameters)
    return flow
  }

  private func makeState(over value: JinjaValue, in scope: Scope) throws(TemplateError) -> LoopState {
    let renderer = scope.renderer
    guard let filter else {
      switch value {
      case .list(let list): return LoopState(list.elements)
      case .tuple(let tuple): return LoopState(tuple.elements)
      default: break
      }
      guard let iterator = try renderer.iterator(value) else {
        throw .type("'\(value.typeName)' object is not iterable")
      }
      return LoopState(iterator)
    }
    return LoopState(FilteredIterator(filter, over: value, in: scope))
  }
}

/// The condition of `{% for x in y if condition %}`, which sees variables of its own.
struct LoopFilter: Sendable {
  let slotCount: Int
  let entry: [SlotLoad]
  let target: AssignmentTarget
  let condition: any Expression
}

private final class FilteredIterator: ValueIterator {
  private let filter: LoopFilter
  private let value: JinjaValue
  private let scope: Scope
  private var iterator: ValueIterator?

  init(_ filter: LoopFilter, over value: JinjaValue, in scope: Scope) {
    self.filter = filter
    self.value = value
    self.scope = Scope(renderer: scope.renderer, parent: scope, slotCount: filter.slotCount)
  }

  override func next() throws(TemplateError) -> JinjaValue? {
    if iterator == nil {
      scope.enter(filter.entry)
      guard let iterator = try scope.renderer.iterator(value) else {
        throw .type("'\(value.typeName)' object is not iterable")
      }
      self.iterator = iterator
    }
    while let element = try iterator?.next() {
      try scope.renderer.step()
      try filter.target.assign(element, in: scope)
      if try filter.condition.isTrue(in: scope) { return filter.target.value(in: scope) }
    }
    return nil
  }
}

/// The elements of a running loop; those of an iterator are taken when they are needed.
final class LoopState {
  private var elements: [JinjaValue]
  private var iterator: ValueIterator?
  private(set) var index = -1

  init(_ elements: [JinjaValue]) { self.elements = elements }

  init(_ iterator: ValueIterator) {
    elements = []
    self.iterator = iterator
  }

  func advance() throws(TemplateError) -> JinjaValue? {
    guard let element = try element(at: index + 1) else { return nil }
    index += 1
    return element
  }

  func element(at position: Int) throws(TemplateError) -> JinjaValue? {
    while position >= elements.count, let iterator {
      if let element = try iterator.next() { elements.append(element) } else { self.iterator = nil }
    }
    return elements.indices.contains(position) ? elements[position] : nil
  }

  func count() throws(TemplateError) -> Int {
    while let iterator {
      if let element = try iterator.next() { elements.append(element) } else { self.iterator = nil }
    }
    return elements.count
  }
}

/// `{% for %}`
final class ForStatement: Statement {
  let line: Int
  private let iterable: any Expression
  private let loop: LoopBody

  init(line: Int, iterable: any Expression, loop: LoopBody) {
    self.line = line
    self.iterable = iterable
    self.loop = loop
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    let flow = try loop.run(over: try iterable.evaluate(in: scope), in: scope)
    return flow
  }
}

/// `{% for ... recursive %}`
final class RecursiveForStatement: Statement {
  let line: Int
  let iterable: any Expression
  let slotCount: Int
  let loop: LoopBody
  let escaping: Compiler.Escaping

  init(line: Int, iterable: any Expression, slotCount: Int, loop: LoopBody, escaping: Compiler.Escaping) {
    self.line = line
    self.iterable = iterable
    self.slotCount = slotCount
    self.loop = loop
    self.escaping = escaping
  }

  func execute(in scope: Scope) throws(TemplateError) -> Flow {
    let recursion = LoopRecursion(self, in: scope)
    let value = try recursion.run(over: try iterable.evaluate(in: scope), depth: 0)
    try scope.renderer.write(value, escaping: escaping)
    return .next
  }
}

/// A recursive loop with the scope that it sees.
final class LoopRecursion {
  private let statement: RecursiveForStatement
  private let scope: Scope

  init(_ statement: RecursiveForStatement, in scope: Scope) {
    self.statement = statement
    self.scope = scope
  }

  func run(over value: JinjaValue, depth: Int) throws(TemplateError) -> JinjaValue {
    let renderer = scope.renderer
    try renderer.enterCall()
    defer { renderer.leaveCall() }
    let inner = Scope(renderer: renderer, parent: scope, slotCount: statement.slotCount)
    renderer.register(inner)
    let (text, _) = try renderer.capture { () throws(TemplateError) in
      do throws(TemplateError) {
        return try statement.loop.run(over: value, in: inner, recursion: self, depth: depth)
      } catch {
        throw error.placed(at: statement.line)
      }
    }
    return statement.escaping == .on || statement.escaping == .runtime && renderer.autoescape
      ? .markup(text) : .text(text)
  }
}

/// The special variable `loop`.
final class LoopValue: JinjaObject {
  private let state: LoopState
  private let recursion: LoopRecursion?
  private let depth0: Int
  private let valueDepth: Int
  private var lastChanged: [JinjaValue]?

  init(_ state: LoopState, over value: JinjaValue, recursion: LoopRecursion?, level: Int) {
    self.state = state
    self.recursion = recursion
    depth0 = level
    valueDepth = value.depth
  }

  override var depth: Int { valueDepth + 1 }

  override var typeName: String { "LoopContext" }
  override var module: String { "jinja2.runtime" }
  override var isCallable: Bool { true }

  /// Attributes by name.
  enum Attribute: String {
    case index, index0, first, last, length, revindex, revindex0, depth, depth0, previtem, nextitem, cycle, changed
  }

  override func attribute(_ name: String, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    guard let attribute = Attribute(rawValue: name) else { return nil }
    return try self.attribute(attribute)
  }

  func attribute(_ attribute: Attribute) throws(TemplateError) -> JinjaValue {
    switch attribute {
    case .index: return .int(state.index + 1)
    case .index0: return .int(state.index)
    case .first: return .bool(state.index == 0)
    case .last: return .bool(try state.element(at: state.index + 1) == nil)
    case .length: return .int(try state.count())
    case .revindex: return .int(try state.count() - state.index)
    case .revindex0: return .int(try state.count() - state.index - 1)
    case .depth: return .int(depth0 + 1)
    case .depth0: return .int(depth0)
    case .previtem:
      guard state.index > 0, let element = try state.element(at: state.index - 1) else {
        return .undefined(UndefinedValue(.hint("there is no previous item")))
      }
      return element
    case .nextitem:
      return try state.element(at: state.index + 1) ?? .undefined(UndefinedValue(.hint("there is no next item")))
    case .cycle, .changed: return .object(MethodValue(.object(self), attribute.rawValue))
    }
  }

  func cycle(_ arguments: Arguments) throws(TemplateError) -> JinjaValue {
    guard !arguments.positional.isEmpty else { throw .type("no items for cycling given") }
    let count = arguments.positional.count
    return arguments.positional[(state.index % count + count) % count]
  }

  func changed(_ arguments: Arguments) throws(TemplateError) -> JinjaValue {
    let values = arguments.positional
    if let lastChanged, JinjaValue.tuple(lastChanged).equalsIgnoringErrors(.tuple(values)) { return .bool(false) }
    lastChanged = values
    return .bool(true)
  }

  override var length: Int? { try? state.count() }
  override var isIterable: Bool { true }

  /// Iterating over `loop` itself takes the loop's next elements.
  override func makeIterator(in renderer: Renderer) throws(TemplateError) -> ValueIterator? {
    LoopIterator(self)
  }

  fileprivate func advance() throws(TemplateError) -> JinjaValue? {
    try state.advance().map { .tuple([$0, .object(self)]) }
  }

  override func call(_ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    let values = try arguments.bind("LoopContext.__call__", [.required("iterable")], offset: 1)
    guard let recursion else {
      throw .type("The loop must have the 'recursive' marker to be called recursively.")
    }
    return try recursion.run(over: values[0] ?? .none, depth: depth0 + 1)
  }

  override func repr(in renderer: Renderer) throws(TemplateError) -> [UInt8] {
    Array("<LoopContext \(state.index + 1)/\(try state.count())>".utf8)
  }
}

private final class LoopIterator: ValueIterator {
  private let loop: LoopValue
  init(_ loop: LoopValue) { self.loop = loop }
  override func next() throws(TemplateError) -> JinjaValue? { try loop.advance() }
}
