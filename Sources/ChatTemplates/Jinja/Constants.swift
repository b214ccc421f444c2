/// What jinja2 knows of a template before it runs: constants, and what they choose.
///
/// Source: jinja2 3.1.6, `nodes.py`, the methods `as_const`, and `optimizer.py`.
struct ConstantRules {
  /// Whether filters and tests of constants are constants, as they are where it is known how texts are escaped.
  let callsFunctions: Bool

  /// Filters that are given the context, which is not known before.
  private static let contextual: Set<String> = ["map", "select", "reject", "selectattr", "rejectattr", "random"]

  /// Whether a value is known before the template runs; what is not reached does not matter.
  func isConstant(_ value: ExpressionSyntax) -> Bool {
    switch value.kind {
    case .and(let left, let right): isConstant(left) && (truth(of: left) == false || isConstant(right))
    case .or(let left, let right): isConstant(left) && (truth(of: left) == true || isConstant(right))
    case .conditional(let test, let then, let otherwise):
      switch truth(of: test) {
      case true: isConstant(then)
      case false: otherwise.map(isConstant) ?? false
      case nil: false
      }
    default: isMade(value, ofParts: isConstant)
    }
  }

  /// The truth of a constant; nil for any other value, and where finding out is an error.
  func truth(of value: ExpressionSyntax) -> Bool? {
    switch value.kind {
    case .literal(let constant): constant.isTrue
    case .tuple(let parts), .list(let parts): isConstant(value) ? !parts.isEmpty : nil
    case .dict(let pairs): isConstant(value) ? !pairs.isEmpty : nil
    case .unary(.not, let operand): truth(of: operand).map(!)
    case .and(let left, let right): truth(of: left) == true ? truth(of: right) : truth(of: left)
    case .or(let left, let right): truth(of: left) == false ? truth(of: right) : truth(of: left)
    case .conditional(let test, let then, let otherwise):
      switch truth(of: test) {
      case true: truth(of: then)
      case false: otherwise.flatMap(truth)
      case nil: nil
      }
    default: hasNoChoice(value) ? Compiler.truth(of: value) : nil
    }
  }

  /// Whether a value is a constant without `and`, `or` and `if`, so that looking into it costs no more than its length.
  private func hasNoChoice(_ value: ExpressionSyntax) -> Bool {
    switch value.kind {
    case .and, .or, .conditional: false
    default: isMade(value, ofParts: hasNoChoice)
    }
  }

  /// Whether a value is made of parts that all are of a sort, in a way that is known before the template runs.
  private func isMade(_ value: ExpressionSyntax, ofParts isOfSort: (ExpressionSyntax) -> Bool) -> Bool {
    switch value.kind {
    case .literal: true
    case .tuple(let parts), .list(let parts), .concatenation(let parts): parts.allSatisfy(isOfSort)
    case .dict(let pairs): pairs.allSatisfy { isOfSort($0.key) && isOfSort($0.value) }
    case .attribute(let owner, _), .unary(_, let owner): isOfSort(owner)
    case .item(let left, let right), .binary(_, let left, let right): isOfSort(left) && isOfSort(right)
    case .slice(let start, let stop, let step): [start, stop, step].allSatisfy { $0.map(isOfSort) ?? true }
    case .comparison(let first, let rest): isOfSort(first) && rest.allSatisfy { isOfSort($0.1) }
    case .filter(let operand?, let name, let call):
      callsFunctions && Filters.table[name] != nil && !Self.contextual.contains(name) && isOfSort(operand)
        && isMade(call, ofParts: isOfSort)
    case .test(let operand, let name, let call):
      callsFunctions && Tests.table[name] != nil && isOfSort(operand) && isMade(call, ofParts: isOfSort)
    case .filter, .name, .member, .call, .data, .and, .or, .conditional: false
    }
  }

  private func isMade(_ call: CallSyntax, ofParts isOfSort: (ExpressionSyntax) -> Bool) -> Bool {
    call.positional.allSatisfy(isOfSort) && call.keywords.allSatisfy { isOfSort($0.value) }
      && (call.spread.map(isOfSort) ?? true) && (call.keywordSpread.map(isOfSort) ?? true)
  }
}

extension ExpressionSyntax {
  /// Whether the value is known before the template runs, even where it is not known how texts are escaped.
  var isConstant: Bool { ConstantRules(callsFunctions: false).isConstant(self) }

  /// The truth of such a constant; nil for any other value.
  var constantTruth: Bool? { ConstantRules(callsFunctions: false).truth(of: self) }
}

extension Compiler {
  /// How much finding out the truth of a constant may take; what takes more is left to the template.
  private static let limits = TemplateLimits(steps: 10_000, outputBytes: 1 << 16, depth: 20)

  /// The truth of a constant; nil where finding out is an error.
  static func truth(of constant: ExpressionSyntax) -> Bool? {
    var compiler = Compiler()
    let frame = Frame(symbols: Symbols(parent: nil, function: FunctionBuilder(parent: nil)))
    do throws(TemplateError) {
      let expression = try compiler.compile(constant, frame)
      let program = compiler.program(root: Function(slotCount: 0, entry: [], body: Body([])), blocks: [:])
      let renderer = Renderer(program, limits: limits, clock: .epoch, variable: { _ in nil })
      return try expression.isTrue(in: renderer.makeScope())
    } catch { return nil }
  }

  /// Whether the left side of `and` or `or` is a constant of a truth that makes it the value. Where jinja2's optimizer
  /// runs, nothing ever looks at the right side then.
  func isSettled(by left: ExpressionSyntax, _ truth: Bool, _ frame: Frame) -> Bool {
    frame.escaping != .runtime && ConstantRules(callsFunctions: true).truth(of: left) == truth
  }
}
