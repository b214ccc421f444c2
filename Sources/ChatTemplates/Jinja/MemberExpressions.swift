/// `value.name` and `value['name']`
final class MemberExpression: Expression {
  private let owner: any Expression
  private let name: MemberName
  private let isItem: Bool

  init(_ owner: any Expression, _ name: MemberName, isItem: Bool) {
    (self.owner, self.name, self.isItem) = (owner, name, isItem)
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    let value = try owner.evaluate(in: scope)
    let renderer = scope.renderer
    guard isItem else { return try renderer.attribute(name, of: value) }
    if case .dict(let dict) = value, let member = renderer.member(name, of: dict) { return member }
    let key = JinjaValue.text(renderer.literal(name.range))
    if name.isPlain(for: value) { return .undefined(UndefinedValue(.member(of: value, name: key))) }
    return try renderer.item(key, of: value)
  }
}

/// Where a dict or namespace is that a template names: in a variable, or as an element of the list in one.
struct DictPlace: Sendable {
  let slot: Int
  /// The element's position; nil where the variable holds the dict itself.
  let index: Int?
}

extension Scope {
  /// The dict at a place, or the members of a namespace, without counting a reference; nil where there is another value.
  ///
  /// It is valid until something is assigned.
  @inline(__always)
  func dict(at place: DictPlace) -> Unmanaged<DictValue>? {
    switch slots[place.slot] {
    case .dict(let dict): place.index == nil ? .passUnretained(dict) : nil
    case .list(let list): place.index.flatMap { list.dict(at: $0) }
    case .object(let object):
      place.index == nil && type(of: object) == NamespaceValue.self
        ? .passUnretained(unsafeDowncast(object, to: NamespaceValue.self).members) : nil
    default: nil
    }
  }
}

/// `variable.name`, `variable['name']` and `variable[0].name`, looked up in place where there is a dict or namespace.
final class PlacedMemberExpression: Expression {
  private let place: DictPlace
  private let name: MemberName
  private let isAlwaysKey: Bool
  /// Whether the name can be nothing but a key.
  private let isNothingElse: Bool
  /// The same for all other values.
  private let general: any Expression

  init(_ place: DictPlace, _ name: MemberName, isItem: Bool, general: any Expression) {
    self.place = place
    self.name = name
    isAlwaysKey = isItem || name.dictMethod == nil
    isNothingElse = name.dictMethod == nil && !name.isInternal
    self.general = general
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    guard let value = value(in: scope) else { return try general.evaluate(in: scope) }
    return value.pointee
  }

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool {
    if let value = value(in: scope) { return try value.pointee.isTrue }
    return try isAbsent(in: scope) ? false : general.isTrue(in: scope)
  }

  func isDefined(in scope: Scope) throws(TemplateError) -> Bool {
    if let value = value(in: scope) { return !value.pointee.isUndefined }
    return try isAbsent(in: scope) ? false : general.isDefined(in: scope)
  }

  func writeText(in scope: Scope) throws(TemplateError) -> Bool {
    guard let value = value(in: scope) else { return try general.writeText(in: scope) }
    return try scope.renderer.writeText(value.pointee)
  }

  func write(in scope: Scope) throws(TemplateError) {
    guard let value = value(in: scope) else { return try general.write(in: scope) }
    try scope.renderer.write(value.pointee)
  }

  /// The member's value, valid until the variable is assigned; nil where it is not in a dict at the place.
  @inline(__always)
  func value(in scope: Scope) -> UnsafePointer<JinjaValue>? {
    guard isAlwaysKey, let dict = scope.dict(at: place) else { return nil }
    return dict._withUnsafeGuaranteedRef { dict in
      scope.renderer.position(of: name, in: dict).map { dict.pointer(at: $0) }
    }
  }

  /// Whether there is a dict in which the name, which it does not have, can be nothing else.
  func isAbsent(in scope: Scope) -> Bool { isNothingElse && scope.dict(at: place) != nil }
}

/// `loop.first` and the like.
final class LoopAttributeExpression: Expression {
  private let slot: Int
  private let attribute: LoopValue.Attribute
  /// The same for a variable of this name that is no loop.
  private let general: any Expression

  init(_ slot: Int, _ attribute: LoopValue.Attribute, general: any Expression) {
    self.slot = slot
    self.attribute = attribute
    self.general = general
  }

  func evaluate(in scope: Scope) throws(TemplateError) -> JinjaValue {
    guard let loop = scope.loop(in: slot) else { return try general.evaluate(in: scope) }
    if let known = loop._withUnsafeGuaranteedRef({ $0.known(attribute) }) { return known.value }
    return try loop.takeUnretainedValue().attribute(attribute)
  }

  func isTrue(in scope: Scope) throws(TemplateError) -> Bool {
    guard let loop = scope.loop(in: slot) else { return try general.isTrue(in: scope) }
    if let known = loop._withUnsafeGuaranteedRef({ $0.known(attribute) }) { return known.isTrue }
    return try loop.takeUnretainedValue().attribute(attribute).isTrue
  }
}
