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

  /// The dict at a position, which may count from the end, without counting a reference to it; nil where there is none.
  func dict(at index: Int) -> Unmanaged<DictValue>? {
    let position = index < 0 ? index + elements.count : index
    guard elements.indices.contains(position), case .dict(let dict) = elements[position] else { return nil }
    return .passUnretained(dict)
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

  /// The most keys that are looked through; of more there is an index, which is made when it is first needed.
  static let indexThreshold = 16

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

  /// Where the shape is in memory, which tells it from all others that there are.
  var address: UnsafeRawPointer { UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()) }

  /// The position of a name.
  ///
  /// - Complexity: O(1) on average.
  func position(of name: UnsafeRawBufferPointer) -> Int? {
    if count > Self.indexThreshold { return positions[HashableValue(.text(JinjaText(Array(name))))] }
    return (0..<count).first { isName(at: $0, name) }
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

/// Where dicts of a shape have a member, as it was found last.
struct MemberPlace {
  /// Kept, so that no other shape can have its address.
  private let shape: DictShape?
  private let address: UnsafeRawPointer?
  /// Nil where the shape has no such member.
  let position: Int?

  init() {
    shape = nil
    address = nil
    position = nil
  }

  init(of name: UnsafeRawBufferPointer, in shape: DictShape) {
    self.shape = shape
    address = shape.address
    position = shape.position(of: name)
  }

  /// Whether the place is that in a dict; no references are counted.
  @inline(__always)
  func isKnown(for dict: DictValue) -> Bool { address == dict.shapeAddress }
}

/// A Python `dict`, in the order of insertion; templates cannot change one.
final class DictValue {
  let shape: DictShape
  let shapeAddress: UnsafeRawPointer
  /// Number of members.
  let count: Int
  /// The values, which change between renderings only.
  let memory: UnsafeMutablePointer<JinjaValue>
  /// The input that the dict is a part of.
  let origin: TextOrigin
  /// Values within each other.
  let depth: Int

  init(_ shape: DictShape, values: [JinjaValue], origin: TextOrigin = .template) {
    self.shape = shape
    shapeAddress = shape.address
    self.origin = origin
    count = values.count
    memory = .allocate(capacity: max(1, values.count))
    for (index, value) in values.enumerated() { (memory + index).initialize(to: value) }
    depth = max(shape.depth, values.depth) + 1
  }

  deinit {
    memory.deinitialize(count: count)
    memory.deallocate()
  }

  /// The values in the order of the keys.
  ///
  /// - Complexity: O(members); ``value(at:)`` gives one.
  var values: [JinjaValue] { Array(UnsafeBufferPointer(start: memory, count: count)) }

  /// The value of the member at a position below ``count``.
  func value(at position: Int) -> JinjaValue { memory[position] }

  /// Where the value of the member at a position below ``count`` is, valid as long as the dict.
  func pointer(at position: Int) -> UnsafePointer<JinjaValue> { UnsafePointer(memory + position) }

  /// Replaces the value of a member that has no depth by one that has none; false where there is no such member.
  ///
  /// Only for a dict that no template can see.
  func setMember(_ name: JinjaText, to value: JinjaValue) -> Bool {
    guard let position = withExtendedLifetime(name.storage, { shape.position(of: name.bytes) }),
      memory[position].depth == 0
    else { return false }
    memory[position] = value
    return true
  }

  /// Forgets the values.
  ///
  /// Only for a dict that no template can see any more.
  func clear() { for position in 0..<count { memory[position] = .missing } }

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

  /// The value of a member by the bytes of its name.
  func member(_ name: UnsafeRawBufferPointer) -> JinjaValue? {
    shape.position(of: name).map { value(at: $0) }
  }

  /// The value of a member by its name.
  func member(_ name: JinjaText) -> JinjaValue? {
    withExtendedLifetime(name.storage) { member(name.bytes) }
  }

  /// The value of a hashable key.
  subscript(key: JinjaValue) -> JinjaValue? { shape.position(of: key).map { value(at: $0) } }
}
