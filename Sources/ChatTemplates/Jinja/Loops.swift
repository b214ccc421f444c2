/// The part of a loop that is run for each element.
struct LoopBody: Sendable {
  let target: AssignmentTarget
  let loopSlot: Int?
  let filter: LoopFilter?
  let entry: [SlotLoad]
  /// What is loaded for each element after the first: names that the body does not assign stay what they are.
  let reentry: [SlotLoad]
  let parameters: [Int]
  let body: Body
  let otherwiseEntry: [SlotLoad]
  let otherwiseParameters: [Int]
  let otherwise: Body

  /// Runs the loop over a value.
  func run(
    over value: JinjaValue, in scope: Scope, recursion: LoopRecursion? = nil, depth: Int = 0
  ) throws(TemplateError) -> Flow {
    let elements = try makeElements(of: value, in: scope)
    var isEmpty = true
    var isFirst = true
    if let loopSlot {
      let loop = LoopValue(elements, over: value, recursion: recursion, level: depth)
      scope.slots[loopSlot] = .object(loop)
      while let element = try loop.advance() {
        try take(element, from: elements, in: scope)
        let flow = try run(isFirst: &isFirst, in: scope)
        if flow == .next { isEmpty = false }
        if flow == .breakLoop { break }
      }
    } else {
      var index = 0
      while let element = try elements.element(at: index) {
        index += 1
        try take(element, from: elements, in: scope)
        let flow = try run(isFirst: &isFirst, in: scope)
        if flow == .next { isEmpty = false }
        if flow == .breakLoop { break }
      }
    }
    return try finish(isEmpty: isEmpty, in: scope)
  }

  /// Assigns an element to the target.
  @inline(__always)
  private func take(
    _ element: consuming JinjaValue, from elements: LoopElements, in scope: Scope
  ) throws(TemplateError) {
    // An element of a list that was a value is not nested too deep.
    if elements.knownCount != nil, case .variable(let reference) = target, reference.depth == 0 {
      scope.slots[reference.index] = element
    } else {
      try target.assign(element, in: scope)
    }
  }

  private func run(isFirst: inout Bool, in scope: Scope) throws(TemplateError) -> Flow {
    try scope.renderer.step()
    scope.enter(isFirst ? entry : reentry)
    isFirst = false
    return try body.run(in: scope)
  }

  /// Ends the loop, whose `else` is run where no element was.
  ///
  /// - Parameter isEmpty: whether no body was run to its end: the reference notes there that there was an element, and a
  ///   jump skips it.
  private func finish(isEmpty: Bool, in scope: Scope) throws(TemplateError) -> Flow {
    scope.leave(entry, parameters: parameters)
    guard isEmpty, !otherwise.isEmpty else { return .next }
    scope.enter(otherwiseEntry)
    let flow = try otherwise.run(in: scope)
    scope.leave(otherwiseEntry, parameters: otherwiseParameters)
    return flow
  }

  private func makeElements(of value: JinjaValue, in scope: Scope) throws(TemplateError) -> LoopElements {
    let renderer = scope.renderer
    guard let filter else {
      switch value {
      case .list(let list): return LoopElements(list.elements)
      case .tuple(let tuple): return LoopElements(tuple.elements)
      default: break
      }
      guard let iterator = try renderer.iterator(value) else {
        throw .type("'\(value.typeName)' object is not iterable")
      }
      return LoopElements(iterator)
    }
    return LoopElements(FilteredIterator(filter, over: value, in: scope))
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

/// The elements of a running loop.
struct LoopElements {
  /// The elements of a list or tuple.
  private let elements: [JinjaValue]
  /// The elements of anything else.
  private let lazyElements: LazyElements?

  init(_ elements: [JinjaValue]) {
    self.elements = elements
    lazyElements = nil
  }

  init(_ iterator: ValueIterator) {
    elements = []
    lazyElements = LazyElements(iterator)
  }

  /// How many elements there are; nil where that is known only when all were taken.
  var knownCount: Int? { lazyElements == nil ? elements.count : nil }

  func element(at position: Int) throws(TemplateError) -> JinjaValue? {
    if let lazyElements { return try lazyElements.element(at: position) }
    return position >= 0 && position < elements.count ? elements[position] : nil
  }

  /// Whether there is an element at a position.
  func hasElement(at position: Int) throws(TemplateError) -> Bool {
    if let lazyElements { return try lazyElements.element(at: position) != nil }
    return position >= 0 && position < elements.count
  }

  func count() throws(TemplateError) -> Int { try lazyElements?.count() ?? elements.count }
}

/// The elements of an iterator, which are taken when they are needed.
private final class LazyElements {
  private var elements: [JinjaValue] = []
  private var iterator: ValueIterator?

  init(_ iterator: ValueIterator) { self.iterator = iterator }

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
