/// An expression of a template.
struct ExpressionSyntax {
  indirect enum Kind {
    case name(String)
    /// `namespace.member` as the target of an assignment.
    case member(String, String)
    case literal(Literal)
    case tuple([ExpressionSyntax])
    case list([ExpressionSyntax])
    case dict([(key: ExpressionSyntax, value: ExpressionSyntax)])
    case attribute(ExpressionSyntax, String)
    case item(ExpressionSyntax, ExpressionSyntax)
    case slice(ExpressionSyntax?, ExpressionSyntax?, ExpressionSyntax?)
    case call(ExpressionSyntax, CallSyntax)
    /// A filter; its operand is nil in `{% filter %}` and `{% set x | f %}`.
    case filter(ExpressionSyntax?, String, CallSyntax)
    case test(ExpressionSyntax, String, CallSyntax)
    case unary(UnaryOperator, ExpressionSyntax)
    case binary(BinaryOperator, ExpressionSyntax, ExpressionSyntax)
    case and(ExpressionSyntax, ExpressionSyntax)
    case or(ExpressionSyntax, ExpressionSyntax)
    case concatenation([ExpressionSyntax])
    case comparison(ExpressionSyntax, [(ComparisonOperator, ExpressionSyntax)])
    case conditional(test: ExpressionSyntax, then: ExpressionSyntax, otherwise: ExpressionSyntax?)
    /// Text of the template between tags.
    case data([UInt8])
  }

  let kind: Kind
  let line: Int

  /// Name of the reference's node class in lower case, for messages.
  var className: String {
    switch kind {
    case .name: "name"
    case .member: "nsref"
    case .literal: "const"
    case .tuple: "tuple"
    case .list: "list"
    case .dict: "dict"
    default: "expr"
    }
  }
}

/// A constant.
enum Literal {
  case none
  case bool(Bool)
  case integer(BigInteger)
  case float(Double)
  case text([UInt8])
}

enum UnaryOperator { case plus, minus, not }

enum BinaryOperator: String { case add = "+", sub = "-", mul = "*", div = "/", floordiv = "//", mod = "%", pow = "**" }

enum ComparisonOperator { case eq, ne, lt, lteq, gt, gteq, `in`, notIn }

/// Arguments of a call, a filter or a test.
struct CallSyntax {
  var positional: [ExpressionSyntax] = []
  var keywords: [(name: String, value: ExpressionSyntax)] = []
  var spread: ExpressionSyntax?
  var keywordSpread: ExpressionSyntax?

  var isEmpty: Bool { positional.isEmpty && keywords.isEmpty && spread == nil && keywordSpread == nil }
}

/// Parameters of a macro or a call block, with the defaults of the last ones.
struct SignatureSyntax {
  var names: [String] = []
  var defaults: [ExpressionSyntax] = []
}

/// A statement of a template.
struct StatementSyntax {
  indirect enum Kind {
    case output([ExpressionSyntax])
    case assign(ExpressionSyntax, ExpressionSyntax)
    case assignBlock(ExpressionSyntax, filter: ExpressionSyntax?, [StatementSyntax])
    case `for`(ForSyntax)
    /// Branches with their tests; the last test is nil in `else`.
    case `if`([IfBranch], otherwise: [StatementSyntax])
    case macro(String, SignatureSyntax, [StatementSyntax])
    case callBlock(SignatureSyntax, ExpressionSyntax, [StatementSyntax])
    case generation([StatementSyntax])
    case filterBlock(ExpressionSyntax, [StatementSyntax])
    case with([(target: ExpressionSyntax, value: ExpressionSyntax)], [StatementSyntax])
    case autoescape(ExpressionSyntax, [StatementSyntax])
    case block(BlockSyntax)
    case include(ExpressionSyntax)
    case extends(ExpressionSyntax)
    /// `import` and `from ... import`, with the names that they store.
    case imports(ExpressionSyntax, [String])
    case breakLoop
    case continueLoop
  }

  let kind: Kind
  let line: Int
}

struct IfBranch {
  let test: ExpressionSyntax
  let body: [StatementSyntax]
  let line: Int
}

struct ForSyntax {
  let target: ExpressionSyntax
  let iterable: ExpressionSyntax
  let test: ExpressionSyntax?
  let isRecursive: Bool
  let body: [StatementSyntax]
  let otherwise: [StatementSyntax]
}

struct BlockSyntax {
  let name: String
  let isScoped: Bool
  let isRequired: Bool
  let body: [StatementSyntax]
}
