/// A value of a template, as Python has it.
enum JinjaValue {
  /// A variable that was not assigned yet; never the result of an expression.
  case missing
  /// What a name, member or item gives that is not there.
  case undefined(UndefinedValue)
  /// `None`
  case none
  /// A `bool`, an `int` or a `float`, each with the input that it is from.
  case flag(Bool, TextOrigin)
  case whole(Int, TextOrigin)
  /// A whole number beyond 64 bits.
  case big(BigInteger)
  case real(Double, TextOrigin)
  /// A `str`, or markupsafe's `Markup`.
  case text(JinjaText)
  case markup(JinjaText)
  case list(ListValue)
  case tuple(TupleValue)
  case dict(DictValue)
  /// Everything else: ranges, generators, macros, loops, functions ...
  case object(JinjaObject)

  static func text(_ string: String) -> JinjaValue { .text(JinjaText(string)) }
  static func bool(_ value: Bool) -> JinjaValue { .flag(value, .template) }
  static func int(_ value: Int) -> JinjaValue { .whole(value, .template) }
  static func float(_ value: Double) -> JinjaValue { .real(value, .template) }

  /// A whole number in its smallest form.
  static func integer(_ value: BigInteger) -> JinjaValue { value.int.map { .int($0) } ?? .big(value) }

  static func list(_ elements: [JinjaValue]) -> JinjaValue { .list(ListValue(elements)) }
  static func tuple(_ elements: [JinjaValue]) -> JinjaValue { .tuple(TupleValue(elements)) }

  /// The input that a number or a truth value is from, or was computed of.
  var numberOrigin: TextOrigin {
    switch self {
    case .flag(_, let origin), .whole(_, let origin), .real(_, let origin): origin
    default: .template
    }
  }

  /// A number or a truth value with another origin; any other value as it is.
  func with(_ origin: TextOrigin) -> JinjaValue {
    switch self {
    case .flag(let value, _): .flag(value, origin)
    case .whole(let value, _): .whole(value, origin)
    case .real(let value, _): .real(value, origin)
    default: self
    }
  }

  var isUndefined: Bool { if case .undefined = self { true } else { false } }
  var isMissing: Bool { if case .missing = self { true } else { false } }
  /// Whether a variable with this value is undefined.
  var isNotThere: Bool { isUndefined || isMissing }
  var isNone: Bool { if case .none = self { true } else { false } }
  var isMarkup: Bool { if case .markup = self { true } else { false } }

  /// The text of a `str` or `Markup`.
  var textValue: JinjaText? {
    switch self {
    case .text(let text), .markup(let text): text
    default: nil
    }
  }

  /// Whether the value is a text with these bytes.
  @inline(__always)
  func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch self {
    case .text(let text), .markup(let text): text.equals(bytes)
    default: false
    }
  }

  /// The whole number that Python's `operator.index` gives: integers and booleans.
  var index: BigInteger? {
    switch self {
    case .flag(let value, _): BigInteger(value ? 1 : 0)
    case .whole(let value, _): BigInteger(value)
    case .big(let value): value
    default: nil
    }
  }

  /// The whole number where it fits 64 bits.
  var smallIndex: Int? {
    switch self {
    case .flag(let value, _): value ? 1 : 0
    case .whole(let value, _): value
    default: nil
    }
  }

  /// Name of the value's type as Python's messages have it.
  var typeName: String {
    switch self {
    case .missing: "missing"
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .flag: "bool"
    case .whole, .big: "int"
    case .real: "float"
    case .text: "str"
    case .markup: "Markup"
    case .list: "list"
    case .tuple(let value): value.fieldNames == nil ? "tuple" : "_GroupTuple"
    case .dict: "dict"
    case .object(let value): value.typeName
    }
  }

  /// Name of the type in messages about undefined members: `dict object`, `jinja2.runtime.LoopContext object`.
  var qualifiedTypeName: String {
    switch self {
    case .none: "None"
    case .undefined: "jinja2.runtime.Undefined object"
    case .markup: "markupsafe.Markup object"
    case .tuple(let value) where value.fieldNames != nil: "jinja2.filters._GroupTuple object"
    case .object(let value):
      value.module.isEmpty ? "\(value.typeName) object" : "\(value.module).\(value.typeName) object"
    default: "\(typeName) object"
    }
  }

  /// Name of the Python type with its module, as `str(type(value))` has it.
  var className: String {
    switch self {
    case .none: "NoneType"
    default: String(qualifiedTypeName.dropLast(" object".count))
    }
  }

  /// Python's truth of the value.
  var isTrue: Bool {
    get throws(TemplateError) {
      switch self {
      case .missing, .undefined, .none: false
      case .flag(let value, _): value
      case .whole(let value, _): value != 0
      case .big: true
      case .real(let value, _): value != 0
      case .text(let text), .markup(let text): !text.isEmpty
      case .list(let value): !value.elements.isEmpty
      case .tuple(let value): !value.elements.isEmpty
      case .dict(let value): value.count > 0
      case .object(let value): try value.truth()
      }
    }
  }
}

extension JinjaValue {
  /// Values within each other: 0 for texts and numbers, 1 for a list of them.
  ///
  /// A template that nests values in a loop is stopped by it, because giving them up goes as deep.
  var depth: Int {
    switch self {
    case .list(let value): value.depth
    case .tuple(let value): value.depth
    case .dict(let value): value.depth
    case .object(let value): value.depth
    case .undefined(let value): value.depth
    default: 0
    }
  }

  /// The greatest depth of a value that can be kept in a variable.
  static let maximumDepth = 1000
}

extension [JinjaValue] {
  /// The greatest depth of the elements.
  var depth: Int { reduce(0) { Swift.max($0, $1.depth) } }
}

/// What is not there: jinja2's default `Undefined`.
final class UndefinedValue {
  /// The message of the error that using the value raises.
  enum Reason {
    case name(String)
    case hint(String)
    case member(of: JinjaValue, name: JinjaValue)
  }

  let reason: Reason
  /// Values within each other that lead to this one.
  let depth: Int
  /// Whether using the value is a `SecurityError`.
  let isUnsafe: Bool

  init(_ reason: Reason, isUnsafe: Bool = false) {
    self.reason = reason
    self.isUnsafe = isUnsafe
    if case .member(let owner, let name) = reason { depth = max(owner.depth, name.depth) + 1 } else { depth = 0 }
  }

  /// The error that using the value raises.
  var error: TemplateError {
    let message =
      switch reason {
      case .name(let name): "\(PythonText.repr(name)) is undefined"
      case .hint(let hint): hint
      case .member(let owner, let name):
        switch name {
        case .text(let text): "\(PythonText.repr(owner.qualifiedTypeName)) has no attribute \(text.repr)"
        case .markup(let text): "\(PythonText.repr(owner.qualifiedTypeName)) has no attribute Markup(\(text.repr))"
        default: "\(owner.qualifiedTypeName) has no element \(name.shortRepr)"
        }
      }
    return TemplateError(.failed, message, className: isUnsafe ? "SecurityError" : "UndefinedError")
  }
}

/// A value that Python can hash, as a key.
struct HashableValue: Hashable {
  let value: JinjaValue
  init(_ value: JinjaValue) { self.value = value }

  static func == (left: HashableValue, right: HashableValue) -> Bool { left.value.equalsIgnoringErrors(right.value) }

  func hash(into hasher: inout Hasher) { value.hash(into: &hasher, depth: 0) }
}

extension JinjaValue {
  /// Equal values have equal hashes: `1`, `1.0` and `True` are one key. Tuples within tuples are told apart by equality.
  fileprivate func hash(into hasher: inout Hasher, depth: Int) {
    switch self {
    case .missing, .undefined, .none: hasher.combine(0)
    case .flag(let value, _): hasher.combine(Double(value ? 1 : 0))
    case .whole(let value, _): hasher.combine(Double(value))
    case .big(let value): hasher.combine(value.double)
    case .real(let value, _): hasher.combine(value)
    case .text(let text), .markup(let text):
      withExtendedLifetime(text.storage) { hasher.combine(bytes: text.bytes) }
    case .tuple(let value):
      guard depth < 3 else { return hasher.combine(value.elements.count) }
      for element in value.elements { element.hash(into: &hasher, depth: depth + 1) }
    case .list(let value): hasher.combine(ObjectIdentifier(value))
    case .dict(let value): hasher.combine(ObjectIdentifier(value))
    case .object(let value): value.hash(into: &hasher)
    }
  }

  /// The type that keeps the value from being a key or a member of a set; nil where it can be one.
  var unhashableTypeName: String? {
    var budget = 1 << 16
    return unhashableTypeName(&budget)
  }

  private func unhashableTypeName(_ budget: inout Int) -> String? {
    switch self {
    case .list: return "list"
    case .dict: return "dict"
    case .tuple(let value):
      for element in value.elements where budget > 0 {
        budget -= 1
        if let name = element.unhashableTypeName(&budget) { return name }
      }
      return nil
    case .object(let value): return value.isHashable ? nil : value.typeName
    default: return nil
    }
  }

  func checkHashable() throws(TemplateError) {
    guard let name = unhashableTypeName else { return }
    throw .type("unhashable type: '\(name)'")
  }
}
