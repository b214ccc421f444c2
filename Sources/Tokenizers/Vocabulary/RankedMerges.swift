/// What pairs of tokens become and at which rank: a table with open addressing.
struct RankedMerges: Sendable {
  private struct Slot: BitwiseCopyable {
    var key: UInt64
    var rank: UInt32
    var result: TokenID

    static let free = UInt64.max
  }

  private let slots: [Slot]

  /// The rank of pairs that do not merge.
  static let noRank = UInt32.max

  /// Takes merges, of which the later of two for one pair counts.
  init(_ merges: [BPEDefinition.Merge]) {
    var capacity = 64
    while capacity < merges.count * 2 { capacity *= 2 }
    var slots = [Slot](repeating: Slot(key: Slot.free, rank: Self.noRank, result: 0), count: capacity)
    for merge in merges {
      let key = Self.key(merge.left, merge.right)
      var place = Self.hash(key) & (capacity &- 1)
      while slots[place].key != Slot.free, slots[place].key != key { place = (place &+ 1) & (capacity &- 1) }
      slots[place] = Slot(key: key, rank: merge.rank, result: merge.result)
    }
    self.slots = slots
  }

  @inline(__always)
  private static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private static func hash(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> 32) }

  /// The rank of a pair and what it becomes; `noRank` where it does not merge.
  @inline(__always)
  func merge(_ left: TokenID, _ right: TokenID) -> (rank: UInt32, result: TokenID) {
    let key = Self.key(left, right)
    var place = Self.hash(key) & (slots.count &- 1)
    while true {
      let slot = slots[place]
      if slot.key == key { return (slot.rank, slot.result) }
      if slot.key == Slot.free { return (Self.noRank, 0) }
      place = (place &+ 1) & (slots.count &- 1)
    }
  }
}
