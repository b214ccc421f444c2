/// The distinct colours of a picture, up to 256, and their palette indices.
struct ColorTable {
  private static let slots = 1024
  private static let mostColors = 256
  private static let empty: UInt32 = .max

  private var keys = [UInt32](repeating: Self.empty, count: Self.slots)
  private var indices = [UInt8](repeating: 0, count: Self.slots)
  private var count = 0
  /// Whether more colours were inserted than a palette holds.
  private(set) var isOverfull = false

  mutating func removeAll() {
    guard count > 0 else { return }
    for slot in keys.indices { keys[slot] = Self.empty }
    count = 0
    isOverfull = false
  }

  /// Inserts `color` unless it is there or the table is full; returns its slot.
  mutating func insert(_ color: UInt32) -> Int {
    let slot = slot(of: color)
    guard keys[slot] == Self.empty else { return slot }
    guard count < Self.mostColors else {
      isOverfull = true
      return slot
    }
    keys[slot] = color
    count += 1
    return slot
  }

  /// The colours in order of value, which from now on is the order of their indices.
  mutating func sortedColors() -> [UInt32] {
    let colors = keys.filter { $0 != Self.empty }.sorted()
    for (index, color) in colors.enumerated() {
      indices[slot(of: color)] = UInt8(truncatingIfNeeded: index)
    }
    return colors
  }

  /// The palette index of the colour in `slot`.
  func index(inSlot slot: Int) -> UInt8 {
    indices[slot]
  }

  /// The slot that holds `color` or would take it; a table a quarter full always has a free one.
  private func slot(of color: UInt32) -> Int {
    var slot = Int(truncatingIfNeeded: (color &* 0x9E37_79B1) >> 22)
    while keys[slot] != Self.empty, keys[slot] != color {
      slot = (slot + 1) & (Self.slots - 1)
    }
    return slot
  }
}
