/// Finds the position of a byte string among many.
///
/// Swift's `String` compares by canonical equivalence, under which distinct tokens are equal; this compares bytes.
struct ByteStringIndex {
  private let strings: ByteStrings
  private var slots: [Int32]

  /// Indexes `strings`; of equal strings the last one is found. Empty strings are left out.
  init(_ strings: ByteStrings) {
    self.strings = strings
    var capacity = 16
    while capacity < strings.count * 2 { capacity *= 2 }
    slots = [Int32](repeating: -1, count: capacity)
    for index in 0..<strings.count where !strings[index].isEmpty {
      slots[slot(of: strings.range(index), in: strings.bytes)] = Int32(index)
    }
  }

  /// The position of the bytes in `range` of `bytes`; nil where no such string is indexed.
  func position(of range: Range<Int>, in bytes: [UInt8]) -> Int? {
    let found = slots[slot(of: range, in: bytes)]
    return found < 0 ? nil : Int(found)
  }

  /// The position of `bytes`; nil where no such string is indexed.
  func position(of bytes: [UInt8]) -> Int? { position(of: 0..<bytes.count, in: bytes) }

  private func slot(of range: Range<Int>, in bytes: [UInt8]) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for offset in range { hash = (hash ^ UInt64(bytes[offset])) &* 0x0000_0100_0000_01B3 }
    hash ^= hash >> 29
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0, !isEqual(Int(slots[slot]), range, bytes) { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private func isEqual(_ index: Int, _ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
    let stored = strings.range(index)
    guard stored.count == range.count else { return false }
    for offset in 0..<range.count where strings.bytes[stored.lowerBound + offset] != bytes[range.lowerBound + offset] {
      return false
    }
    return true
  }
}
