extension Compiler {
  mutating func compile(_ statement: StatementSyntax, _ frame: Frame) throws(TemplateError) -> any Statement {
    let line = statement.line
    switch statement.kind {
    case .output(let values): return try compileOutput(values, line, frame)
    case .assign(let target, let value):
      let checks = namespaces(in: target).map { slot($0, in: frame) }
      return AssignStatement(
        line: line, namespaces: checks, target: try compileTarget(target, frame), value: try compile(value, frame),
        exports: exports(target, frame))
    case .assignBlock(let target, let filter, let body):
      let inner = frame.inner()
      inner.symbols.analyze(body)
      let entry = self.entry(of: inner)
      return AssignBlockStatement(
        line: line, target: try compileTarget(target, frame), entry: entry, parameters: parameters(of: inner),
        body: try compileBody(body, inner),
        filter: try filter.map { value throws(TemplateError) in try compile(value, inner) },
        exports: exports(target, frame))
    case .for(let loop): return try compileLoop(loop, line, frame)
    case .if(let branches, let otherwise):
      let soft = frame.soft()
      let compiled = try compileBranches(branches[...], soft)
      return IfStatement(line: line, branches: compiled, otherwise: try compileBody(otherwise, soft))
    case .macro(let name, let signature, let body):
      let macro = try compileMacro(name, signature, body, line, frame)
      let target = slot(name, in: frame)
      return MacroStatement(line: line, macro: macro, target: target, exports: frame.isTopLevel ? name : nil)
    case .callBlock(let signature, let call, let body):
      let macro = try compileMacro(nil, signature, body, line, frame)
      guard case .call(let callee, let arguments) = call.kind else { throw .syntax("expected call", line: line) }
      return CallBlockStatement(
        line: line, macro: macro, call: try compileCall(callee, arguments, frame), escaping: frame.escaping)
    case .generation(let body):
      hasGeneration = true
      let macro = try compileMacro(nil, SignatureSyntax(), body, line, frame)
      return GenerationStatement(line: line, macro: macro, escaping: frame.escaping)
    case .filterBlock(let filter, let body):
      let inner = frame.inner()
      inner.symbols.analyze(body)
      inner.symbols.visit(filter)
      let entry = self.entry(of: inner)
      return FilterBlockStatement(
        line: line, entry: entry, parameters: parameters(of: inner), body: try compileBody(body, inner),
        filter: try compile(filter, inner), escaping: frame.escaping)
    case .with(let pairs, let body): return try compileWith(pairs, body, line, frame)
    case .autoescape(let option, let body): return try compileAutoescape(option, body, line, frame)
    case .block(let block):
      var variables: [(String, SlotReference)] = []
      if block.isScoped { variables = scopedVariables(frame) }
      return BlockStatement(line: line, name: block.name, isRequired: block.isRequired, scopedVariables: variables)
    case .include(let template):
      return NoLoaderStatement(line: line, template: try compile(template, frame), takesList: true)
    case .imports(let template, _):
      return NoLoaderStatement(line: line, template: try compile(template, frame), takesList: false)
    case .extends(let template):
      guard frame.isTopLevel else { throw assertion("cannot use extend from a non top-level scope", line: line) }
      return NoLoaderStatement(line: line, template: try compile(template, frame), takesList: false)
    case .breakLoop, .continueLoop:
      let isBreak = if case .breakLoop = statement.kind { true } else { false }
      guard frame.isInsideLoop else {
        let message = isBreak ? "'break' outside loop" : "'continue' not properly in loop"
        // The line is that of the Python code that jinja2 generates, for a template that begins with the tag.
        throw TemplateError(.failed, message + " (<template>, line 11)", className: "SyntaxError", line: line)
      }
      return FlowStatement(line: line, flow: isBreak ? .breakLoop : .continueLoop)
    }
  }

  // MARK: - Printing and assignments

  private mutating func compileOutput(
    _ values: [ExpressionSyntax], _ line: Int, _ frame: Frame
  ) throws(TemplateError) -> any Statement {
    var parts: [any Statement] = []
    for value in values {
      var range: Range<UInt32>?
      if case .data(let bytes) = value.kind {
        range = constantText(bytes)
      } else {
        var frame = frame
        // jinja2 prints constants as they were before it was undecided whether to escape.
        if value.isConstant { frame.escaping = frame.constantEscaping }
        let expression = try compile(value, frame)
        if let text = expression as? TextLiteral, frame.escaping == .off {
          range = text.range
        } else {
          parts.append(PrintStatement(line: value.line, expression: expression, escaping: frame.escaping))
        }
      }
      guard let range else { continue }
      if let before = parts.last as? LiteralStatement {
        parts[parts.count - 1] = LiteralStatement(line: before.line, range: joined(before.range, range))
      } else {
        parts.append(LiteralStatement(line: value.line, range: range))
      }
    }
    return Body.sequence(parts[...]) ?? LiteralStatement(line: line, range: 0..<0)
  }

  private mutating func compileBranches(
    _ branches: ArraySlice<IfBranch>, _ frame: Frame
  ) throws(TemplateError) -> any Branch {
    guard branches.count > 1 else {
      let branch = branches[branches.startIndex]
      return TestedBranch(
        line: branch.line, test: try compile(branch.test, frame), body: try compileBody(branch.body, frame))
    }
    let middle = branches.startIndex + branches.count / 2
    let first = try compileBranches(branches[..<middle], frame)
    return BranchPair(first, try compileBranches(branches[middle...], frame))
  }

  private func namespaces(in target: ExpressionSyntax) -> [String] {
    switch target.kind {
    case .member(let name, _): [name]
    case .tuple(let elements): elements.flatMap(namespaces)
    default: []
    }
  }

  mutating func compileTarget(_ target: ExpressionSyntax, _ frame: Frame) throws(TemplateError) -> AssignmentTarget {
    switch target.kind {
    case .member(let name, let member):
      return .member(slot(name, in: frame), literal(Array(member.utf8)))
    case .tuple(let elements):
      var targets: [AssignmentTarget] = []
      for element in elements { targets.append(try compileTarget(element, frame)) }
      return .tuple(targets)
    case .name(let name): return .variable(slot(name, in: frame))
    default: throw .syntax("can't assign to \(PythonText.repr(target.className))", line: target.line)
    }
  }

  /// Names that an assignment at the top makes visible in blocks.
  private func exports(_ target: ExpressionSyntax, _ frame: Frame) -> [String] {
    guard frame.isTopLevel else { return [] }
    switch target.kind {
    case .name(let name): return [name]
    case .tuple(let elements): return elements.flatMap { exports($0, frame) }
    default: return []
    }
  }

  private func scopedVariables(_ frame: Frame) -> [(String, SlotReference)] {
    var result: [(String, SlotReference)] = []
    var seen: Set<String> = []
    var symbols: Symbols? = frame.symbols
    while let current = symbols {
      for name in current.stores.sorted() where seen.insert(name).inserted {
        result.append((name, slot(name, in: frame)))
      }
      symbols = current.parent
    }
    return result
  }

  private mutating func compileWith(
    _ pairs: [(target: ExpressionSyntax, value: ExpressionSyntax)], _ body: [StatementSyntax], _ line: Int,
    _ frame: Frame
  ) throws(TemplateError) -> any Statement {
    let inner = frame.inner()
    for pair in pairs { inner.symbols.visitTarget(pair.target, asParameter: true) }
    inner.symbols.analyze(body)
    let entry = self.entry(of: inner)
    var assignments: [(AssignmentTarget, any Expression)] = []
    for pair in pairs { assignments.append((try compileTarget(pair.target, inner), try compile(pair.value, frame))) }
    return WithStatement(
      line: line, entry: entry, parameters: parameters(of: inner), assignments: assignments,
      body: try compileBody(body, inner))
  }

  private mutating func compileAutoescape(
    _ option: ExpressionSyntax, _ body: [StatementSyntax], _ line: Int, _ frame: Frame
  ) throws(TemplateError) -> any Statement {
    var inner = frame.inner()
    inner.symbols.visit(option)
    inner.symbols.analyze(body)
    let entry = self.entry(of: inner)
    let value = try compile(option, inner)
    if let isOn = option.constantTruth {
      inner.escaping = isOn ? .on : .off
      inner.constantEscaping = inner.escaping
    } else {
      inner.escaping = .runtime
    }
    return AutoescapeStatement(
      line: line, option: value, entry: entry, parameters: parameters(of: inner), body: try compileBody(body, inner))
  }

  // MARK: - Loops

  private mutating func compileLoop(_ loop: ForSyntax, _ line: Int, _ frame: Frame) throws(TemplateError)
    -> any Statement
  {
    if storesLoop(loop) { throw assertion("Can't assign to special loop variable in for-loop target", line: line) }
    let usesLoop =
      loop.isRecursive || !UndeclaredNames.find(["loop"], in: loop.body).isEmpty || hasScopedBlock(loop.body)
    // A recursive loop is a function of its own, which calls itself.
    let function = loop.isRecursive ? FunctionBuilder(parent: frame.function) : frame.function
    var body = frame.inner(function: loop.isRecursive ? function : nil)
    body.isInsideLoop = true
    let loopSlot = usesLoop ? slot(body.symbols.declareParameter("loop"), in: body).index : nil
    body.symbols.visitTarget(loop.target, asParameter: true)
    body.symbols.analyze(loop.body)
    var otherwise = frame.inner(function: loop.isRecursive ? function : nil)
    otherwise.isInsideLoop = loop.isRecursive ? false : frame.isInsideLoop
    otherwise.symbols.analyze(loop.otherwise)
    let bodyEntry = entry(of: body)
    let otherwiseEntry = entry(of: otherwise)
    let target = try compileTarget(loop.target, body)
    let filter = try loop.test.map { test throws(TemplateError) in try compileLoopFilter(loop, test, frame, function) }
    let iterable = try compile(loop.iterable, frame)
    let part = LoopBody(
      target: target, loopSlot: loopSlot, filter: filter, entry: bodyEntry, reentry: reentry(bodyEntry, body),
      parameters: parameters(of: body), body: try compileBody(loop.body, body), otherwiseEntry: otherwiseEntry,
      otherwiseParameters: parameters(of: otherwise), otherwise: try compileBody(loop.otherwise, otherwise))
    guard loop.isRecursive else { return ForStatement(line: line, iterable: iterable, loop: part) }
    return RecursiveForStatement(
      line: line, iterable: iterable, slotCount: function.slotCount, loop: part, escaping: frame.escaping)
  }

  /// What a scope loads again for each element of its loop.
  private func reentry(_ entry: [SlotLoad], _ frame: Frame) -> [SlotLoad] {
    entry.filter { load in
      guard case .resolve(_, let name) = load, blocks.isEmpty else { return true }
      return frame.symbols.stores.contains(freeNames[name])
    }
  }

  /// The condition of a loop has its own variables, so its target gets slots beside those of the body.
  private mutating func compileLoopFilter(
    _ loop: ForSyntax, _ test: ExpressionSyntax, _ frame: Frame, _ function: FunctionBuilder
  ) throws(TemplateError) -> LoopFilter {
    let scope = FunctionBuilder(parent: function)
    let inner = frame.inner(function: scope)
    inner.symbols.visitTarget(loop.target, asParameter: true)
    inner.symbols.visit(test)
    let entry = self.entry(of: inner)
    let target = try compileTarget(loop.target, inner)
    let condition = try compile(test, inner)
    return LoopFilter(slotCount: scope.slotCount, entry: entry, target: target, condition: condition)
  }

  private func storesLoop(_ loop: ForSyntax) -> Bool {
    isLoop(loop.target) || storesLoop(loop.body) || storesLoop(loop.otherwise)
  }

  private func isLoop(_ target: ExpressionSyntax) -> Bool {
    switch target.kind {
    case .name(let name): name == "loop"
    case .tuple(let elements): elements.contains(where: isLoop)
    default: false
    }
  }

  private func storesLoop(_ statements: [StatementSyntax]) -> Bool {
    statements.contains { statement in
      let stores =
        switch statement.kind {
        case .assign(let target, _), .assignBlock(let target, _, _): isLoop(target)
        case .for(let inner): isLoop(inner.target)
        default: false
        }
      return stores || statement.bodies.contains(where: storesLoop)
    }
  }

  private func hasScopedBlock(_ statements: [StatementSyntax]) -> Bool {
    statements.contains { statement in
      if case .block(let block) = statement.kind, block.isScoped { return true }
      return statement.bodies.contains(where: hasScopedBlock)
    }
  }

  // MARK: - Macros

  private mutating func compileMacro(
    _ name: String?, _ signature: SignatureSyntax, _ body: [StatementSyntax], _ line: Int, _ frame: Frame
  ) throws(TemplateError) -> MacroCode {
    let function = FunctionBuilder(parent: frame.function)
    let inner = frame.inner(function: function)
    var seen: Set<String> = []
    for parameter in signature.names where !seen.insert(parameter).inserted {
      // Python refuses the code that jinja2 generates; the line is that of the template here.
      throw TemplateError(
        .failed, "duplicate argument 'l_1_\(parameter)' in function definition (<template>, line \(line))",
        className: "SyntaxError", line: line)
    }
    for parameter in signature.names { inner.symbols.declareParameter(parameter) }
    for value in signature.defaults { inner.symbols.visit(value) }
    inner.symbols.analyze(body)
    var slots: [Int] = []
    for parameter in signature.names { slots.append(slot(parameter, in: inner).index) }
    let undeclared = UndeclaredNames.find(["caller", "kwargs", "varargs"], in: body)
    var callerSlot: Int?
    var usesCaller = false
    if undeclared.contains("caller") {
      usesCaller = true
      if let position = signature.names.firstIndex(of: "caller") {
        // As in the reference: a negative index into the defaults counts from their end.
        if signature.names.count - position > signature.defaults.count {
          throw assertion(
            "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.",
            line: line)
        }
      } else {
        callerSlot = slot(inner.symbols.declareParameter("caller"), in: inner).index
      }
    }
    func special(_ name: String) -> Int? {
      guard undeclared.contains(name), !signature.names.contains(name) else { return nil }
      return slot(inner.symbols.declareParameter(name), in: inner).index
    }
    let keywordSlot = special("kwargs")
    let variadicSlot = special("varargs")
    let entry = self.entry(of: inner)
    var defaults: [any Expression] = []
    for value in signature.defaults { defaults.append(try compile(value, inner)) }
    let compiled = try compileBody(body, inner)
    return MacroCode(
      name: name, parameters: signature.names, slots: slots, defaults: defaults, usesCaller: usesCaller,
      callerSlot: callerSlot, keywordSlot: keywordSlot, variadicSlot: variadicSlot,
      function: Function(slotCount: function.slotCount, entry: entry, body: compiled))
  }
}

extension Literal {
  var isTrue: Bool {
    switch self {
    case .none: false
    case .bool(let value): value
    case .integer(let value): !value.isZero
    case .float(let value): value != 0
    case .text(let bytes): !bytes.isEmpty
    }
  }
}
