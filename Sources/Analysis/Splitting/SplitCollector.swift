public import Counting
public import ChatTemplates
import Support
public import Datasets
import TokenStatistics

/// Notes the conversations of a dataset that may be chosen for a split.
public struct SplitCollector: RowVisitor {
  /// A conversation that may be chosen.
  struct Entry: Sendable, Equatable {
    let row: Int
    let tokens: Int
    let score: Score
    let label: String?
    let promptIndex: Int64?
    let questionIndex: Int64?
    /// The place of the question's text among those of the summary.
    let question: Int?
    let content: ContentKey
  }

  /// What a dataset offers.
  public struct Summary: Sendable, Equatable {
    /// The conversations in the order of their rows.
    var entries: [Entry] = []
    /// The texts of the questions, each once; none where they do not matter.
    var questions: [String] = []
    /// The number of conversations that are too long.
    public internal(set) var tooLong = 0
  }

  private let settings: SplitSettings
  private var summary = Summary()
  private var places: [String: Int] = [:]

  /// Makes a collector.
  public init(_ settings: SplitSettings) { self.settings = settings }

  /// Takes a counted row.
  public mutating func visit(_ row: CountedRow, messages: [ChatMessage], in batch: DatasetBatch) {
    guard row.count.length <= settings.maximumLength else {
      summary.tooLong += 1
      return
    }
    let number = row.row - batch.firstRow
    summary.entries.append(
      Entry(
        row: row.row, tokens: row.count.length, score: row.score, label: row.label,
        promptIndex: batch.integer(of: "prompt_index", row: number),
        questionIndex: batch.integer(of: "question_index", row: number),
        question: settings.group == .question ? batch.text(of: "question", row: number).map { place(of: $0) } : nil,
        content: ContentKey(messages, of: batch.text)))
  }

  /// What the dataset offers.
  public consuming func finish() -> Summary { summary }

  private mutating func place(of question: String) -> Int {
    if let place = places[question] { return place }
    places[question] = summary.questions.count
    summary.questions.append(question)
    return summary.questions.count - 1
  }
}
