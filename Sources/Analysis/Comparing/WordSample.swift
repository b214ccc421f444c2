public import Support

/// How often words come in texts, in memory that does not grow with the texts.
///
/// Where there are more different words than fit, those are kept whose hash ends in zeros, so that the sample depends neither
/// on the order of the texts nor on how they were divided.
public struct WordSample: Sendable, Equatable {
  /// The most different words that are kept.
  static let capacity = 1 << 17

  /// How often each word came; a space before it is part of it.
  public private(set) var counts: [TextKey: Int] = [:]
  /// One in so many different words is kept.
  public private(set) var oneIn = 1

  private let capacity: Int

  init(capacity: Int = Self.capacity) { self.capacity = capacity }

  /// Adds occurrences of a word.
  mutating func add(_ word: TextKey, count: Int = 1) {
    guard keeps(word) else { return }
    counts[word, default: 0] += count
    thin()
  }

  /// Adds the words of another sample.
  mutating func merge(_ other: WordSample) {
    if other.oneIn > oneIn {
      oneIn = other.oneIn
      counts = counts.filter { keeps($0.key) }
    }
    for (word, count) in other.counts { add(word, count: count) }
  }

  private func keeps(_ word: TextKey) -> Bool { oneIn == 1 || Self.hash(word) % UInt64(oneIn) == 0 }

  private mutating func thin() {
    while counts.count > capacity {
      oneIn *= 2
      counts = counts.filter { keeps($0.key) }
    }
  }

  /// FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv, with the bits mixed, so that the lowest depend on all.
  private static func hash(_ word: TextKey) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in word.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ hash >> 32) &* 0x9E37_79B9_7F4A_7C15
    return hash ^ hash >> 29
  }
}
