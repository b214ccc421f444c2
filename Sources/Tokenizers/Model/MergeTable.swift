/// The ranks of all pairs of tokens that merge: an open-addressed table of 64-bit slots.
///
/// A slot holds the left token in 20 bits, the right one in 20 and the rank in 24. Most pairs that are looked up do not
/// merge, and the table is larger than a core's cache, so a bit of a small filter is tested first.
struct MergeTable: @unchecked Sendable {
  // Sendable: points into an immutable image that its owner keeps alive.

  private let slots: UnsafePointer<UInt64>
  private let shift: UInt64
  private let mask: Int
  private let results: UnsafePointer<UInt32>
  private let filter: UnsafePointer<UInt64>

  /// The words of the filter: 512 KiB, about 15 bits for each merge of a vocabulary of 128,000 tokens.
  static let filterWords = 1 << 16
  static let noRank: UInt32 = 0xFF_FFFF
  static let emptySlot = UInt64.max

  /// Reads the table from `slots`, whose count is a power of two, and the results of the ranks.
  init(
    slots: UnsafeBufferPointer<UInt64>, results: UnsafeBufferPointer<UInt32>, filter: UnsafeBufferPointer<UInt64>
  ) {
    self.filter = filter.baseAddress.unsafelyUnwrapped
    self.slots = slots.baseAddress.unsafelyUnwrapped
    mask = slots.count - 1
    shift = UInt64(slots.count.leadingZeroBitCount + 1)
    self.results = results.baseAddress.unsafelyUnwrapped
  }

  /// The rank of the merge of two tokens; `noRank` if they do not merge.
  @inline(__always)
  func rank(_ left: UInt32, _ right: UInt32) -> UInt32 {
    let key = UInt64(left) << 20 | UInt64(right)
    let hash = Self.hash(key)
    guard filter[Self.filterWord(hash)] & Self.filterBit(hash) != 0 else { return Self.noRank }
    var slot = Int(truncatingIfNeeded: hash &>> shift)
    while true {
      let value = slots[slot]
      if value >> 24 == key { return UInt32(truncatingIfNeeded: value) & Self.noRank }
      if value == Self.emptySlot { return Self.noRank }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(__always)
  private static func hash(_ key: UInt64) -> UInt64 { key &* 0x9E37_79B9_7F4A_7C15 }

  @inline(__always)
  private static func filterWord(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> 48) }

  @inline(__always)
  private static func filterBit(_ hash: UInt64) -> UInt64 { 1 &<< (hash &>> 42) }

  /// The token that the merge of `rank` makes.
  @inline(__always)
  func result(of rank: UInt32) -> UInt32 { results[Int(rank)] }

  /// Builds the slots for `merges`, whose pairs are distinct.
  static func slots(for merges: [BytePairPlan.Merge]) -> [UInt64] {
    var capacity = 16
    while capacity * 5 < merges.count * 8 { capacity *= 2 }
    let shift = UInt64(capacity.leadingZeroBitCount + 1)
    var slots = [UInt64](repeating: emptySlot, count: capacity)
    for merge in merges {
      let key = UInt64(merge.left) << 20 | UInt64(merge.right)
      var slot = Int(truncatingIfNeeded: hash(key) &>> shift)
      while slots[slot] != emptySlot, slots[slot] >> 24 != key { slot = (slot + 1) & (capacity - 1) }
      slots[slot] = key << 24 | UInt64(merge.rank)
    }
    return slots
  }

  /// Builds the filter for `merges`.
  static func filter(for merges: [BytePairPlan.Merge]) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: filterWords)
    for merge in merges {
      let hash = hash(UInt64(merge.left) << 20 | UInt64(merge.right))
      words[filterWord(hash)] |= filterBit(hash)
    }
    return words
  }
}

/// How merging produces a token from its text.
struct TokenDerivation: BitwiseCopyable {
  /// The token on the left of the merge that makes this one; the token itself if it is a symbol.
  var left: UInt32
  /// The token on the right of the merge that makes this one; the token itself if it is a symbol.
  var right: UInt32
  /// The rank of the merge that makes this token: `symbolRank` for symbols, which no merge makes, and
  /// `irregularRank` where ranks do not rise from parts to wholes on the way here.
  var rank: Int32
  /// In the low 20 bits the longest token that is a proper prefix of this one, or `noToken`; above, the length in
  /// bytes.
  var prefixAndLength: UInt32

  static let symbolRank: Int32 = -1
  static let irregularRank = Int32.max
  static let noToken: UInt32 = 1 << 20 - 1

  /// The longest token that is a proper prefix of this one, or `noToken`.
  var prefix: UInt32 { prefixAndLength & Self.noToken }
  /// The length of the token's text in bytes.
  var length: Int { Int(truncatingIfNeeded: prefixAndLength >> 20) }
}
