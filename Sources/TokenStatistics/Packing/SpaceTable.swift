/// The space that is left in sequences, by which the one is found that an item fits into best.
///
/// Sequences with the same space are alike, so only their number is kept.
struct SpaceTable {
  private var counts: [Int]
  /// A bit for each space of which there is a sequence, and a bit for each of those words that is not 0.
  private var words: [UInt64]
  private var summary: [UInt64]

  /// Makes a table for spaces up to `highest`.
  init(upTo highest: Int) {
    counts = [Int](repeating: 0, count: highest + 1)
    words = [UInt64](repeating: 0, count: highest / 64 + 1)
    summary = [UInt64](repeating: 0, count: highest / 4096 + 1)
  }

  /// The number of sequences with this space.
  func count(_ space: Int) -> Int { counts[space] }

  /// The smallest space of at least `length` that a sequence has; nil if none is left.
  func smallest(atLeast length: Int) -> Int? {
    guard length < counts.count else { return nil }
    var word = length / 64
    let here = words[word] & (UInt64.max << UInt64(length % 64))
    if here != 0 { return word * 64 + here.trailingZeroBitCount }
    word += 1
    guard word < words.count else { return nil }
    var block = word / 64
    var blocks = summary[block] & (UInt64.max << UInt64(word % 64))
    while blocks == 0 {
      block += 1
      guard block < summary.count else { return nil }
      blocks = summary[block]
    }
    word = block * 64 + blocks.trailingZeroBitCount
    return word * 64 + words[word].trailingZeroBitCount
  }

  /// Adds sequences with a space; takes them away where `count` is negative.
  mutating func add(_ count: Int, _ space: Int) {
    counts[space] += count
    let word = space / 64
    let bit = UInt64(1) << UInt64(space % 64)
    if counts[space] > 0 { words[word] |= bit } else { words[word] &= ~bit }
    let wordBit = UInt64(1) << UInt64(word % 64)
    if words[word] != 0 { summary[word / 64] |= wordBit } else { summary[word / 64] &= ~wordBit }
  }
}
