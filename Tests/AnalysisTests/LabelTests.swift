import ColumnarFiles
import Support
import Testing
import TokenStatistics

@testable import Analysis
@testable import Counting
@testable import Datasets

/// Labels and values of columns are told apart by their bytes.
@Suite struct LabelTests {
  /// Equal for Swift, different bytes.
  private static let labels = ["\u{E9}", "e\u{301}"]

  @Test("labels that are canonically equivalent are counted apart")
  func statistics() throws {
    var kinds = UTF8Builder()
    for label in Self.labels + [Self.labels[1]] { try kinds.append(label) }
    let schema = Schema([Field("kind", .utf8)])
    let table = try RecordBatch(schema: schema, columns: [kinds.finish()], rowCount: 3)
    let plan = try TablePlan(schema, shape: RowShape(.text(column: "kind")), columns: FurtherColumns())
    let batch = DatasetBatch(table, plan: plan, rowsBefore: 0)
    var visitor = StatisticsVisitor(groupColumns: ["kind"])
    for (row, label) in (Self.labels + [Self.labels[1]]).enumerated() {
      var count = ConversationCount()
      count.kinds.user = 10 * (row + 1)
      let counted = CountedRow(row: row, label: label, score: .value(1), count: count)
      visitor.visit(.counted(CountedConversation(row: counted, messages: [], spans: [], renderedBytes: 0)), in: batch)
    }
    let tally = try visitor.finish().tally
    for labels in [tally.labels, tally.groups["kind"] ?? [:]] {
      #expect(labels.count == 2)
      #expect(labels[Self.labels[0]]?.tokens == 10 && labels[Self.labels[1]]?.tokens == 50)
    }
  }

  @Test("lengths under several tokenizers are kept by score and label")
  func comparedLengths() {
    var lengths = ComparedLengths(tokenizers: 2)
    for (index, label) in Self.labels.enumerated() {
      lengths.add(score: .value(index), label: label, lengths: [10, 20], assistantTokens: [1, 2])
      lengths.add(score: .value(0), label: label, lengths: [30, 40], assistantTokens: [3, 4])
    }
    let tallies = lengths.finish()
    #expect(tallies.map { $0[.value(0)]?.lengths.total } == [70, 100])
    #expect(tallies.map { $0[.value(1)]?.labels[Self.labels[1]]?.assistantTokens } == [1, 2])
    #expect(tallies[1][.value(0)]?.labels.count == 2)
  }

  @Test("a filter by label takes the bytes it names")
  func filters() {
    let filters = ScoreFilters(label: Self.labels[0])
    #expect(filters.includes(score: .none, label: Self.labels[0]))
    #expect(!filters.includes(score: .none, label: Self.labels[1]))
  }
}
