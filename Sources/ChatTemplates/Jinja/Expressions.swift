/// A text of the template.
final class TextLiteral: Expression {
  let range: Range<UInt32>
  init(_ range: Range<UInt32>) { self.range = range }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue { .text(scope.renderer.literal(range)) }
  func isTrue(in scope: Scope) throws(TemplateError) -> Bool { !range.isEmpty }
  func write(in scope: Scope) throws(TemplateError) { try scope.renderer.writeLiteral(range) }

  func writeText(in scope: Scope) throws(TemplateError) -> JinjaValue? {
    try scope.renderer.writeLiteral(range)
    return nil
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

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool { scope.slots[slot].isTrue }
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

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool { scope[reference].isTrue }
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
  /// Whether the name can be nothing but a key for a dict.
  private let isNothingElse: Bool
  /// The same for all other values.
  private let general: any Expression

  init(_ variable: VariableExpression, _ name: MemberName, isItem: Bool, general: any Expression) {
    slot = variable.slot
    self.name = name
    isAlwaysKey = isItem || name.dictMethod == nil
    isNothingElse = name.dictMethod == nil && !name.isInternal
    self.general = general
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    if isAlwaysKey, let dict = scope.dict(in: slot), let position = position(in: dict, scope) {
      return dict._withUnsafeGuaranteedRef { $0.value(at: position) }
    }
    if let attribute = name.loopAttribute, let loop = scope.loop(in: slot) {
      return try loop.takeUnretainedValue().attribute(attribute)
    }
    return try general.evaluate(in: scope)
  }

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool {
    guard isAlwaysKey, let dict = scope.dict(in: slot) else { return try evaluate(in: scope).isTrue }
    if let position = position(in: dict, scope) {
      return dict._withUnsafeGuaranteedRef { $0.value(at: position).isTrue }
    }
    return isNothingElse ? false : try general.evaluate(in: scope).isTrue
  }

  func isDefined(in scope: Scope) throws(TemplateError) -> Bool {
    guard isAlwaysKey, let dict = scope.dict(in: slot) else { return try general.isDefined(in: scope) }
    if let position = position(in: dict, scope) {
      return dict._withUnsafeGuaranteedRef { !$0.value(at: position).isUndefined }
    }
    return isNothingElse ? false : try general.isDefined(in: scope)
  }

  /// Whether the value is a text with these bytes; nil where it is not a member of a dict.
  func isText(_ bytes: UnsafeRawBufferPointer, in scope: Scope) -> Bool? {
    guard isAlwaysKey, let dict = scope.dict(in: slot), let position = position(in: dict, scope) else { return nil }
    return dict._withUnsafeGuaranteedRef { $0.isText(bytes, at: position) }
  }

  @inline(__always)
  private func position(in dict: Unmanaged<DictValue>, _ scope: Scope) -> Int? {
    dict._withUnsafeGuaranteedRef { scope.renderer.position(of: name, in: $0) }
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
