/// Byte strings by their prefixes.
struct ByteTrie: Sendable {
  /// A node by its parent and the byte that leads to it.
  private struct Slot: BitwiseCopyable {
    /// The parent above the lowest eight bits, which hold the byte; `free` where there is no node.
    var key: UInt64
    var child: Int32
    /// The value of the string that ends at the child; -1 for none.
    var value: Int32

    static let free = UInt64.max
  }

  /// Open addressing: one place in memory holds all that a step needs.
  private var slots = [Slot](repeating: Slot(key: Slot.free, child: 0, value: -1), count: 64)
  /// The slot of each node; -1 for the root.
  private var places: [Int32] = [-1]
  private var rootValue: Int32 = -1

  /// The number of nodes.
  var count: Int { places.count }

  /// The node of the empty string.
  static let root: Int32 = 0

  /// Adds a string; the later of two values for one string stays.
  mutating func insert(_ string: some Sequence<UInt8>, value: Int32) {
    var node = Self.root
    for byte in string { node = child(of: node, byte) ?? addChild(of: node, byte) }
    if node == Self.root { rootValue = value } else { slots[Int(places[Int(node)])].value = value }
  }

  /// The node after a byte; nil where no string goes on so.
  @inline(__always)
  func child(of node: Int32, _ byte: UInt8) -> Int32? { step(from: node, byte)?.node }

  /// The node after a byte, and the value of the string that ends there, -1 for none; nil where no string goes on so.
  @inline(__always)
  func step(from node: Int32, _ byte: UInt8) -> (node: Int32, value: Int32)? {
    let key = Self.key(node, byte)
    var place = Self.hash(key) & (slots.count &- 1)
    while true {
      let slot = slots[place]
      if slot.key == key { return (slot.child, slot.value) }
      if slot.key == Slot.free { return nil }
      place = (place &+ 1) & (slots.count &- 1)
    }
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
    let value = node == Self.root ? rootValue : slots[Int(places[Int(node)])].value
    return value < 0 ? nil : value
  }

  @inline(__always)
  private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
    UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
  }

  @inline(__always)
  private static func hash(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> 24) }

  /// The place of a key that is not there.
  private func freePlace(for key: UInt64) -> Int {
    var place = Self.hash(key) & (slots.count &- 1)
    while slots[place].key != Slot.free { place = (place &+ 1) & (slots.count &- 1) }
    return place
  }

  /// Adds a node after a byte; there must be none.
  mutating func addChild(of node: Int32, _ byte: UInt8) -> Int32 {
    if places.count * 2 >= slots.count { grow() }
    let key = Self.key(node, byte)
    let place = freePlace(for: key)
    let child = Int32(places.count)
    slots[place] = Slot(key: key, child: child, value: -1)
    places.append(Int32(place))
    return child
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(key: Slot.free, child: 0, value: -1), count: old.count * 2)
    for slot in old where slot.key != Slot.free {
      let place = freePlace(for: slot.key)
      slots[place] = slot
      places[Int(slot.child)] = Int32(place)
    }
  }
}
