import Counting
import Analysis
import Reports
import TokenStatistics

/// The table of the longest and shortest conversations.
struct OutlierTable {
  private static let columns: [ResultTable.Column] =
    [.text("dataset"), .text("kind"), .number("row")]
    + [
      .text("label", importance: .medium), .number("score", importance: .medium),
      .number("prompt_index", title: "prompt", importance: .low),
      .number("question_index", title: "question", importance: .low), .number("tokens"),
    ]
    + TokensByKind.kinds.map { .number($0.key, importance: .medium) } + [.text("preview", importance: .low)]

  /// The rows so far.
  private(set) var table = ResultTable(Self.columns)

  /// Bytes of a preview: a line's beginning for people, more for programs.
  static func previewBytes(forPrograms isForPrograms: Bool) -> Int { isForPrograms ? 400 : 48 }

  /// Adds conversations under a word for what they are, such as `longest`.
  mutating func add(_ outliers: [Outlier], kind: String) {
    for outlier in outliers {
      let score: ResultTable.Value = if case .value(let value) = outlier.row.score { .integer(value) } else { .missing }
      var cells: [ResultTable.Value] = [
        .text(outlier.dataset), .text(kind), .integer(outlier.row.row), Self.text(outlier.row.label), score,
        Self.integer(outlier.promptIndex), Self.integer(outlier.questionIndex), .integer(outlier.length),
      ]
      for kind in TokensByKind.kinds { cells.append(.integer(outlier.row.count.kinds[keyPath: kind.tokens])) }
      table.add(cells + [.text(outlier.preview)])
    }
  }

  private static func integer(_ number: Int64?) -> ResultTable.Value { number.map { .integer(Int($0)) } ?? .missing }

  private static func text(_ text: String?) -> ResultTable.Value { text.map(ResultTable.Value.text) ?? .missing }
}
