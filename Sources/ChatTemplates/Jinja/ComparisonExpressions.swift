/// A comparison with a text of the template for equality.
final class TextComparison: Expression {
  private let operand: any Expression
  /// The operand where it is a member of a variable.
  private let member: PlacedMemberExpression?
  private let range: Range<UInt32>
  private let isEqual: Bool

  init(_ operand: any Expression, _ range: Range<UInt32>, isEqual: Bool) {
    self.operand = operand
    member = operand as? PlacedMemberExpression
    self.range = range
    self.isEqual = isEqual
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue { .bool(try isTrue(in: scope)) }

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool {
    let literal = scope.renderer.literalBytes(range)
    if let value = member?.value(in: scope) { return value.pointee.isText(literal) == isEqual }
    return try operand.evaluate(in: scope).isText(literal) == isEqual
  }
}

/// `in` and `not in` a list of texts of the template.
final class TextMembership: Expression {
  private let operand: any Expression
  private let ranges: [Range<UInt32>]
  private let isMember: Bool

  init(_ operand: any Expression, _ ranges: [Range<UInt32>], isMember: Bool) {
    self.operand = operand
    self.ranges = ranges
    self.isMember = isMember
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue { .bool(try isTrue(in: scope)) }

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool {
    let value = try operand.evaluate(in: scope)
    for index in ranges.indices where value.isText(scope.renderer.literalBytes(ranges[index])) { return isMember }
    return !isMember
  }
}

final class ComparisonExpression: Expression {
  private let left, right: any Expression
  private let comparison: ComparisonOperator

  init(_ left: any Expression, _ comparison: ComparisonOperator, _ right: any Expression) {
    self.left = left
    self.comparison = comparison
    self.right = right
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue { .bool(try isTrue(in: scope)) }

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool {
    let left = try left.evaluate(in: scope)
    let right = try right.evaluate(in: scope)
    if case .whole(let left, _) = left, case .whole(let right, _) = right {
      switch comparison {
      case .eq: return left == right
      case .ne: return left != right
      case .lt: return left < right
      case .lteq: return left <= right
      case .gt: return left > right
      case .gteq: return left >= right
      case .in, .notIn: break
      }
    }
    if case .flag(let left, _) = left, case .flag(let right, _) = right, comparison == .eq || comparison == .ne {
      return (left == right) == (comparison == .eq)
    }
    return try scope.renderer.compare(left, comparison, right)
  }
}

/// `a < b < c`
final class ComparisonChain: Expression {
  private let first: any Expression
  private let rest: [(ComparisonOperator, any Expression)]

  init(_ first: any Expression, _ rest: [(ComparisonOperator, any Expression)]) {
    self.first = first
    self.rest = rest
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    var left = try first.evaluate(in: scope)
    for (comparison, operand) in rest {
      let right = try operand.evaluate(in: scope)
      guard try scope.renderer.compare(left, comparison, right) else { return .bool(false) }
      left = right
    }
    return .bool(true)
  }
}
