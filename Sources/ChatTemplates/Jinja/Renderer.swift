/// The state of one rendering; it can be used for one after the other.
final class Renderer {
  let program: Program
  let limits: TemplateLimits
  /// What `strftime_now` sees.
  let clock: TemplateClock
  /// The values of the free names; behind a pointer so that reading one counts no references to them all.
  private let variables: UnsafeMutablePointer<JinjaValue>
  private var exported: [Int: JinjaValue] = [:]
  /// What is being printed, or captured; behind a pointer because every statement writes to it.
  private let output: UnsafeMutablePointer<TextOutput>
  private(set) var generations: [Range<Int>] = []
  /// Whether markup is escaped where that is decided when it runs.
  var autoescape = false

  /// Behind a pointer like the output.
  private let stepCount: UnsafeMutablePointer<Int>
  private var steps: Int {
    get { stepCount.pointee }
    set { stepCount.pointee = newValue }
  }
  /// Where members were found last, by their numbers.
  private let memberPositions: UnsafeMutablePointer<Int>
  /// Lists and dicts of constants, by their numbers.
  private let constants: UnsafeMutablePointer<JinjaValue>
  private var depth = 0
  private var captureDepth = 0
  /// Bytes of the whole output before the statement or part that runs.
  private var committed = 0
  private var captured: [JinjaText] = []
  private var registeredScopes: [Scope] = []
  private var registeredNamespaces: [NamespaceValue] = []
  private var activeReprs: [ObjectIdentifier] = []
  private var freeNameIndexes: [String: Int]?

  /// Makes a renderer; `variable` gives the arguments by name.
  init(_ program: Program, limits: TemplateLimits, clock: TemplateClock, variable: (String) -> JinjaValue?) {
    self.program = program
    self.limits = limits
    self.clock = clock
    variables = .allocate(capacity: max(1, program.freeNames.count))
    for (index, (name, global)) in zip(program.freeNames, program.globals).enumerated() {
      (variables + index).initialize(to: variable(name) ?? global.map { .object(GlobalFunction($0)) } ?? .missing)
    }
    output = .allocate(capacity: 1)
    output.initialize(to: TextOutput())
    stepCount = .allocate(capacity: 1)
    stepCount.initialize(to: 0)
    memberPositions = .allocate(capacity: max(1, program.memberCount))
    memberPositions.initialize(repeating: 0, count: program.memberCount)
    constants = .allocate(capacity: max(1, program.constantCount))
    constants.initialize(repeating: .missing, count: program.constantCount)
  }

  deinit {
    variables.deinitialize(count: program.freeNames.count)
    variables.deallocate()
    output.deinitialize(count: 1)
    output.deallocate()
    stepCount.deallocate()
    memberPositions.deallocate()
    constants.deinitialize(count: program.constantCount)
    constants.deallocate()
  }

  /// Replaces an argument by the number of its name, between renderings.
  func setVariable(_ number: Int, _ value: JinjaValue) { variables[number] = value }

  /// Renders the whole template in a scope of ``makeScope()``. After an error the renderer cannot be used again.
  func run(in scope: Scope) throws(TemplateError) {
    output.pointee.removeAll()
    if !generations.isEmpty { generations.removeAll() }
    autoescape = false
    steps = 0
    committed = 0
    defer {
      scope.clear()
      if !registeredScopes.isEmpty || !registeredNamespaces.isEmpty || program.exportsVariables { cleanUp() }
    }
    scope.enter(program.root.entry)
    _ = try program.root.body.run(in: scope)
  }

  /// Makes the scope that a template runs in.
  func makeScope() -> Scope { Scope(renderer: self, parent: nil, slotCount: program.root.slotCount) }

  /// Breaks the cycles between macros, namespaces and the scopes that hold them.
  private func cleanUp() {
    for scope in registeredScopes { scope.clear() }
    for namespace in registeredNamespaces { namespace.clear() }
    for scope in registeredScopes { scope.isRegistered = false }
    registeredScopes.removeAll(keepingCapacity: true)
    registeredNamespaces.removeAll(keepingCapacity: true)
    exported.removeAll()
  }

  func register(_ scope: Scope) {
    guard !scope.isRegistered else { return }
    scope.isRegistered = true
    registeredScopes.append(scope)
  }

  func register(_ namespace: NamespaceValue) { registeredNamespaces.append(namespace) }

  // MARK: - Limits

  @inline(__always)
  func step() throws(TemplateError) {
    stepCount.pointee &+= 1
    if stepCount.pointee > limits.steps { throw tooManySteps }
  }

  private var tooManySteps: TemplateError { .limit("it takes more than \(limits.steps) steps") }

  /// Accounts for bytes that are copied or searched, and refuses texts beyond the limit.
  func charge(bytes: Int) throws(TemplateError) {
    if bytes > limits.outputBytes { throw .limit("it makes a text of more than \(limits.outputBytes) bytes") }
    steps += bytes >> 6
    if steps > limits.steps { throw tooManySteps }
  }

  /// Accounts for bytes of a text that is taken apart into characters, which takes longer.
  func charge(characters bytes: Int) throws(TemplateError) {
    steps += bytes >> 3
    if steps > limits.steps { throw tooManySteps }
  }

  /// Refuses a text that grows beyond the limit.
  func checkSize(_ bytes: Int) throws(TemplateError) {
    if bytes > limits.outputBytes { throw .limit("it makes a text of more than \(limits.outputBytes) bytes") }
  }

  /// Python's `==`, which counts as steps where it looks into lists and dicts.
  func areEqual(_ left: JinjaValue, _ right: JinjaValue) throws(TemplateError) -> Bool {
    let available = max(0, limits.steps - steps)
    var budget = available
    let result = left.equals(right, budget: &budget)
    steps += available - budget
    if budget <= 0 { throw tooManySteps }
    return result
  }

  /// Accounts for elements of a list that is made.
  func charge(elements: Int) throws(TemplateError) {
    if elements > limits.steps { throw .limit("it makes a list of \(elements) elements") }
    steps += elements
    if steps > limits.steps { throw tooManySteps }
  }

  func enterCall() throws(TemplateError) {
    depth += 1
    if depth > limits.depth { throw .recursion }
    try step()
  }

  func leaveCall() { depth -= 1 }

  // MARK: - Names

  func literal(_ range: Range<UInt32>) -> JinjaText {
    JinjaText(
      borrowing: program.literals, start: range.lowerBound, end: range.upperBound, origin: .template)
  }

  /// The bytes of a literal.
  func literalBytes(_ range: Range<UInt32>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: program.literals + Int(range.lowerBound), count: range.count)
  }

  /// The list or dict of constants with a number; nil before it was needed.
  func constant(_ number: Int) -> JinjaValue? { constants[number].isMissing ? nil : constants[number] }

  func setConstant(_ number: Int, _ value: JinjaValue) { constants[number] = value }

  /// The value of a free name: what the top exported, an argument or a global function.
  func resolve(_ name: Int) -> JinjaValue {
    if program.exportsVariables, let value = exported[name] { return value }
    return variables[name]
  }

  /// Makes variables of the top visible in blocks.
  func export(_ names: [String], _ target: AssignmentTarget, in scope: Scope) {
    guard program.exportsVariables else { return }
    if names.count == 1, case .variable(let reference) = target {
      setExported(names[0], scope[reference])
      return
    }
    guard case .tuple(let targets) = target, targets.count == names.count else { return }
    for (name, target) in zip(names, targets) { export([name], target, in: scope) }
  }

  private func setExported(_ name: String, _ value: JinjaValue) {
    if freeNameIndexes == nil {
      freeNameIndexes = Dictionary(uniqueKeysWithValues: program.freeNames.enumerated().map { ($1, $0) })
    }
    if let index = freeNameIndexes?[name] { exported[index] = value }
  }

  /// Runs a block, which sees the arguments, what the top exported and, where it is scoped, further variables.
  func runBlock(_ name: String, adding variables: [(String, JinjaValue)]) throws(TemplateError) {
    guard let function = program.blocks[name] else { return }
    try enterCall()
    defer { leaveCall() }
    let previous = exported
    defer { exported = previous }
    for (name, value) in variables { setExported(name, value) }
    let scope = Scope(renderer: self, parent: nil, slotCount: function.slotCount)
    register(scope)
    scope.enter(function.entry)
    _ = try function.body.run(in: scope)
  }

  /// The member of a dict; nil where there is none.
  func member(_ name: MemberName, of dict: DictValue) -> JinjaValue? {
    position(of: name, in: dict).map { dict.value(at: $0) }
  }

  /// The position of a member of a dict; nil where there is none.
  func position(of name: MemberName, in dict: DictValue) -> Int? {
    dict.shape.position(of: literalBytes(name.range), hint: &memberPositions[name.number])
  }

  // MARK: - Output

  /// Bytes of the output that is being collected.
  var outputCount: Int { output.pointee.count }

  /// Gives what was printed to a function.
  func withOutput<Result>(_ body: (borrowing TextOutput) -> Result) -> Result { body(output.pointee) }

  func write(_ text: JinjaText) throws(TemplateError) {
    output.pointee.append(text)
    if output.pointee.count > limits.outputBytes { throw .limit("it prints more than \(limits.outputBytes) bytes") }
  }

  /// Prints a text of the template.
  func writeLiteral(_ range: Range<UInt32>) throws(TemplateError) {
    output.pointee.append(literalBytes(range))
    if output.pointee.count > limits.outputBytes { throw .limit("it prints more than \(limits.outputBytes) bytes") }
  }

  /// Prints a value.
  func write(_ value: JinjaValue) throws(TemplateError) {
    switch value {
    case .text(let text), .markup(let text): try write(text)
    case .undefined: return
    default: try write(try string(value))
    }
  }

  func write(_ value: JinjaValue, escaping: Compiler.Escaping) throws(TemplateError) {
    let escapes = escaping == .on || escaping == .runtime && autoescape
    try write(escapes ? try escaped(value) : try string(value))
  }

  /// Collects what is printed meanwhile.
  func capture(_ body: () throws(TemplateError) -> Flow) throws(TemplateError) -> (text: JinjaText, flow: Flow) {
    var saved = TextOutput()
    swap(&saved, &output.pointee)
    captureDepth += 1
    let flow = try body()
    captureDepth -= 1
    swap(&saved, &output.pointee)
    try charge(bytes: saved.count)
    return (JinjaText(saved), flow)
  }

  /// Takes back what was printed since a mark.
  func takeOutput(from mark: Int) -> JinjaText {
    var whole = TextOutput()
    swap(&whole, &output.pointee)
    let text = JinjaText(whole)
    output.pointee.append(text.slice(0..<mark))
    return text.slice(mark..<text.count)
  }

  /// Notes how much the template printed itself, outside macros and captured blocks.
  func noteOutput() {
    if captureDepth == 0 { committed = output.pointee.count }
  }

  func addGeneration(of text: JinjaText) { generations.append(committed..<(committed + text.count)) }

  func truncateOutput(to count: Int) { output.pointee.truncate(to: count) }

  func pushCaptured(_ text: JinjaText) { captured.append(text) }
  func popCaptured() { captured.removeLast() }
  var capturedText: JinjaText { captured.last ?? .empty }

  // MARK: - Texts of values

  /// Notes that an object is being printed; false where it is within itself.
  func enterRepr(of object: AnyObject) -> Bool {
    guard !activeReprs.contains(ObjectIdentifier(object)) else { return false }
    activeReprs.append(ObjectIdentifier(object))
    return true
  }

  func leaveRepr() { activeReprs.removeLast() }

  func joined(_ texts: [JinjaText]) throws(TemplateError) -> JinjaText {
    try charge(bytes: texts.reduce(0) { $0 + $1.count })
    return texts.count == 1 ? texts[0] : JinjaText.joined(texts)
  }

  // MARK: - Calls and iteration

  func call(_ value: JinjaValue, _ arguments: Arguments) throws(TemplateError) -> JinjaValue {
    try step()
    switch value {
    case .object(let object): return try object.call(arguments, in: self)
    case .undefined(let undefined): throw undefined.error
    default: throw .type("'\(value.typeName)' object is not callable")
    }
  }

  /// An iterator over a value; nil where it is not iterable.
  func iterator(_ value: JinjaValue) throws(TemplateError) -> ValueIterator? {
    switch value {
    case .list(let list): ElementIterator(list.elements)
    case .tuple(let tuple): ElementIterator(tuple.elements)
    case .dict(let dict): ElementIterator(dict.keys)
    case .text(let text), .markup(let text): ElementIterator(characters(of: text))
    case .undefined: ElementIterator([])
    case .object(let object): try object.makeIterator(in: self)
    default: nil
    }
  }

  /// The elements of an iterable value.
  ///
  /// - Throws: Python's TypeError where the value is not iterable.
  func elements(_ value: JinjaValue) throws(TemplateError) -> [JinjaValue] {
    switch value {
    case .list(let list): return list.elements
    case .tuple(let tuple): return tuple.elements
    default: break
    }
    guard let iterator = try iterator(value) else { throw .type("'\(value.typeName)' object is not iterable") }
    var result: [JinjaValue] = []
    while let element = try iterator.next() {
      try step()
      result.append(element)
    }
    return result
  }

  private func characters(of text: JinjaText) -> [JinjaValue] {
    withExtendedLifetime(text.storage) {
      var result: [JinjaValue] = []
      let bytes = text.bytes
      var offset = 0
      while offset < bytes.count {
        let length = PythonText.point(in: bytes, at: offset).length
        result.append(.text(text.slice(offset..<offset + length)))
        offset += length
      }
      return result
    }
  }

  /// The elements of a value for an assignment to several targets.
  func unpack(_ value: JinjaValue, into count: Int) throws(TemplateError) -> [JinjaValue] {
    if case .undefined = value {
      guard count == 0 else { throw .value("not enough values to unpack (expected \(count), got 0)") }
      return []
    }
    guard let iterator = try iterator(value) else {
      throw .type("cannot unpack non-iterable \(value.typeName) object")
    }
    var elements: [JinjaValue] = []
    while elements.count <= count, let element = try iterator.next() { elements.append(element) }
    if elements.count > count { throw .value("too many values to unpack (expected \(count))") }
    if elements.count < count {
      throw .value("not enough values to unpack (expected \(count), got \(elements.count))")
    }
    return elements
  }

  /// Python's `len`; nil where there is none.
  func length(_ value: JinjaValue) -> Int? {
    switch value {
    case .text(let text), .markup(let text):
      withExtendedLifetime(text.storage) { PythonText.length(text.bytes) }
    case .list(let list): list.elements.count
    case .tuple(let tuple): tuple.elements.count
    case .dict(let dict): dict.count
    case .undefined: 0
    case .object(let object): object.length
    default: nil
    }
  }
}
