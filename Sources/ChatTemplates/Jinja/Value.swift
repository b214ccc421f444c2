/// A value of a template, as Python has it.
enum JinjaValue {
  /// A variable that was not assigned yet; never the result of an expression.
  case missing
  /// What a name, member or item gives that is not there.
  case undefined(UndefinedValue)
  /// `None`
  case none
  case bool(Bool)
  case int(Int)
  /// A whole number beyond 64 bits.
  case big(BigInteger)
  case float(Double)
  /// A `str`, or markupsafe's `Markup`.
  case text(JinjaText)
  case markup(JinjaText)
  case list(ListValue)
  case tuple(TupleValue)
  case dict(DictValue)
  /// Everything else: ranges, generators, macros, loops, functions ...
  case object(JinjaObject)

  static func text(_ string: String) -> JinjaValue { .text(JinjaText(string)) }

  /// A whole number in its smallest form.
  static func integer(_ value: BigInteger) -> JinjaValue { value.int.map(JinjaValue.int) ?? .big(value) }

  static func list(_ elements: [JinjaValue]) -> JinjaValue { .list(ListValue(elements)) }
  static func tuple(_ elements: [JinjaValue]) -> JinjaValue { .tuple(TupleValue(elements)) }

  var isUndefined: Bool { if case .undefined = self { true } else { false } }
  var isMissing: Bool { if case .missing = self { true } else { false } }
  var isNone: Bool { if case .none = self { true } else { false } }
  var isMarkup: Bool { if case .markup = self { true } else { false } }

  /// The text of a `str` or `Markup`.
  var textValue: JinjaText? {
    switch self {
    case .text(let text), .markup(let text): text
    default: nil
    }
  }

  /// The whole number that Python's `operator.index` gives: integers and booleans.
  var index: BigInteger? {
    switch self {
    case .bool(let value): BigInteger(value ? 1 : 0)
    case .int(let value): BigInteger(value)
    case .big(let value): value
    default: nil
    }
  }

  /// The whole number where it fits 64 bits.
  var smallIndex: Int? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): value
    default: nil
    }
  }

  /// Name of the value's type as Python's messages have it.
  var typeName: String {
    switch self {
    case .missing: "missing"
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .bool: "bool"
    case .int, .big: "int"
    case .float: "float"
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

  /// Python's truth of the value.
  var isTrue: Bool {
    switch self {
    case .missing, .undefined, .none: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .big: true
    case .float(let value): value != 0
    case .text(let text), .markup(let text): !text.isEmpty
    case .list(let value): !value.elements.isEmpty
    case .tuple(let value): !value.elements.isEmpty
    case .dict(let value): value.count > 0
    case .object(let value): value.isTrue
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
        if let text = name.textValue {
          "\(PythonText.repr(owner.qualifiedTypeName)) has no attribute \(PythonText.repr(text.string))"
        } else {
          "\(owner.qualifiedTypeName) has no element \(name.shortRepr)"
        }
      }
    return TemplateError(.failed, message, className: isUnsafe ? "SecurityError" : "UndefinedError")
  }
}

/// A Python `list`; templates cannot change one.
final class ListValue {
  let elements: [JinjaValue]
  /// The input that the list is a part of.
  let origin: TextOrigin
  /// Values within each other.
  let depth: Int

  init(_ elements: [JinjaValue], origin: TextOrigin = .template) {
    self.elements = elements
    self.origin = origin
    depth = elements.depth + 1
  }
}

/// A Python `tuple`, or the named tuple of `groupby`.
final class TupleValue {
  let elements: [JinjaValue]
  /// Names of the elements of a named tuple.
  let fieldNames: [StaticString]?
  /// Values within each other.
  let depth: Int

  init(_ elements: [JinjaValue], fieldNames: [StaticString]? = nil) {
    self.elements = elements
    self.fieldNames = fieldNames
    depth = elements.depth + 1
  }
}

/// The keys of a dict. Messages with the same members share theirs.
final class DictShape {
  let keys: [JinjaValue]
  let depth: Int
  /// The bytes of the keys that are texts, which a look-up compares without touching the values; without an address for
  /// other keys.
  private let names: UnsafeMutablePointer<UnsafeRawBufferPointer>
  private let count: Int
  private lazy var positions = Dictionary(
    keys.enumerated().map { (HashableValue($1), $0) }, uniquingKeysWith: { first, _ in first })

  private static let indexThreshold = 16

  /// Takes keys no two of which are equal.
  init(_ keys: [JinjaValue]) {
    self.keys = keys
    depth = keys.depth
    count = keys.count
    names = .allocate(capacity: max(1, keys.count))
    for (index, key) in keys.enumerated() {
      // The bytes of an empty text have an address too, which tells them from no text.
      (names + index).initialize(to: key.textValue?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0))
    }
  }

  deinit { names.deallocate() }

  /// The position of a name.
  ///
  /// - Parameter hint: where the name was found in another dict; set to where it is in this one.
  /// - Complexity: O(1) on average.
  func position(of name: UnsafeRawBufferPointer, hint: inout Int) -> Int? {
    if hint < count, isName(at: hint, name) { return hint }
    if count > Self.indexThreshold {
      guard let position = positions[HashableValue(.text(JinjaText(Array(name))))] else { return nil }
      hint = position
      return position
    }
    for index in 0..<count where isName(at: index, name) {
      hint = index
      return index
    }
    return nil
  }

  private func isName(at index: Int, _ name: UnsafeRawBufferPointer) -> Bool {
    let bytes = names[index]
    return bytes.count == name.count && bytes.baseAddress != nil && RawBytes.areEqual(bytes, name)
  }

  /// The position of a hashable key.
  func position(of key: JinjaValue) -> Int? {
    count > Self.indexThreshold ? positions[HashableValue(key)] : keys.firstIndex { $0.equalsIgnoringErrors(key) }
  }
}

/// A Python `dict`, in the order of insertion; templates cannot change one.
final class DictValue {
  let shape: DictShape
  let values: [JinjaValue]
  /// The input that the dict is a part of.
  let origin: TextOrigin
  /// Values within each other.
  let depth: Int

  init(_ shape: DictShape, values: [JinjaValue], origin: TextOrigin = .template) {
    self.shape = shape
    self.values = values
    self.origin = origin
    depth = max(shape.depth, values.depth) + 1
  }

  /// Makes a dict of keys no two of which are equal.
  convenience init(uniqueKeys keys: [JinjaValue], values: [JinjaValue], origin: TextOrigin = .template) {
    self.init(DictShape(keys), values: values, origin: origin)
  }

  /// Makes a dict of hashable keys; of two equal ones the first stays and the later value counts.
  convenience init(_ pairs: [(JinjaValue, JinjaValue)]) {
    var positions: [HashableValue: Int] = [:]
    var keys: [JinjaValue] = []
    var values: [JinjaValue] = []
    for (key, value) in pairs {
      if let position = positions[HashableValue(key)] {
        values[position] = value
      } else {
        positions[HashableValue(key)] = keys.count
        keys.append(key)
        values.append(value)
      }
    }
    self.init(uniqueKeys: keys, values: values)
  }

  var keys: [JinjaValue] { shape.keys }
  var count: Int { values.count }

  /// The value of a member by the bytes of its name.
  func member(_ name: UnsafeRawBufferPointer) -> JinjaValue? {
    var hint = 0
    return shape.position(of: name, hint: &hint).map { values[$0] }
  }

  /// The value of a member by its name.
  func member(_ name: JinjaText) -> JinjaValue? {
    withExtendedLifetime(name.storage) { member(name.bytes) }
  }

  /// The value of a hashable key.
  subscript(key: JinjaValue) -> JinjaValue? { shape.position(of: key).map { values[$0] } }
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
    case .bool(let value): hasher.combine(Double(value ? 1 : 0))
    case .int(let value): hasher.combine(Double(value))
    case .big(let value): hasher.combine(value.double)
    case .float(let value): hasher.combine(value)
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
