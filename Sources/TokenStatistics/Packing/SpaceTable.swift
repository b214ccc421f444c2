/// The space that is left in sequences, by which the one is found that an item fits into best.
///
/// Sequences with the same space are alike, so only their number is kept. A sequence may be longer than all rows together,
/// so memory is taken only around the spaces that are there.
struct SpaceTable {
  /// The numbers of sequences with 4,096 spaces that follow one another.
  private struct Block {
    var counts = [Int](repeating: 0, count: SpaceTable.blockSize)
    /// A bit for each space of which there is a sequence.
    var words = [UInt64](repeating: 0, count: SpaceTable.blockSize / 64)
  }

  private static let blockSize = 4_096

  private let highest: Int
  private var blocks: [Int: Block] = [:]
  /// For each block a bit for each of its words that is not 0.
  private var summary: [UInt64]

  /// Makes a table for spaces up to `highest`.
  init(upTo highest: Int) {
    self.highest = highest
    summary = [UInt64](repeating: 0, count: highest / Self.blockSize + 1)
  }

  /// The number of sequences with this space.
  func count(_ space: Int) -> Int { blocks[space / Self.blockSize]?.counts[space % Self.blockSize] ?? 0 }

  /// The smallest space of at least `length` that a sequence has; nil if none is left.
  func smallest(atLeast length: Int) -> Int? {
    guard length <= highest else { return nil }
    var block = length / Self.blockSize
    let word = length % Self.blockSize / 64
    let here = self.word(word, of: block) & (UInt64.max << UInt64(length % 64))
    if here != 0 { return block * Self.blockSize + word * 64 + here.trailingZeroBitCount }
    var later = word == 63 ? 0 : summary[block] & (UInt64.max << UInt64(word + 1))
    while later == 0 {
      block += 1
      guard block < summary.count else { return nil }
      later = summary[block]
    }
    let next = later.trailingZeroBitCount
    return block * Self.blockSize + next * 64 + self.word(next, of: block).trailingZeroBitCount
  }

  /// Adds sequences with a space; takes them away where `count` is negative.
  mutating func add(_ count: Int, _ space: Int) {
    let (block, place) = space.quotientAndRemainder(dividingBy: Self.blockSize)
    let word = place / 64
    let bit = UInt64(1) << UInt64(place % 64)
    let left = Self.change(&blocks[block, default: Block()], count, place, word, bit)
    let wordBit = UInt64(1) << UInt64(word)
    if left != 0 { summary[block] |= wordBit } else { summary[block] &= ~wordBit }
  }

  /// Changes a block in its place and returns the word of the space.
  private static func change(_ block: inout Block, _ count: Int, _ place: Int, _ word: Int, _ bit: UInt64) -> UInt64 {
    block.counts[place] += count
    if block.counts[place] > 0 { block.words[word] |= bit } else { block.words[word] &= ~bit }
    return block.words[word]
  }

  private func word(_ word: Int, of block: Int) -> UInt64 { blocks[block]?.words[word] ?? 0 }
}
