/// A value that is no JSON: a range, a generator, a macro, a function ...
class JinjaObject {
  /// Name of the type in Python's messages.
  var typeName: String { "object" }
  /// Module of the type; empty for built-in ones.
  var module: String { "" }
  /// Python's truth of the value, which is the length of what has one.
  func truth() throws(TemplateError) -> Bool { length != 0 }
  var isHashable: Bool { true }
  var isCallable: Bool { false }
  /// Values within each other.
  var depth: Int { 0 }
  /// Number of elements; nil where `len()` is a TypeError.
  var length: Int? { nil }
  /// Whether `iter()` works.
  var isIterable: Bool { false }

  /// A public attribute; nil where there is none.
  func attribute(_ name: String, in renderer: Renderer) throws(TemplateError) -> JinjaValue? { nil }

  /// An element; nil where there is none or the type has none.
  func item(_ key: JinjaValue, in renderer: Renderer) throws(TemplateError) -> JinjaValue? { nil }

  func call(_ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    throw .type("'\(typeName)' object is not callable")
  }

  /// An iterator over the elements; nil where the value is not iterable.
  func makeIterator(in renderer: Renderer) throws(TemplateError) -> ValueIterator? { nil }

  /// Python's `repr`.
  func repr(in renderer: Renderer) throws(TemplateError) -> [UInt8] {
    // The reference prints an address, which is another one each time.
    throw .unsupported("the template prints a Python object of type \(typeName), whose text is not reproducible")
  }

  func isEqual(to other: JinjaObject) -> Bool { self === other }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// Elements one after the other, as Python's iterators give them.
class ValueIterator {
  func next() throws(TemplateError) -> JinjaValue? { nil }
}

/// Iterates over elements that are all there.
final class ElementIterator: ValueIterator {
  private let elements: [JinjaValue]
  private var position = 0

  init(_ elements: [JinjaValue]) { self.elements = elements }

  override func next() throws(TemplateError) -> JinjaValue? {
    guard position < elements.count else { return nil }
    defer { position += 1 }
    return elements[position]
  }
}

/// What Python makes lazily: `map`, `select`, `unique`, `batch`, `reversed` ...; it can be consumed once.
final class GeneratorValue: JinjaObject {
  private let name: String
  private let iterator: ValueIterator
  private let sourceDepth: Int

  /// Makes a generator over what is in a value; `name` is the Python type's name.
  init(_ name: String = "generator", over source: JinjaValue, iterator: ValueIterator) {
    self.name = name
    self.iterator = iterator
    sourceDepth = source.depth
  }

  /// Makes a generator whose elements a function gives.
  convenience init(over source: JinjaValue, next: @escaping () throws(TemplateError) -> JinjaValue?) {
    self.init(over: source, iterator: ClosureIterator(next))
  }

  override var depth: Int { sourceDepth + 1 }

  override var typeName: String { name }
  override var isIterable: Bool { true }
  override func makeIterator(in renderer: Renderer) throws(TemplateError) -> ValueIterator? { iterator }
}

private final class ClosureIterator: ValueIterator {
  private let step: () throws(TemplateError) -> JinjaValue?
  init(_ step: @escaping () throws(TemplateError) -> JinjaValue?) { self.step = step }
  override func next() throws(TemplateError) -> JinjaValue? { try step() }
}

/// A Python `range`.
final class RangeValue: JinjaObject {
  let start: Int
  let step: Int
  let count: Int
  private let stop: Int

  init(start: Int, stop: Int, step: Int, count: Int) {
    self.start = start
    self.stop = stop
    self.step = step
    self.count = count
  }

  func element(_ index: Int) -> JinjaValue { .int(start + index * step) }

  override var typeName: String { "range" }
  override var length: Int? { count }
  override var isIterable: Bool { true }

  override func attribute(_ name: String, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    switch name {
    case "start": .int(start)
    case "stop": .int(stop)
    case "step": .int(step)
    case "index", "count": .object(MethodValue(.object(self), name))
    default: nil
    }
  }

  override func item(_ key: JinjaValue, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    guard let index = key.smallIndex else { return nil }
    let position = index < 0 ? index + count : index
    return (0..<count).contains(position) ? element(position) : nil
  }

  override func makeIterator(in renderer: Renderer) throws(TemplateError) -> ValueIterator? {
    ElementIterator((0..<count).map(element))
  }

  override func repr(in renderer: Renderer) throws(TemplateError) -> [UInt8] {
    Array((step == 1 ? "range(\(start), \(stop))" : "range(\(start), \(stop), \(step))").utf8)
  }

  override func isEqual(to other: JinjaObject) -> Bool {
    guard let other = other as? RangeValue, count == other.count else { return false }
    return count == 0 || start == other.start && (count == 1 || step == other.step)
  }

  override func hash(into hasher: inout Hasher) { hasher.combine(count) }
}

/// `dict.keys()`, `.values()` or `.items()`.
final class DictView: JinjaObject {
  enum Kind: String { case keys = "dict_keys", values = "dict_values", items = "dict_items" }

  let kind: Kind
  private let dict: DictValue

  init(_ kind: Kind, of dict: DictValue) {
    self.kind = kind
    self.dict = dict
  }

  var elements: [JinjaValue] {
    switch kind {
    case .keys: dict.keys
    case .values: dict.values
    case .items: dict.keys.indices.map { .tuple([dict.keys[$0], dict.value(at: $0)]) }
    }
  }

  /// The type of what Python's `reversed` makes of the view.
  var reversedTypeName: String {
    switch kind {
    case .keys: "dict_reversekeyiterator"
    case .values: "dict_reversevalueiterator"
    case .items: "dict_reverseitemiterator"
    }
  }

  override var typeName: String { kind.rawValue }
  override var depth: Int { dict.depth + 1 }
  override var isHashable: Bool { kind == .values }
  override var length: Int? { dict.count }
  override var isIterable: Bool { true }

  override func makeIterator(in renderer: Renderer) throws(TemplateError) -> ValueIterator? {
    ElementIterator(elements)
  }

  override func repr(in renderer: Renderer) throws(TemplateError) -> [UInt8] {
    try Array("\(kind.rawValue)(".utf8) + renderer.repr(.list(elements)) + [UInt8(ascii: ")")]
  }

  override func isEqual(to other: JinjaObject) -> Bool {
    guard let other = other as? DictView, kind == other.kind, kind != .values else { return self === other }
    guard dict.count == other.dict.count else { return false }
    return zip(dict.keys, dict.values).allSatisfy { key, value in
      guard let found = other.dict[key] else { return false }
      return kind == .keys || found.equalsIgnoringErrors(value)
    }
  }
}

/// A `namespace`: the only thing that a template can change.
final class NamespaceValue: JinjaObject {
  private(set) var members: DictValue

  init(_ members: DictValue) { self.members = members }

  override var typeName: String { "TemplateNamespace" }
  override var module: String { "transformers.utils.chat_template_utils" }

  override func attribute(_ name: String, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    members.member(JinjaText(name))
  }

  func member(_ name: JinjaText) -> JinjaValue? { members.member(name) }

  func set(_ name: JinjaText, to value: JinjaValue) throws(TemplateError) {
    try Self.check(name)
    if value.depth == 0, members.setMember(name, to: value) { return }
    var values = members.values
    if let position = members.keys.firstIndex(where: { $0.textValue?.equals(name) ?? false }) {
      values[position] = value
      members = DictValue(members.shape, values: values)
    } else {
      members = DictValue(uniqueKeys: members.keys + [.text(name)], values: values + [value])
    }
  }

  /// Forgets the members, which may refer back to the namespace.
  func clear() { members.clear() }

  static func check(_ name: JinjaText) throws(TemplateError) {
    guard name.bytes.first == UInt8(ascii: "_") else { return }
    throw TemplateError(
      .failed,
      "Chat templates cannot store underscore-prefixed attributes on a namespace, but got "
        + "\(name.repr). Please rename the attribute.", className: "SecurityError")
  }

  override func repr(in renderer: Renderer) throws(TemplateError) -> [UInt8] {
    guard renderer.enterRepr(of: self) else { return Array("{...}".utf8) }
    defer { renderer.leaveRepr() }
    return try Array("<Namespace ".utf8) + renderer.repr(.dict(members)) + [UInt8(ascii: ">")]
  }
}

/// A `cycler`.
final class CyclerValue: JinjaObject {
  private let items: [JinjaValue]
  private var position = 0

  init(_ items: [JinjaValue]) { self.items = items }

  override var depth: Int { items.depth + 1 }
  override var typeName: String { "Cycler" }
  override var module: String { "jinja2.utils" }

  func next() -> JinjaValue {
    defer { position = (position + 1) % items.count }
    return items[position]
  }

  func reset() { position = 0 }

  override func attribute(_ name: String, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    switch name {
    case "current": items[position]
    case "items": .tuple(items)
    case "pos": .int(position)
    case "next", "reset": .object(MethodValue(.object(self), name))
    default: nil
    }
  }
}

/// A `joiner`: nothing at the first call, then the separator.
final class JoinerValue: JinjaObject {
  private let separator: JinjaValue
  private var isUsed = false

  init(_ separator: JinjaValue) { self.separator = separator }

  override var depth: Int { separator.depth + 1 }
  override var typeName: String { "Joiner" }
  override var module: String { "jinja2.utils" }
  override var isCallable: Bool { true }

  override func attribute(_ name: String, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    switch name {
    case "sep": separator
    case "used": .bool(isUsed)
    default: nil
    }
  }

  override func call(_ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    _ = try arguments.bind("Joiner.__call__", [], offset: 1)
    guard isUsed else {
      isUsed = true
      return .text(.empty)
    }
    return separator
  }
}
