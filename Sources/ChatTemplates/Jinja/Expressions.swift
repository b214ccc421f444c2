/// A text of the template.
final class TextLiteral: Expression {
  let range: Range<UInt32>
  init(_ range: Range<UInt32>) { self.range = range }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue { .text(scope.renderer.literal(range)) }
  func isTrue(in scope: Scope) throws(TemplateError) -> Bool { !range.isEmpty }
  func write(in scope: Scope) throws(TemplateError) { try scope.renderer.writeLiteral(range) }

  func writeText(in scope: Scope) throws(TemplateError) -> Bool {
    try scope.renderer.writeLiteral(range)
    return true
  }
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

  let constant: Constant
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
  let name: String

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool { try scope.slots[slot].isTrue }
  func isDefined(in scope: Scope) throws(TemplateError) -> Bool { !scope.slots[slot].isNotThere }

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

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool { try scope[reference].isTrue }
  func isDefined(in scope: Scope) throws(TemplateError) -> Bool { !scope[reference].isNotThere }

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

/// A list or dict of constants, which is made once for all renderings of a renderer.
final class ConstantCollection: Expression {
  private let number: Int
  private let collection: any Expression

  /// - Parameter number: number of the collection among those of the template.
  init(_ number: Int, _ collection: any Expression) {
    self.number = number
    self.collection = collection
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    if let value = scope.renderer.constant(number) { return value }
    let value = try collection.evaluate(in: scope)
    scope.renderer.setConstant(number, value)
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

/// `value[key]`
final class ItemExpression: Expression {
  private let owner: any Expression
  private let key: any Expression

  /// Where the value is if it is a dict: an element, by a constant number, of a list in a variable.
  let place: DictPlace?

  init(_ owner: any Expression, _ key: any Expression) {
    self.owner = owner
    self.key = key
    if let variable = owner as? VariableExpression, case .int(let index) = (key as? ConstantExpression)?.constant {
      place = DictPlace(slot: variable.slot, index: index)
    } else {
      place = nil
    }
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = try owner.evaluate(in: scope)
    return try scope.renderer.item(try key.evaluate(in: scope), of: value)
  }
}

/// `value.split('separator')[0]` and `[-1]`, which a recording can follow.
final class SplitPartExpression: Expression {
  private let call: MethodCallExpression
  private let separator: Range<UInt32>
  private let isFirst: Bool

  /// - Parameters:
  ///   - call: the call of `split` with the separator.
  ///   - separator: a text of the template, not empty.
  init(_ call: MethodCallExpression, separator: Range<UInt32>, isFirst: Bool) {
    self.call = call
    self.separator = separator
    self.isFirst = isFirst
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = try call.owner.evaluate(in: scope)
    let renderer = scope.renderer
    if case .text(let text) = value, text.isTraced {
      let separator = renderer.literal(separator)
      // The parts are charged too, of which there may be as many as bytes.
      for _ in 0..<16 { try renderer.charge(bytes: text.chargedCount) }
      if let part = text.cut(isFirst ? .beforeFirst(separator) : .afterLast(separator)) { return .text(part) }
    }
    return try renderer.item(.int(isFirst ? 0 : -1), of: try call.call(on: value, in: scope))
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
