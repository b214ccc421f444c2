import JSON
import Support
import TestSupport
import Testing

@testable import TokenStatistics

@Suite("Comparing statistics, conditions and mixtures")
struct StatisticsDiffTests {
  private static func document(_ range: Range<Int>, _ change: (inout DatasetTally) -> Void = { _ in }) throws
    -> StatisticsDocument
  {
    var document = StatisticsDocument(path: "unused")
    try document.adopt(Fixtures.settings, force: false)
    for rows in try Fixtures.rows()[range] {
      var checkpoint = Fixtures.checkpoint(rows)
      change(&checkpoint.tally)
      document.set(checkpoint.summary)
    }
    return document
  }

  @Test("Datasets are added, gone, changed or the same, and changed numbers are named with both values")
  func diff() throws {
    let old = try Self.document(0..<4)
    let new = try Self.document(1..<5) { tally in
      guard tally.labels.count == 1 else { return }
      tally.scores[.none, default: ScoreTally()].add(LabelTally(lengths: LengthDistribution([9_000])), label: "x")
    }
    let rows = try Fixtures.rows()
    let diff = try StatisticsDiff(old, new)
    #expect(diff.gone.map(\.identity.dataset) == [rows[0].dataset])
    #expect(diff.added.map(\.identity.dataset) == [rows[4].dataset])
    #expect(diff.changed.count + diff.unchanged == 3 && !diff.isEmpty)
    for change in diff.changed {
      let before = try #require(try old.summary(of: change.dataset))
      let numbers = Dictionary(uniqueKeysWithValues: change.numbers.map { ($0.name, $0) })
      #expect(numbers["conversations"]?.change == 1 && numbers["tokens"]?.change == 9_000)
      #expect(numbers["max"]?.old == before.all.length?.maximum.map(Double.init) && numbers["max"]?.new == 9_000)
      #expect(numbers["over_8192"]?.new == (numbers["over_8192"]?.old ?? 0) + 1 && numbers["min"] == nil)
    }
    let same = try StatisticsDiff(old, old)
    #expect(same.isEmpty && same.unchanged == 4)
  }

  @Test("Settings that differ and data that differ are named")
  func causes() throws {
    let old = try Self.document(0..<1)
    var new = StatisticsDocument(path: "unused")
    var settings = Fixtures.settings
    settings.tokenizers["gemma-2-27b"]?.templateSHA256 = "other"
    try new.adopt(settings, force: false)
    var checkpoint = Fixtures.checkpoint(try Fixtures.rows()[0])
    checkpoint.source.sha256 = "other"
    new.set(checkpoint.summary)
    let diff = try StatisticsDiff(old, new)
    #expect(diff.settings.map(\.setting) == ["tokenizers.gemma-2-27b.template_sha256"])
    #expect(diff.changed.count == 1 && diff.changed[0].numbers.isEmpty)
    #expect(diff.changed[0].causes.first?.hasPrefix("source: other data") == true)
  }

  @Test(
    "Conditions are read in every spelling and hold for the right numbers",
    arguments: [
      ("p99>2048", "p99>2048"), ("no_target@4096 > 0", "no_target@4096>0"), ("p50>=2,048", "p50>=2048"),
      ("max<=2k", "max<=2048"), ("over@8k!=0", "over@8192!=0"), ("mean<0.5", "mean<0.5"), ("p99", nil), ("p98>1", nil),
      ("p99>", nil), ("p99@512>1", nil), ("p99>many", nil), (">5", nil), ("no_target@0>1", nil),
    ] as [(String, String?)])
  func conditions(text: String, description: String?) {
    #expect(StatisticsCondition(text)?.description == description)
  }

  @Test("A condition holds or not, and is open where a number is not known")
  func conditionValues() throws {
    var summary = Fixtures.checkpoint(try Fixtures.rows()[0]).summary
    func holds(_ text: String) throws -> Bool? { try #require(StatisticsCondition(text)).holds(for: summary) }
    let p99 = try #require(summary.all.length?.percentiles[99])
    #expect(try holds("p99>\(p99)") == false && holds("p99>=\(p99)") == true && holds("p99=\(p99)") == true)
    #expect(try holds("p99<\(p99)") == false && holds("p99!=\(p99)") == false)
    #expect(try holds("conversations>0") == true && holds("template_errors>0") == true)
    let over = try #require(summary.limits[512]?.conversations)
    #expect(try holds("over@512=\(over)") == true && holds("no_target@512>=0") == true)
    // Several limits, and none of 77 tokens.
    #expect(try holds("over>0") == nil && holds("over@77>0") == nil)
    summary.limits = [512: try #require(summary.limits[512])]
    #expect(try holds("over=\(over)") == true)
  }

  @Test("A mixture's rows give each dataset its share of tokens, and the first to end is seen once")
  func mixture() throws {
    let rows = try Fixtures.rows()
    let datasets = rows[0..<3].map { Fixtures.checkpoint($0).summary }
    for measure in Mixture.Measure.allCases {
      let shares = [2.0, 1.0, 1.0]
      let mixture = try #require(Mixture(Array(zip(datasets, shares)), by: measure))
      #expect(abs(mixture.parts.reduce(0) { $0 + $1.rowShare } - 1) < 1e-12)
      #expect(abs(mixture.parts.reduce(0) { $0 + $1.totalShare } - 1) < 1e-12)
      #expect(abs((mixture.parts.map(\.epochs).max() ?? 0) - 1) < 1e-12)
      // The tokens of a row of the mixture, dataset by dataset.
      let tokens = mixture.parts.map { $0.rowShare * Double($0.tokens) / Double($0.rows) }
      let sum = tokens.reduce(0, +)
      for (token, share) in zip(tokens, shares) { #expect(abs(token / sum - share / 4) < 1e-12) }
    }
    let trained = [TextKey(datasets[0].identity.dataset): 5]
    let known = try #require(Mixture([(datasets[0], 1), (datasets[1], 1)], by: .trained, trained: trained))
    #expect(known.parts.map(\.tokens) == [5, datasets[1].roles?.assistantAndThinking])
    #expect(Mixture([], by: .total) == nil && Mixture([(datasets[0], 0)], by: .total) == nil)
  }
}
