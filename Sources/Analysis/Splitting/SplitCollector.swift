import ChatTemplates
public import Counting
public import Datasets
import Support
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
    /// The value of the column that is kept in proportion; nil if it is null, or there is none.
    let stratum: String?
    /// The place of the question's text among those of the summary.
    var question: Int?
    let content: ContentKey
  }

  /// What a dataset offers.
  public struct Summary: RowSummary, Equatable {
    /// The conversations in the order of their rows.
    var entries: [Entry] = []
    /// The texts of the questions, each once; none if they do not matter.
    var questions: [String] = []
    /// The number of conversations that are too long.
    public internal(set) var tooLong = 0
    /// The number of rows that are texts without turns, which a split cannot hold.
    public internal(set) var texts = 0

    /// Whether a conversation has a value in the column that is kept in proportion.
    public var hasStrata: Bool { entries.contains { $0.stratum != nil } }

    /// Adds the conversations that follow; a question that both have is kept once.
    public mutating func append(_ next: Summary) {
      var places = Dictionary(questions.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      let moved = next.questions.map { question in
        if let place = places[question] { return place }
        places[question] = questions.count
        questions.append(question)
        return questions.count - 1
      }
      entries += next.entries.map { entry in
        var entry = entry
        entry.question = entry.question.map { moved[$0] }
        return entry
      }
      tooLong += next.tooLong
      texts += next.texts
    }
  }

  private let settings: SplitSettings
  private let stratumColumn: String?
  private var summary = Summary()
  private var places: [String: Int] = [:]

  /// Makes a collector.
  public init(_ settings: SplitSettings) {
    self.settings = settings
    if case .column(let name)? = settings.stratum { stratumColumn = name } else { stratumColumn = nil }
  }

  /// Takes a row; one that failed cannot be chosen.
  public mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    guard let conversation = outcome.conversation else { return }
    let row = conversation.row
    guard !conversation.isText else {
      summary.texts += 1
      return
    }
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
        stratum: stratumColumn.flatMap { batch.text(of: $0, row: number) },
        question: settings.group == .question ? batch.text(of: "question", row: number).map { place(of: $0) } : nil,
        content: ContentKey(conversation.messages, of: batch.text)))
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
