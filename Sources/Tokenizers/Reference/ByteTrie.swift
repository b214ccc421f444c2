/// Byte strings by their prefixes.
struct ByteTrie: Sendable {
  /// Children by parent and byte, with open addressing; the highest number is a free slot.
  private var keys: [UInt64]
  private var children: [Int32]
  private var childCount = 0
  /// The value of each node; -1 for none.
  private var values: [Int32] = [-1]

  /// The number of nodes.
  var count: Int { values.count }

  /// The node of the empty string.
  static let root: Int32 = 0

  init() {
    keys = [UInt64](repeating: .max, count: 64)
    children = [Int32](repeating: 0, count: 64)
  }

  /// Adds a string; the later of two values for one string stays.
  mutating func insert(_ string: some Sequence<UInt8>, value: Int32) {
    var node = Self.root
    for byte in string { node = child(of: node, byte) ?? addChild(of: node, byte) }
    values[Int(node)] = value
  }

  /// The node after a byte; nil where no string goes on so.
  func child(of node: Int32, _ byte: UInt8) -> Int32? {
    let key = UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
    let slot = slot(of: key)
    return keys[slot] == key ? children[slot] : nil
  }

  /// The node after some bytes.
  func node(after bytes: [UInt8]) -> Int32? {
    var node = Self.root
    for byte in bytes {
      guard let next = child(of: node, byte) else { return nil }
      node = next
    }
    return node
  }

  /// The value of the string that ends at a node; nil where none ends.
  func value(at node: Int32) -> Int32? {
    let value = values[Int(node)]
    return value < 0 ? nil : value
  }

  private func slot(of key: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 24) & (keys.count - 1)
    while keys[slot] != .max, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
    return slot
  }

  /// Adds a node after a byte; there must be none.
  mutating func addChild(of node: Int32, _ byte: UInt8) -> Int32 {
    if childCount * 2 >= keys.count { grow() }
    let key = UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
    let slot = slot(of: key)
    let child = Int32(values.count)
    keys[slot] = key
    children[slot] = child
    childCount += 1
    values.append(-1)
    return child
  }

  private mutating func grow() {
    let (oldKeys, oldChildren) = (keys, children)
    keys = [UInt64](repeating: .max, count: oldKeys.count * 2)
    children = [Int32](repeating: 0, count: oldKeys.count * 2)
    for (key, child) in zip(oldKeys, oldChildren) where key != .max {
      let slot = slot(of: key)
      keys[slot] = key
      children[slot] = child
    }
  }
}
