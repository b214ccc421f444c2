/// Compiles the syntax of a template into a program.
///
/// Source: jinja2 3.1.6, `compiler.py`; each method names what it compiles.
struct Compiler {
  var literals: [UInt8] = []
  private var literalRanges: [[UInt8]: Range<UInt32>] = [:]
  /// Texts between tags and string constants, each once.
  private var constantTexts: [[UInt8]] = []
  private var knownConstantTexts: Set<[UInt8]> = []
  var hasGeneration = false
  /// Number of members that are named in the template.
  var memberCount = 0
  /// Number of lists and dicts of constants.
  var constantCount = 0
  private(set) var freeNames: [String] = []
  private var freeNameIndexes: [String: Int] = [:]
  private(set) var blocks: [String: BlockSyntax] = [:]
  private var blockOrder: [(block: BlockSyntax, line: Int)] = []
  private var standIns = StandInNames([], blocks: [])
  /// The function of the code that jinja2 generates whose part is compiled.
  private var generatedFunction = "root"

  /// How printing and joining treats markup: known at this place, or decided when it runs.
  enum Escaping: Sendable { case off, on, runtime }

  /// Where in the template the compiler is.
  struct Frame {
    var symbols: Symbols
    var escaping: Escaping = .off
    /// How constants are printed where that is decided for everything else when it runs.
    var constantEscaping: Escaping = .off
    var isTopLevel = false
    /// Whether an unknown filter or test is an error only when it is reached.
    var isSoft = false
    /// Whether there is a loop that `break` and `continue` can leave.
    var isInsideLoop = false

    var function: FunctionBuilder { symbols.function }

    func inner(function: FunctionBuilder? = nil) -> Frame {
      var frame = Frame(symbols: Symbols(parent: symbols, function: function ?? symbols.function))
      frame.escaping = escaping
      frame.constantEscaping = constantEscaping
      frame.isInsideLoop = function == nil && isInsideLoop
      return frame
    }

    func soft() -> Frame {
      var frame = self
      frame.symbols = symbols.copy()
      frame.isSoft = true
      return frame
    }
  }

  static func compile(_ source: String) throws(TemplateError) -> Program {
    let statements = try Parser.statements(of: source)
    var compiler = Compiler()
    return try compiler.compile(statements)
  }

  // MARK: - The whole

  private mutating func compile(_ statements: [StatementSyntax]) throws(TemplateError) -> Program {
    try collectBlocks(statements)
    standIns = StandInNames(statements, blocks: blockOrder.map(\.block))
    let function = FunctionBuilder(parent: nil)
    var frame = Frame(symbols: Symbols(parent: nil, function: function))
    frame.isTopLevel = true
    let usesSelf = !UndeclaredNames.find(["self"], in: statements).isEmpty
    var prologue: [any Statement] = []
    if usesSelf {
      let variable = frame.symbols.declareParameter("self")
      prologue.append(SelfStatement(slot: function.slot(variable.identifier)))
    }
    frame.symbols.analyze(statements)
    let entry = self.entry(of: frame)
    let body = Body(prologue + (try compileStatements(statements, frame)))
    var compiledBlocks: [String: Function] = [:]
    for (block, _) in blockOrder {
      generatedFunction = "block_\(block.name)"
      compiledBlocks[block.name] = try compileBlockFunction(block)
    }
    return program(
      root: Function(slotCount: function.slotCount, entry: entry, body: body), blocks: compiledBlocks)
  }

  func program(root: Function, blocks: [String: Function]) -> Program {
    Program(
      literals: literals, constantTexts: constantTexts, freeNames: freeNames, root: root, blocks: blocks,
      exportsVariables: !blocks.isEmpty, hasGeneration: hasGeneration, memberCount: memberCount,
      constantCount: constantCount)
  }

  private mutating func collectBlocks(_ statements: [StatementSyntax]) throws(TemplateError) {
    for statement in statements {
      if case .block(let block) = statement.kind {
        if blocks[block.name] != nil {
          throw assertion("block \(PythonText.repr(block.name)) defined twice", line: statement.line)
        }
        blocks[block.name] = block
        blockOrder.append((block, statement.line))
      }
      for body in statement.bodies { try collectBlocks(body) }
    }
  }

  private mutating func compileBlockFunction(_ block: BlockSyntax) throws(TemplateError) -> Function {
    let function = FunctionBuilder(parent: nil)
    let frame = Frame(symbols: Symbols(parent: nil, function: function))
    let undeclared = UndeclaredNames.find(["self", "super"], in: block.body)
    var prologue: [any Statement] = []
    if undeclared.contains("self") {
      let variable = frame.symbols.declareParameter("self")
      prologue.append(SelfStatement(slot: function.slot(variable.identifier)))
    }
    if undeclared.contains("super") {
      let variable = frame.symbols.declareParameter("super")
      prologue.append(SuperStatement(slot: function.slot(variable.identifier), block: block.name))
    }
    frame.symbols.analyze(block.body)
    let entry = self.entry(of: frame)
    let body = Body(prologue + (try compileStatements(block.body, frame)))
    return Function(slotCount: function.slotCount, entry: entry, body: body)
  }

  /// Refuses a filter or test that is not known, but in branches, where that is an error only when it is reached.
  func checkUnknown(_ kind: StandInNames.Kind, _ name: String, line: Int, _ frame: Frame) throws(TemplateError) {
    guard frame.isSoft else { throw assertion("No \(kind) named \(PythonText.repr(name)).", line: line) }
  }

  /// What stands in for a filter or test that is not known.
  func standIn(
    for kind: StandInNames.Kind, _ name: String, _ operand: any Expression, _ arguments: ArgumentsCode
  ) -> any Expression {
    StandInExpression(
      for: kind, name, called: standIns.name(of: kind, name, in: generatedFunction), operand, arguments)
  }

  func assertion(_ message: String, line: Int) -> TemplateError {
    TemplateError(.failed, message, className: "TemplateAssertionError", line: line)
  }

  // MARK: - Names and literals

  /// The range of a text among the literals.
  mutating func literal(_ bytes: [UInt8]) -> Range<UInt32> {
    if let range = literalRanges[bytes] { return range }
    let start = UInt32(literals.count)
    literals += bytes
    let range = start..<UInt32(literals.count)
    literalRanges[bytes] = range
    return range
  }

  /// The range of a text between tags or of a string constant.
  mutating func constantText(_ bytes: [UInt8]) -> Range<UInt32> {
    if knownConstantTexts.insert(bytes).inserted { constantTexts.append(bytes) }
    return literal(bytes)
  }

  /// The range of two literals, one after the other.
  mutating func joined(_ left: Range<UInt32>, _ right: Range<UInt32>) -> Range<UInt32> {
    literal([left, right].flatMap { literals[Int($0.lowerBound)..<Int($0.upperBound)] })
  }

  mutating func freeName(_ name: String) -> Int {
    if let index = freeNameIndexes[name] { return index }
    freeNameIndexes[name] = freeNames.count
    freeNames.append(name)
    return freeNames.count - 1
  }

  func slot(_ variable: Symbols.Variable, in frame: Frame) -> SlotReference {
    SlotReference(
      depth: frame.function.distance(to: variable.function), index: variable.function.slot(variable.identifier))
  }

  func slot(_ name: String, in frame: Frame) -> SlotReference {
    guard let variable = frame.symbols.find(name) else {
      // Every name was analyzed before its scope is compiled; a new slot is undefined.
      return SlotReference(depth: 0, index: frame.function.temporarySlot())
    }
    return slot(variable, in: frame)
  }

  /// What entering a scope loads.
  mutating func entry(of frame: Frame) -> [SlotLoad] {
    var result: [SlotLoad] = []
    // In one order always, so that a template compiles to the same program each time.
    for (variable, load) in frame.symbols.loads.sorted(by: { $0.key.identifier < $1.key.identifier }) {
      let index = variable.function.slot(variable.identifier)
      switch load {
      case .parameter: continue
      case .resolve(let name): result.append(.resolve(slot: index, name: freeName(name)))
      case .alias(let other): result.append(.alias(slot: index, of: slot(other, in: frame)))
      case .undefined: result.append(.missing(slot: index))
      }
    }
    return result
  }

  /// Slots of the parameters of a scope.
  func parameters(of frame: Frame) -> [Int] {
    frame.symbols.loads.compactMap { variable, load in
      guard case .parameter = load else { return nil }
      return variable.function.slot(variable.identifier)
    }
  }

  mutating func compileBody(_ statements: [StatementSyntax], _ frame: Frame) throws(TemplateError) -> Body {
    Body(try compileStatements(statements, frame))
  }

  private mutating func compileStatements(
    _ statements: [StatementSyntax], _ frame: Frame
  ) throws(TemplateError) -> [any Statement] {
    var result: [any Statement] = []
    for statement in statements { result.append(try compile(statement, frame)) }
    return result
  }
}

extension StatementSyntax {
  /// The bodies within a statement.
  var bodies: [[StatementSyntax]] {
    switch kind {
    case .assignBlock(_, _, let body), .macro(_, _, let body), .callBlock(_, _, let body), .generation(let body),
      .filterBlock(_, let body), .with(_, let body), .autoescape(_, let body):
      [body]
    case .for(let loop): [loop.body, loop.otherwise]
    case .if(let branches, let otherwise): branches.map(\.body) + [otherwise]
    case .block(let block): [block.body]
    default: []
    }
  }
}
