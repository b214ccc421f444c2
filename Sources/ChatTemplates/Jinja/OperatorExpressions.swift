/// `not value`
final class NotExpression: Expression {
  private let operand: any Expression
  init(_ operand: any Expression) { self.operand = operand }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue { .bool(try !operand.isTrue(in: scope)) }
  func isTrue(in scope: Scope) throws(TemplateError) -> Bool { try !operand.isTrue(in: scope) }
}

/// `-value` and `+value`
final class SignExpression: Expression {
  private let operand: any Expression
  private let isMinus: Bool

  init(_ operand: any Expression, isMinus: Bool) {
    self.operand = operand
    self.isMinus = isMinus
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    try Arithmetic.signed(try operand.evaluate(in: scope), isMinus: isMinus)
  }
}

/// All operators of arithmetic but `+`.
final class BinaryExpression: Expression {
  private let operation: BinaryOperator
  private let left, right: any Expression

  init(_ operation: BinaryOperator, _ left: any Expression, _ right: any Expression) {
    self.operation = operation
    self.left = left
    self.right = right
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let left = try left.evaluate(in: scope)
    let right = try right.evaluate(in: scope)
    if case .whole(let a, let first) = left, case .whole(let b, let second) = right,
      let result = Self.small(operation, a, b)
    {
      return .whole(result, first.joined(second))
    }
    return try scope.renderer.compute(operation, left, right)
  }
}

extension BinaryExpression {
  /// The result for whole numbers of 64 bits; nil where it is no such number or takes more thought.
  private static func small(_ operation: BinaryOperator, _ left: Int, _ right: Int) -> Int? {
    switch operation {
    case .sub:
      let (result, overflow) = left.subtractingReportingOverflow(right)
      return overflow ? nil : result
    case .mul:
      let (result, overflow) = left.multipliedReportingOverflow(by: right)
      return overflow ? nil : result
    case .mod where right > 0:
      let rest = left % right
      return rest < 0 ? rest + right : rest
    case .floordiv where right > 0: return left / right - (left % right < 0 ? 1 : 0)
    default: return nil
    }
  }
}

/// `left + right`; where texts are printed, they are printed one after the other.
final class AddExpression: Expression {
  let left, right: any Expression
  /// The left operand where it is a sum too.
  private let sum: AddExpression?
  /// How many operands all sums have together.
  private let operandCount: Int

  init(_ left: any Expression, _ right: any Expression) {
    self.left = left
    self.right = right
    sum = left as? AddExpression
    operandCount = (sum?.operandCount ?? 1) + 1
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    var texts: [JinjaText] = []
    texts.reserveCapacity(operandCount)
    if let value = try collect(in: scope, into: &texts) { return value }
    return .text(try scope.renderer.joined(texts))
  }

  /// Appends the operands where all are plain texts; else nothing, and the sum is returned.
  private func collect(in scope: Scope, into texts: inout [JinjaText]) throws(TemplateError) -> JinjaValue? {
    let mark = texts.count
    if let sum {
      if let value = try sum.collect(in: scope, into: &texts) {
        return try scope.renderer.add(value, try right.evaluate(in: scope))
      }
    } else {
      let value = try left.evaluate(in: scope)
      guard case .text(let text) = value else { return try scope.renderer.add(value, try right.evaluate(in: scope)) }
      texts.append(text)
    }
    let value = try right.evaluate(in: scope)
    if case .text(let text) = value {
      texts.append(text)
      return nil
    }
    let joined = try scope.renderer.joined(Array(texts[mark...]))
    texts.removeSubrange(mark...)
    return try scope.renderer.add(.text(joined), value)
  }

  func write(in scope: Scope) throws(TemplateError) {
    if try !writeText(in: scope) { try scope.renderer.write(scope.renderer.takeUnwritten()) }
  }

  func writeText(in scope: Scope) throws(TemplateError) -> Bool {
    // Errors end the rendering, so what was printed before one does not matter, but a markup may come yet.
    let mark = scope.renderer.outputMark
    guard try left.writeText(in: scope) else {
      let value = scope.renderer.takeUnwritten()
      return try scope.renderer.writeText(try scope.renderer.add(value, try right.evaluate(in: scope)))
    }
    if try right.writeText(in: scope) { return true }
    let text = JinjaValue.text(scope.renderer.takeOutput(from: mark))
    return try scope.renderer.writeText(try scope.renderer.add(text, scope.renderer.takeUnwritten()))
  }
}

/// `left and right`
final class AndExpression: Expression {
  private let left, right: any Expression

  init(_ left: any Expression, _ right: any Expression) {
    self.left = left
    self.right = right
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = try left.evaluate(in: scope)
    return try value.isTrue ? right.evaluate(in: scope) : value
  }

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool {
    guard try left.isTrue(in: scope) else { return false }
    return try right.isTrue(in: scope)
  }
}

/// `left or right`
final class OrExpression: Expression {
  private let left, right: any Expression

  init(_ left: any Expression, _ right: any Expression) {
    self.left = left
    self.right = right
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = try left.evaluate(in: scope)
    return try value.isTrue ? value : right.evaluate(in: scope)
  }

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool {
    guard try !left.isTrue(in: scope) else { return true }
    return try right.isTrue(in: scope)
  }
}

/// `a ~ b ~ c`
final class ConcatenationExpression: Expression {
  private let parts: [any Expression]
  /// The parts as they are printed.
  private let first, second: any Expression
  private let escaping: Compiler.Escaping

  /// Takes at least two parts.
  init(_ parts: [any Expression], escaping: Compiler.Escaping) {
    self.parts = parts
    let middle = parts.count / 2
    func joined(_ parts: ArraySlice<any Expression>) -> any Expression {
      parts.count == 1 ? parts[parts.startIndex] : ConcatenationExpression(Array(parts), escaping: escaping)
    }
    first = joined(parts[..<middle])
    second = joined(parts[middle...])
    self.escaping = escaping
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    var values: [JinjaValue] = []
    values.reserveCapacity(parts.count)
    for part in parts { values.append(try part.evaluate(in: scope)) }
    let renderer = scope.renderer
    // With autoescape, one markup among the parts makes markup of them all.
    if escaping != .off, values.contains(where: \.isMarkup) {
      var texts: [JinjaText] = []
      for value in values { texts.append(try renderer.escaped(value)) }
      return .markup(try renderer.joined(texts))
    }
    var texts: [JinjaText] = []
    texts.reserveCapacity(values.count)
    for value in values { texts.append(try renderer.string(value)) }
    return .text(try renderer.joined(texts))
  }

  func write(in scope: Scope) throws(TemplateError) {
    guard escaping == .off else { return try scope.renderer.write(try evaluate(in: scope)) }
    try first.write(in: scope)
    try second.write(in: scope)
  }
}

/// `then if test else otherwise`
final class ConditionalExpression: Expression {
  private let test, then: any Expression
  private let otherwise: (any Expression)?
  private let line: Int

  init(test: any Expression, then: any Expression, otherwise: (any Expression)?, line: Int) {
    self.test = test
    self.then = then
    self.otherwise = otherwise
    self.line = line
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    if try test.isTrue(in: scope) { return try then.evaluate(in: scope) }
    if let otherwise { return try otherwise.evaluate(in: scope) }
    return .undefined(
      UndefinedValue(
        .hint("the inline if-expression on line \(line) evaluated to false and no else section was defined.")))
  }

  func write(in scope: Scope) throws(TemplateError) {
    if try test.isTrue(in: scope) {
      try then.write(in: scope)
    } else {
      try otherwise?.write(in: scope)
    }
  }
}
