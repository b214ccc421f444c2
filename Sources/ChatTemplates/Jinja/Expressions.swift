/// A text of the template.
final class TextLiteral: Expression {
  let range: Range<UInt32>
  init(_ range: Range<UInt32>) { self.range = range }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue { .text(scope.renderer.literal(range)) }
  func isTrue(in scope: Scope) throws(TemplateError) -> Bool { !range.isEmpty }
  func write(in scope: Scope) throws(TemplateError) { try scope.renderer.writeLiteral(range) }
}

/// A constant that is no text.
final class ConstantExpression: Expression {
  enum Constant: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case big(BigInteger)
    case float(Double)
  }

  private let constant: Constant
  init(_ constant: Constant) { self.constant = constant }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    switch constant {
    case .none: .none
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .big(let value): .big(value)
    case .float(let value): .float(value)
    }
  }
}

/// A variable of the running function.
final class VariableExpression: Expression {
  let slot: Int
  private let name: String

  init(_ slot: Int, _ name: String) {
    self.slot = slot
    self.name = name
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = scope.slots[slot]
    if case .missing = value { return .undefined(UndefinedValue(.name(name))) }
    return value
  }
}

/// A variable of an enclosing function.
final class OuterVariableExpression: Expression {
  private let reference: SlotReference
  private let name: String

  init(_ reference: SlotReference, _ name: String) {
    self.reference = reference
    self.name = name
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = scope[reference]
    if case .missing = value { return .undefined(UndefinedValue(.name(name))) }
    return value
  }
}

/// `[...]` and `(...)`
final class SequenceExpression: Expression {
  private let isTuple: Bool
  private let elements: [any Expression]

  init(isTuple: Bool, _ elements: [any Expression]) {
    self.isTuple = isTuple
    self.elements = elements
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    var values: [JinjaValue] = []
    values.reserveCapacity(elements.count)
    for element in elements { values.append(try element.evaluate(in: scope)) }
    return isTuple ? .tuple(values) : .list(values)
  }
}

/// `{...}`
final class DictExpression: Expression {
  private let keys: [any Expression]
  private let values: [any Expression]

  init(keys: [any Expression], values: [any Expression]) {
    self.keys = keys
    self.values = values
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    var pairs: [(JinjaValue, JinjaValue)] = []
    for (key, value) in zip(keys, values) {
      pairs.append((try key.evaluate(in: scope), try value.evaluate(in: scope)))
    }
    for (key, _) in pairs { try key.checkHashable() }
    return .dict(DictValue(pairs))
  }
}

/// `value.name`
final class AttributeExpression: Expression {
  private let owner: any Expression
  private let name: MemberName

  init(_ owner: any Expression, _ name: MemberName) {
    self.owner = owner
    self.name = name
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    try scope.renderer.attribute(name, of: try owner.evaluate(in: scope))
  }
}

/// `value['name']`
final class MemberExpression: Expression {
  private let owner: any Expression
  private let name: MemberName

  init(_ owner: any Expression, _ name: MemberName) {
    self.owner = owner
    self.name = name
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = try owner.evaluate(in: scope)
    let renderer = scope.renderer
    if case .dict(let dict) = value, let member = renderer.member(name, of: dict) { return member }
    let key = JinjaValue.text(renderer.literal(name.range))
    if name.isPlain(for: value) { return .undefined(UndefinedValue(.member(of: value, name: key))) }
    return try renderer.item(key, of: value)
  }
}

/// `variable.name` and `variable['name']`, looked up in place where the variable is a dict.
final class VariableMemberExpression: Expression {
  private let slot: Int
  private let name: MemberName
  private let isAlwaysKey: Bool
  /// The same for all other values.
  private let general: any Expression

  init(_ variable: VariableExpression, _ name: MemberName, isItem: Bool, general: any Expression) {
    slot = variable.slot
    self.name = name
    isAlwaysKey = isItem || name.dictMethod == nil
    self.general = general
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    if isAlwaysKey, case .dict(let dict) = scope.slots[slot], let member = scope.renderer.member(name, of: dict) {
      return member
    }
    return try general.evaluate(in: scope)
  }
}

/// `value[key]`
final class ItemExpression: Expression {
  private let owner: any Expression
  private let key: any Expression

  init(_ owner: any Expression, _ key: any Expression) {
    self.owner = owner
    self.key = key
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = try owner.evaluate(in: scope)
    return try scope.renderer.item(try key.evaluate(in: scope), of: value)
  }
}

/// `value[start:stop:step]`
final class SliceExpression: Expression {
  private let owner: any Expression
  private let start, stop, step: (any Expression)?

  init(_ owner: any Expression, start: (any Expression)?, stop: (any Expression)?, step: (any Expression)?) {
    self.owner = owner
    self.start = start
    self.stop = stop
    self.step = step
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = try owner.evaluate(in: scope)
    let bounds = SliceBounds(
      start: try start?.evaluate(in: scope), stop: try stop?.evaluate(in: scope), step: try step?.evaluate(in: scope))
    return try scope.renderer.slice(value, bounds)
  }
}

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
    if case .int(let a) = left, case .int(let b) = right, let result = Self.small(operation, a, b) {
      return .int(result)
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
  /// The operands of a chain of additions from left to right.
  private let operands: [any Expression]
  /// The ranges of those operands that are texts of the template.
  private let literals: [Range<UInt32>?]

  init(_ left: any Expression, _ right: any Expression) {
    operands = ((left as? AddExpression)?.operands ?? [left]) + [right]
    literals = operands.map { ($0 as? TextLiteral)?.range }
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    var sum = try operands[0].evaluate(in: scope)
    for operand in operands.dropFirst() {
      sum = try scope.renderer.add(sum, try operand.evaluate(in: scope))
    }
    return sum
  }

  func write(in scope: Scope) throws(TemplateError) {
    let renderer = scope.renderer
    // Errors end the rendering, so what was printed before one does not matter, but a markup may come yet.
    let mark = renderer.outputCount
    if let range = literals[0] {
      try renderer.writeLiteral(range)
    } else {
      let first = try operands[0].evaluate(in: scope)
      guard case .text(let text) = first else {
        var sum = first
        for operand in operands.dropFirst() { sum = try renderer.add(sum, try operand.evaluate(in: scope)) }
        return try renderer.write(sum)
      }
      try renderer.write(text)
    }
    for index in 1..<operands.count {
      if let range = literals[index] {
        try renderer.writeLiteral(range)
        continue
      }
      let value = try operands[index].evaluate(in: scope)
      if case .text(let text) = value {
        try renderer.write(text)
        continue
      }
      var sum = try renderer.add(.text(renderer.takeOutput(from: mark)), value)
      for operand in operands.dropFirst(index + 1) { sum = try renderer.add(sum, try operand.evaluate(in: scope)) }
      return try renderer.write(sum)
    }
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
    return value.isTrue ? try right.evaluate(in: scope) : value
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
    return value.isTrue ? value : try right.evaluate(in: scope)
  }

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool {
    guard try !left.isTrue(in: scope) else { return true }
    return try right.isTrue(in: scope)
  }
}

/// `a ~ b ~ c`
final class ConcatenationExpression: Expression {
  private let parts: [any Expression]
  private let escaping: Compiler.Escaping

  init(_ parts: [any Expression], escaping: Compiler.Escaping) {
    self.parts = parts
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
    for part in parts { try part.write(in: scope) }
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
