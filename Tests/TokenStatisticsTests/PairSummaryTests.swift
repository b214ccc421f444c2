import JSON
import TestSupport
import Testing

@testable import TokenStatistics

@Suite("Preferred answers beside the others")
struct PairSummaryTests {
  private static let names = (chosen: "m__dataset__d__chosen", rejected: "m__dataset__d__rejected")

  private static func summary(_ rows: [(chosen: Int?, rejected: Int?)], prompts: [Int] = []) -> PairSummary {
    PairSummary(names: names, lengths: rows, prompts: prompts, limits: [10, 20])
  }

  @Test("rows are pairs where both sides were counted")
  func pairs() {
    let summary = Self.summary([(12, 8), (9, 30), (15, 15), (nil, 5), (7, nil), (nil, nil)], prompts: [3, 4, 5])
    #expect(summary.pairs == 3 && summary.unpaired == 2)
    #expect(summary.chosenTokens == 36 && summary.rejectedTokens == 53)
    #expect(summary.chosenLonger == 1 && summary.rejectedLonger == 1 && summary.equalLength == 1)
    #expect(summary.difference.minimum == -21 && summary.difference.maximum == 4)
    #expect(summary.difference.mean == -17.0 / 3 && summary.difference.percentiles[50] == 0)
    #expect(summary.prompts?.tokens == 12 && summary.prompts?.conversations == 3)
    let limit = summary.limits[10]
    #expect(limit?.chosen == 2 && limit?.rejected == 2 && limit?.either == 3 && limit?.both == 1)
    #expect(summary.limits[20]?.either == 1 && summary.limits[20]?.both == 0)
  }

  @Test("percentiles of differences are those of the lengths that are all shifted by one number")
  func percentiles() {
    var random = SplitMix(state: 4)
    let lengths = (0..<137).map { _ in Int(random.next() % 500) }
    let summary = Self.summary(lengths.map { (chosen: $0, rejected: 200) })
    let distribution = LengthDistribution(lengths)
    for percent in LengthSummary.storedPercents {
      #expect(summary.difference.percentiles[percent] == distribution.percentile(Double(percent)).map { $0 - 200 })
    }
    let difference = (summary.difference.standardDeviation ?? 0) - (distribution.standardDeviation ?? 1)
    #expect(difference.magnitude < 1e-9)
  }

  @Test("what is stored is what is read, and a document keeps pairs sorted, where no total counts them")
  func stored() throws {
    var document = StatisticsDocument(path: "t.json")
    let summary = Self.summary([(12, 8), (9, 30)], prompts: [3])
    let empty = Self.summary([])
    document.setPairs([(name: "m__dataset__z", summary: empty), (name: "m__dataset__d", summary: summary)])
    let read = try document.pairs()
    #expect(read.map(\.name) == ["m__dataset__d", "m__dataset__z"])
    #expect(read.map(\.summary) == [summary, empty])
    #expect(document.datasetNames.isEmpty)
  }
}
