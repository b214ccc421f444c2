import Testing

@testable import TokenStatistics

@Suite("Which conversations share a sequence")
struct SequencePackingTests {
  @Test("TRL's own example has its sequences in its order")
  func example() {
    #expect(SequencePacking.bestFitDecreasing([5, 2, 3, 1], limit: 4) == [[0], [2, 3], [1]])
  }

  @Test("Every conversation is in one sequence, and there are as many as counts alone tell")
  func sums() {
    // Lengths that repeat, exceed the limit and are 0.
    let lengths = (0..<3_000).map { ($0 * 7_919) % 613 + ($0 % 5 == 0 ? 500 : 0) - ($0 % 97 == 0 ? $0 % 613 : 0) }
      .map { max(0, $0) }
    for limit in [64, 100, 512, 1024] {
      let sequences = SequencePacking.bestFitDecreasing(lengths, limit: limit)
      #expect(sequences.joined().sorted() == lengths.indices.filter { lengths[$0] > 0 })
      #expect(sequences.allSatisfy { $0.reduce(0) { $0 + min(lengths[$1], limit) } <= limit })
      #expect(sequences.count == LengthDistribution(lengths).packed(limit, .bfd).sequences)
    }
  }
}
