/// Numbers by numbers, an array where they are close together.
struct NumberMap: Sendable {
  private var dense: [Int32] = []
  private var sparse: [UInt32: Int32] = [:]

  /// Makes a map of keys that are expected to be below a limit; others take more memory each.
  init(expectedKeys limit: Int) { dense = [Int32](repeating: -1, count: min(limit, 1 << 24)) }

  /// The number of a key, not negative; nil for none.
  subscript(key: UInt32) -> Int32? {
    get {
      guard Int(key) < dense.count else { return sparse[key] }
      return dense[Int(key)] < 0 ? nil : dense[Int(key)]
    }
    set {
      if Int(key) < dense.count { dense[Int(key)] = newValue ?? -1 } else { sparse[key] = newValue }
    }
  }
}

/// Numbers by pairs of tokens: a table with open addressing.
struct PairMap: Sendable {
  private var keys: [UInt64]
  private var values: [Int32]
  private var count = 0

  private static let free = UInt64.max

  /// Makes a map with room for a number of pairs.
  init(expectedPairs: Int) {
    var capacity = 16
    while capacity < expectedPairs * 2 { capacity *= 2 }
    keys = [UInt64](repeating: Self.free, count: capacity)
    values = [Int32](repeating: 0, count: capacity)
  }

  @inline(__always)
  private static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> 32) & (keys.count &- 1)
    while keys[slot] != Self.free, keys[slot] != key { slot = (slot &+ 1) & (keys.count &- 1) }
    return slot
  }

  /// The number of a pair; nil for none.
  subscript(left: TokenID, right: TokenID) -> Int32? {
    let key = Self.key(left, right)
    let slot = slot(of: key)
    return keys[slot] == key ? values[slot] : nil
  }

  /// Sets the number of a pair and returns the one before; nil for none.
  mutating func update(_ left: TokenID, _ right: TokenID, to value: Int32) -> Int32? {
    if count * 2 >= keys.count { grow() }
    let key = Self.key(left, right)
    let slot = slot(of: key)
    let old = keys[slot] == key ? values[slot] : nil
    if old == nil { count += 1 }
    keys[slot] = key
    values[slot] = value
    return old
  }

  private mutating func grow() {
    let (oldKeys, oldValues) = (keys, values)
    keys = [UInt64](repeating: Self.free, count: oldKeys.count * 2)
    values = [Int32](repeating: 0, count: oldKeys.count * 2)
    for (key, value) in zip(oldKeys, oldValues) where key != Self.free {
      let slot = slot(of: key)
      keys[slot] = key
      values[slot] = value
    }
  }
}
