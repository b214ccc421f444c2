import Testing
import TokenStatistics

@Suite("Length distributions")
struct LengthDistributionTests {
  /// Lengths with repeats, in an order that depends on the seed only.
  private static func lengths(seed: UInt64, count: Int) -> [Int] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % 700
    }
  }

  @Test("Adding one by one, in bulk and in merged parts give the same value")
  func mergedPartsAreTheWhole() {
    for seed in 1...20 as ClosedRange<UInt64> {
      let lengths = Self.lengths(seed: seed, count: 400)
      let whole = LengthDistribution(lengths)
      var single = LengthDistribution()
      for length in lengths { single.add(length) }
      #expect(single == whole)
      for parts in [1, 2, 7, 400] {
        var merged = LengthDistribution()
        for part in stride(from: 0, to: 400, by: 400 / parts) {
          merged.merge(LengthDistribution(lengths[part..<min(400, part + 400 / parts)]))
        }
        #expect(merged == whole)
        #expect(merged.standardDeviation == whole.standardDeviation)
      }
    }
  }

  @Test("Every derived value equals its definition over the plain list of lengths")
  func definitions() throws {
    let lengths = Self.lengths(seed: 42, count: 333)
    let distribution = LengthDistribution(lengths)
    let sorted = lengths.sorted()
    #expect(distribution.count == 333)
    #expect(distribution.total == lengths.reduce(0, +))
    #expect(distribution.minimum == sorted.first)
    #expect(distribution.maximum == sorted.last)
    #expect(distribution.mean == Double(lengths.reduce(0, +)) / 333)
    #expect(distribution.entries.map(\.length) == Set(lengths).sorted())
    for limit in [-1, 0, 1, 350, 699, 700, Int.max] {
      let above = lengths.filter { $0 > limit }
      #expect(distribution.count(above: limit) == above.count)
      #expect(distribution.tokensLost(above: limit) == above.reduce(0) { $0 + $1 - limit })
    }
    for percent in 1...100 {
      let rank = try #require((1...333).first { $0 * 100 >= percent * 333 })
      #expect(distribution.percentile(Double(percent)) == sorted[rank - 1])
    }
  }

  @Test("Nearest ranks are exact where a floating product would round up")
  func percentileRanks() {
    let thousand = LengthDistribution(1...1_000)
    #expect(thousand.percentile(99.9) == 999)
    #expect(thousand.percentile(0.1) == 1)
    #expect(thousand.percentile(29) == 290)
    #expect(thousand.percentile(0) == 1)
    #expect(thousand.percentile(.nan) == 1)
    #expect(thousand.percentile(250) == 1_000)
    #expect(LengthDistribution([7]).percentile(1) == 7)
  }

  @Test("An empty distribution has no summary")
  func empty() {
    let empty = LengthDistribution()
    #expect(empty.minimum == nil && empty.maximum == nil && empty.mean == nil && empty.standardDeviation == nil)
    #expect(empty.percentile(50) == nil)
    #expect(empty.count(above: 0) == 0)
    #expect(empty == LengthDistribution([]))
  }

  @Test("The deviation is the population's, summed in ascending order")
  func standardDeviation() {
    #expect(LengthDistribution([246, 920]).standardDeviation == 337)
    #expect(LengthDistribution([469]).standardDeviation == 0)
    #expect(LengthDistribution([557, 788, 1_077]).standardDeviation == 212.7288310397901)
  }

  @Test("Stored entries that no run can have written are refused")
  func storedEntries() {
    typealias Entry = LengthDistribution.Entry
    let good = [Entry(length: 3, count: 2), Entry(length: 9, count: 1)]
    #expect(LengthDistribution(entries: good) == LengthDistribution([9, 3, 3]))
    #expect(LengthDistribution(entries: good.reversed()) == nil)
    #expect(LengthDistribution(entries: [Entry(length: 3, count: 0)]) == nil)
    #expect(LengthDistribution(entries: [Entry(length: -1, count: 1)]) == nil)
    #expect(LengthDistribution(entries: [Entry(length: 3, count: 1), Entry(length: 3, count: 1)]) == nil)
    #expect(LengthDistribution(entries: [Entry(length: 1 << 31, count: Int.max)]) == nil)
    #expect(LengthDistribution(entries: [Entry(length: 1 << 30, count: 1 << 20)]) == nil)
  }
}
