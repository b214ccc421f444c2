import JSON
import TestSupport
import Testing

@testable import TokenStatistics

@Suite("Tokens by position")
struct PositionCountsTests {
  /// Spans of tokens: disjoint in each conversation, anywhere in the next.
  private static func spans(_ count: Int, seed: UInt64, longest: Int = 40) -> [Range<Int>] {
    var random = SplitMix(state: seed)
    return (0..<count).map { _ in
      let start = Int(random.next() % 100)
      return start..<start + 1 + Int(random.next() % UInt64(longest))
    }
  }

  private static func counts(_ spans: [Range<Int>]) -> PositionCounts {
    PositionCounts(
      starts: LengthDistribution(spans.map(\.lowerBound)), ends: LengthDistribution(spans.map(\.upperBound)))
  }

  @Test("Runs hold what counting position by position gives", arguments: [0, 1, 2, 7, 60, 1_000])
  func runs(count: Int) {
    let spans = Self.spans(count, seed: UInt64(count))
    let counts = Self.counts(spans)
    let expected = (0..<150).map { position in spans.count { $0.contains(position) } }
    #expect(counts.total == expected.reduce(0, +))
    for limit in 0..<150 { #expect(counts.tokens(from: limit) == expected[limit...].reduce(0, +)) }
    #expect(zip(counts.runs, counts.runs.dropFirst()).allSatisfy { $0.position < $1.position && $0.count != $1.count })
    #expect(counts.runs.last?.count ?? 0 == 0 && counts.runs.first?.count != 0)
    #expect(PositionCounts(runs: counts.runs) == counts)
  }

  @Test("Merged parts are the whole, for any cut and order")
  func merging() {
    let spans = Self.spans(200, seed: 5)
    let whole = Self.counts(spans)
    for size in [1, 3, 50, 199] {
      var parts = stride(from: 0, to: spans.count, by: size).map {
        Self.counts(Array(spans[$0..<min(spans.count, $0 + size)]))
      }
      for _ in 0..<2 {
        var merged = PositionCounts()
        for part in parts { merged.merge(part) }
        #expect(merged == whole)
        parts.reverse()
      }
    }
  }

  @Test(
    "Stored runs that no conversations can have are refused",
    arguments: [
      [(0, 1)], [(-1, 1), (2, 0)], [(3, 1), (3, 0)], [(3, 1), (2, 0)], [(0, 1), (2, 1), (3, 0)], [(0, -1), (2, 0)],
      [(0, 0)], [(0, 1 << 45), (1, 0)], [(0, 1 << 43), (1 << 31, 0)], [(0, 1), (1 << 40, 0)],
    ])
  func refusals(runs: [(Int, Int)]) {
    #expect(PositionCounts(runs: runs.map { PositionCounts.Run(position: $0.0, count: $0.1) }) == nil)
  }
}
