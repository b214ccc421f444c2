import Testing
import TokenStatistics

@testable import Reports

@Suite("Lengths known by bins")
struct BinnedLengthsTests {
  private func binned(_ lengths: [Int]) -> BinnedLengths {
    BinnedLengths(edges: HistogramBins.edges, counts: HistogramBins.counts(of: LengthDistribution(lengths)))
  }

  @Test("percentiles are as close as the bins are narrow", arguments: [1.0, 25, 50, 75, 95, 99])
  func percentiles(percent: Double) throws {
    let lengths = (0..<5_000).map { 100 + $0 * 7 % 3_011 }
    let exact = try #require(LengthDistribution(lengths).percentile(percent))
    let estimate = try #require(binned(lengths).percentile(percent))
    // A bin is an eighth of an octave wide: 9 %.
    #expect(abs(Double(estimate) / Double(exact) - 1) < 0.05)
  }

  @Test("no conversations have no percentile, and damaged counts no trap")
  func extremes() {
    #expect(binned([]).percentile(50) == nil)
    #expect(BinnedLengths(edges: [1, 2], counts: [.max, -5, .max]).percentile(99) != nil)
    #expect(BinnedLengths(edges: [.min, .max], counts: [1, 1, 1]).percentile(99) != nil)
    let bars = LengthBars(BinnedLengths(edges: [.min, .max], counts: [.max, .max, .max]), columns: 20)
    #expect(bars.row(BinnedLengths(edges: [.min, .max], counts: [.max, .max, .max])).unicodeScalars.count == 20)
    #expect(bars.axis.utf8.count >= 20)
  }

  @Test("bars stand where their lengths are")
  func places() {
    let all = binned([64, 128, 256, 512])
    let bars = LengthBars(all, columns: 24)
    #expect(bars.domain == 5...10)
    let row = Array(bars.row(binned([512])))
    #expect(row.filter { $0 != " " }.count <= 2)
    #expect(row.firstIndex { $0 != " " } == 19)
    #expect(bars.outside(binned([2, 64, 5_000])) == (1, 1))
  }
}
