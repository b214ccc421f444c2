import Testing
import TokenStatistics

@testable import Reports

@Suite("Lengths known by bins")
struct BinnedLengthsTests {
  private func binned(_ lengths: [Int]) -> BinnedLengths {
    BinnedLengths(edges: HistogramBins.edges, counts: HistogramBins.counts(of: LengthDistribution(lengths)))
  }

  @Test("damaged counts are no trap")
  func extremes() {
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
