/// Names that jinja2 gives, in the code that it generates, to the filters and tests of a template.
///
/// Where a filter or test is not known, a function of that name stands in for it. It takes no keyword arguments, and
/// Python's message about those holds the name: `root.<locals>.t_1`.
///
/// Source: jinja2 3.1.6, `compiler.py`: `pull_dependencies`, and every call of `temporary_identifier`.
struct StandInNames {
  enum Kind: String { case filter, test }

  private var filters: [String: Int] = [:]
  private var tests: [String: Int] = [:]
  /// How many names jinja2 has made so far.
  private var count = 0

  /// Names what the template uses: first all of its main part, then block after block.
  init(_ statements: [StatementSyntax], blocks: [BlockSyntax]) {
    for body in [statements] + blocks.map(\.body) {
      var found = FunctionNames()
      found.visit(body)
      Self.number(found.filters, &filters, from: &count)
      Self.number(found.tests, &tests, from: &count)
      count += found.otherNames
    }
  }

  private static func number(_ names: Set<String>, _ numbers: inout [String: Int], from count: inout Int) {
    for name in names.sorted(by: { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) })
    where numbers[name] == nil {
      count += 1
      numbers[name] = count
    }
  }

  /// Python's name of what stands in for a filter or test that is reached within a function: `root` or `block_NAME`.
  func name(of kind: Kind, _ name: String, in function: String) -> String {
    let numbers = kind == .filter ? filters : tests
    return "\(function).<locals>.t_\(numbers[name] ?? 0)"
  }
}

/// The filters and tests that a body uses outside its blocks, and how many names jinja2 makes for its statements.
private struct FunctionNames {
  private(set) var filters: Set<String> = []
  private(set) var tests: Set<String> = []
  private(set) var otherNames = 0

  mutating func visit(_ body: [StatementSyntax]) {
    for statement in body {
      if case .block = statement.kind { continue }
      for expression in statement.expressions { visit(expression) }
      otherNames += statement.generatedNames
      for body in statement.bodies { visit(body) }
    }
  }

  private mutating func visit(_ expression: ExpressionSyntax) {
    switch expression.kind {
    case .filter(_, let name, _): filters.insert(name)
    case .test(_, let name, _): tests.insert(name)
    default: break
    }
    var children: [ExpressionSyntax] = []
    expression.forEachChild { children.append($0) }
    for child in children { visit(child) }
  }
}

extension StatementSyntax {
  /// The expressions of a statement, without those of its bodies.
  fileprivate var expressions: [ExpressionSyntax] {
    switch kind {
    case .output(let values): values
    case .assign(_, let value): [value]
    case .assignBlock(_, let filter, _): filter.map { [$0] } ?? []
    case .for(let loop): [loop.iterable] + (loop.test.map { [$0] } ?? [])
    case .if(let branches, _): branches.map(\.test)
    case .macro(_, let signature, _): signature.defaults
    case .callBlock(let signature, let call, _): signature.defaults + [call]
    case .filterBlock(let filter, _): [filter]
    case .with(let pairs, _): pairs.map(\.value)
    case .autoescape(let option, _): [option]
    case .include(let template), .extends(let template), .imports(let template, _): [template]
    case .generation, .block, .breakLoop, .continueLoop: []
    }
  }

  /// How many names the statement itself needs: for what it captures, for the test and the `else` of a loop.
  fileprivate var generatedNames: Int {
    switch kind {
    case .assignBlock, .macro, .callBlock, .generation, .filterBlock, .autoescape: 1
    case .for(let loop): (loop.test == nil ? 0 : 1) + (loop.isRecursive ? 1 : 0) + (loop.otherwise.isEmpty ? 0 : 1)
    default: 0
    }
  }
}
