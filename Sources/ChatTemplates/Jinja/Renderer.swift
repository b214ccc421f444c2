/// What changes while a template is rendered.
private struct RenderingState: ~Copyable {
  /// What is being printed, or captured.
  var output = TextOutput()
  var generations: [Range<Int>] = []
  var autoescape = false
  var steps = 0
  var depth = 0
  var captureDepth = 0
  /// Bytes of the whole output before the statement or part that runs.
  var committed = 0
  /// How many texts of it a recording follows.
  var committedInsertions = 0
  /// A value that was not printed because it is no plain text.
  var unwritten = JinjaValue.missing
  var captured: [JinjaText] = []
  var exported: [Int: JinjaValue] = [:]
  var registeredScopes: [Scope] = []
  var registeredNamespaces: [NamespaceValue] = []
  var activeReprs: [ObjectIdentifier] = []

  /// Begins a rendering, whatever an error has left of the one before.
  mutating func reset() {
    output.removeAll()
    if !generations.isEmpty { generations.removeAll() }
    autoescape = false
    steps = 0
    depth = 0
    captureDepth = 0
    (committed, committedInsertions) = (0, 0)
    unwritten = .missing
    if !captured.isEmpty { captured.removeAll() }
    if !activeReprs.isEmpty { activeReprs.removeAll() }
  }
}

/// One rendering; it can be used for one after the other.
final class Renderer {
  let program: Program
  let limits: TemplateLimits
  /// What `strftime_now` sees.
  let clock: TemplateClock
  /// What notes down what is done, where that is asked for.
  var recorder: TraceRecorder?
  /// Behind a pointer like all that follows, so that a change is not checked for others at the same time, and reading a
  /// part counts no references to the whole.
  private let state: UnsafeMutablePointer<RenderingState>
  /// The values of the free names.
  private let variables: UnsafeMutablePointer<JinjaValue>
  /// Where members were found last, by their numbers.
  private let memberPlaces: UnsafeMutablePointer<MemberPlace>
  /// Lists and dicts of constants, by their numbers.
  private let constants: UnsafeMutablePointer<JinjaValue>
  private lazy var freeNameIndexes = Dictionary(
    uniqueKeysWithValues: program.freeNames.enumerated().map { ($1, $0) })

  /// Makes a renderer; `variable` gives the arguments by name.
  init(_ program: Program, limits: TemplateLimits, clock: TemplateClock, variable: (String) -> JinjaValue?) {
    self.program = program
    self.limits = limits
    self.clock = clock
    state = .allocate(capacity: 1)
    state.initialize(to: RenderingState())
    variables = .allocate(capacity: max(1, program.freeNames.count))
    for (index, (name, global)) in zip(program.freeNames, program.globals).enumerated() {
      (variables + index).initialize(to: variable(name) ?? global.map { .object(GlobalFunction($0)) } ?? .missing)
    }
    memberPlaces = .allocate(capacity: max(1, program.memberCount))
    memberPlaces.initialize(repeating: MemberPlace(), count: program.memberCount)
    constants = .allocate(capacity: max(1, program.constantCount))
    constants.initialize(repeating: .missing, count: program.constantCount)
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
    variables.deinitialize(count: program.freeNames.count)
    variables.deallocate()
    memberPlaces.deinitialize(count: program.memberCount)
    memberPlaces.deallocate()
    constants.deinitialize(count: program.constantCount)
    constants.deallocate()
  }

  /// Replaces an argument by the number of its name, between renderings.
  func setVariable(_ number: Int, _ value: JinjaValue) { variables[number] = value }

  /// What `{% generation %}` blocks printed, as byte ranges of the output.
  var generations: [Range<Int>] { state.pointee.generations }

  /// Whether markup is escaped where that is decided when it runs.
  var autoescape: Bool {
    get { state.pointee.autoescape }
    set { state.pointee.autoescape = newValue }
  }

  /// Renders the whole template in a scope of ``makeScope()``.
  func run(in scope: Scope) throws(TemplateError) {
    state.pointee.reset()
    defer { cleanUp(scope) }
    scope.enter(program.root.entry)
    _ = try program.root.body.run(in: scope)
  }

  /// Makes the scope that a template runs in.
  func makeScope() -> Scope { Scope(renderer: self, parent: nil, slotCount: program.root.slotCount) }

  private func cleanUp(_ scope: Scope) {
    scope.clear()
    if !state.pointee.registeredScopes.isEmpty || !state.pointee.registeredNamespaces.isEmpty { breakCycles() }
    if program.exportsVariables { state.pointee.exported.removeAll() }
  }

  /// Breaks the cycles between macros, namespaces and the scopes that hold them.
  private func breakCycles() {
    for scope in state.pointee.registeredScopes { scope.clear() }
    for namespace in state.pointee.registeredNamespaces { namespace.clear() }
    for scope in state.pointee.registeredScopes { scope.isRegistered = false }
    state.pointee.registeredScopes.removeAll(keepingCapacity: true)
    state.pointee.registeredNamespaces.removeAll(keepingCapacity: true)
  }

  func register(_ scope: Scope) {
    guard !scope.isRegistered else { return }
    scope.isRegistered = true
    state.pointee.registeredScopes.append(scope)
  }

  func register(_ namespace: NamespaceValue) { state.pointee.registeredNamespaces.append(namespace) }

  // MARK: - Limits

  @inline(__always)
  func step() throws(TemplateError) {
    state.pointee.steps &+= 1
    if state.pointee.steps > limits.steps { throw tooManySteps }
  }

  /// How many steps a rendering may still take.
  var stepsLeft: Int { max(0, limits.steps - state.pointee.steps) }

  var tooManySteps: TemplateError { .limit("it takes more than \(limits.steps) steps") }

  /// Accounts for bytes that are copied or searched, and refuses texts beyond the limit.
  func charge(bytes: Int) throws(TemplateError) {
    if bytes > limits.outputBytes { throw .limit("it makes a text of more than \(limits.outputBytes) bytes") }
    state.pointee.steps += bytes >> 6
    if state.pointee.steps > limits.steps { throw tooManySteps }
  }

  /// Accounts for bytes of a text that is taken apart into characters, which takes longer.
  func charge(characters bytes: Int) throws(TemplateError) {
    state.pointee.steps += bytes >> 3
    if state.pointee.steps > limits.steps { throw tooManySteps }
  }

  /// Refuses a text that grows beyond the limit.
  func checkSize(_ bytes: Int) throws(TemplateError) {
    if bytes > limits.outputBytes { throw .limit("it makes a text of more than \(limits.outputBytes) bytes") }
  }

  /// Python's `==`, which counts as steps where it looks into lists and dicts.
  func areEqual(_ left: JinjaValue, _ right: JinjaValue) throws(TemplateError) -> Bool {
    let available = stepsLeft
    var budget = available
    let result = left.equals(right, budget: &budget)
    state.pointee.steps += available - budget
    if budget <= 0 { throw tooManySteps }
    return result
  }

  /// Accounts for elements of a list that is made.
  func charge(elements: Int) throws(TemplateError) {
    if elements > limits.steps { throw .limit("it makes a list of \(elements) elements") }
    state.pointee.steps += elements
    if state.pointee.steps > limits.steps { throw tooManySteps }
  }

  /// Accounts for the members of a dict that is made, which takes longer than a list.
  func charge(dictOf members: Int) throws(TemplateError) {
    try charge(elements: members.multipliedReportingOverflow(by: 4).overflow ? .max : 4 * members)
  }

  /// Accounts for a number that is made of digits or written with them, which takes the square of their number.
  func charge(digits: Int) throws(TemplateError) {
    state.pointee.steps += min(digits, 1 << 20) * min(digits, 1 << 20) >> 8
    if state.pointee.steps > limits.steps { throw tooManySteps }
  }

  func enterCall() throws(TemplateError) {
    state.pointee.depth += 1
    if state.pointee.depth > limits.depth { throw .recursion }
    try step()
  }

  func leaveCall() { state.pointee.depth -= 1 }

  // MARK: - Names

  func literal(_ range: Range<UInt32>) -> JinjaText {
    JinjaText(
      borrowing: program.literals, start: range.lowerBound, end: range.upperBound, origin: .template)
  }

  /// The bytes of a literal.
  @inline(__always)
  func literalBytes(_ range: Range<UInt32>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: program.literals + Int(range.lowerBound), count: range.count)
  }

  /// The list or dict of constants with a number; nil before it was needed.
  func constant(_ number: Int) -> JinjaValue? { constants[number].isMissing ? nil : constants[number] }

  func setConstant(_ number: Int, _ value: JinjaValue) { constants[number] = value }

  /// The value of a free name: what the top exported, an argument or a global function.
  func resolve(_ name: Int) -> JinjaValue {
    if program.exportsVariables, let value = state.pointee.exported[name] { return value }
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
    if let index = freeNameIndexes[name] { state.pointee.exported[index] = value }
  }

  /// Runs a block, which sees the arguments, what the top exported and, where it is scoped, further variables.
  func runBlock(_ name: String, adding variables: [(String, JinjaValue)]) throws(TemplateError) {
    guard let function = program.blocks[name] else { return }
    try enterCall()
    defer { leaveCall() }
    let previous = state.pointee.exported
    defer { state.pointee.exported = previous }
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
  @inline(__always)
  func position(of name: MemberName, in dict: DictValue) -> Int? {
    let place = memberPlaces + name.number
    if place.pointee.isKnown(for: dict) { return place.pointee.position }
    return find(name, in: dict, place)
  }

  private func find(_ name: MemberName, in dict: DictValue, _ place: UnsafeMutablePointer<MemberPlace>) -> Int? {
    place.pointee = MemberPlace(of: literalBytes(name.range), in: dict.shape)
    return place.pointee.position
  }

  // MARK: - Output

  /// Bytes of the output that is being collected, for ``takeOutput(from:)`` only.
  var outputMark: Int { state.pointee.output.size }

  /// Gives what was printed to a function.
  func withOutput<Result>(_ body: (borrowing TextOutput) -> Result) -> Result { body(state.pointee.output) }

  func write(_ text: JinjaText) throws(TemplateError) {
    state.pointee.output.append(text)
    if state.pointee.output.size > limits.outputBytes { throw tooMuchOutput }
  }

  private var tooMuchOutput: TemplateError { .limit("it prints more than \(limits.outputBytes) bytes") }

  /// Prints a text of the template.
  func writeLiteral(_ range: Range<UInt32>) throws(TemplateError) {
    state.pointee.output.append(literalBytes(range))
    if state.pointee.output.size > limits.outputBytes { throw tooMuchOutput }
  }

  /// Prints a value that is a plain text; any other is put aside.
  ///
  /// - Returns: Whether it was printed.
  func writeText(_ value: JinjaValue) throws(TemplateError) -> Bool {
    guard case .text(let text) = value else {
      state.pointee.unwritten = value
      return false
    }
    try write(text)
    return true
  }

  /// The value that was put aside instead of being printed.
  func takeUnwritten() -> JinjaValue {
    let value = state.pointee.unwritten
    state.pointee.unwritten = .missing
    return value
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
    swap(&saved, &state.pointee.output)
    state.pointee.captureDepth += 1
    let flow = try body()
    state.pointee.captureDepth -= 1
    swap(&saved, &state.pointee.output)
    try charge(bytes: saved.size)
    return (JinjaText(saved), flow)
  }

  /// Takes back what was printed since a mark.
  func takeOutput(from mark: Int) -> JinjaText {
    var whole = TextOutput()
    swap(&whole, &state.pointee.output)
    let text = JinjaText(whole)
    state.pointee.output.append(text.slice(0..<mark))
    return text.slice(mark..<text.count)
  }

  /// Notes how much the template printed itself, outside macros and captured blocks.
  func noteOutput() {
    guard state.pointee.captureDepth == 0 else { return }
    state.pointee.committed = state.pointee.output.size
    if recorder != nil { state.pointee.committedInsertions = state.pointee.output.insertions.count }
  }

  func addGeneration(of text: JinjaText) {
    let start = state.pointee.committed
    state.pointee.generations.append(start..<(start + text.chargedCount))
    recorder?.addGeneration(of: text, at: start, after: state.pointee.committedInsertions)
  }

  func truncateOutput(to count: Int) { state.pointee.output.truncate(to: count) }

  func pushCaptured(_ text: JinjaText) { state.pointee.captured.append(text) }
  func popCaptured() { state.pointee.captured.removeLast() }
  var capturedText: JinjaText { state.pointee.captured.last ?? .empty }

  // MARK: - Texts of values

  /// Notes that an object is being printed; false where it is within itself.
  func enterRepr(of object: AnyObject) -> Bool {
    guard !state.pointee.activeReprs.contains(ObjectIdentifier(object)) else { return false }
    state.pointee.activeReprs.append(ObjectIdentifier(object))
    return true
  }

  func leaveRepr() { state.pointee.activeReprs.removeLast() }

  func joined(_ texts: [JinjaText]) throws(TemplateError) -> JinjaText {
    try charge(bytes: texts.reduce(0) { $0 + $1.chargedCount })
    return texts.count == 1 ? texts[0] : JinjaText.joined(texts)
  }
}
