import Analysis
import ChatTemplates
import Counting
import Datasets
import Reports
import Support
import TokenStatistics

/// The table of the longest and shortest conversations.
struct OutlierTable {
  private static let columns: [ResultTable.Column] =
    [.text("dataset"), .text("kind"), .number("row")]
    + [
      .text("label", importance: .low), .number("score", importance: .medium),
      .number("prompt_index", title: "prompt", importance: .low),
      .number("question_index", title: "question", importance: .low), .number("tokens"),
    ]
    + TokensByKind.kinds.map { .number($0.key, importance: .low) }
    + [.text("faults", importance: .medium), .text("preview", importance: .medium, shortest: 16)]

  /// The rows so far.
  private(set) var table = ResultTable(Self.columns)
  /// Whether other programs read the table: people see a preview on one line.
  let isForPrograms: Bool

  /// Makes a table without rows.
  init(isForPrograms: Bool) { self.isForPrograms = isForPrograms }

  /// Bytes of a preview: a line's beginning for people, more for programs.
  var previewBytes: Int { isForPrograms ? 400 : 48 }

  /// Adds conversations under a word for what they are, such as `longest`.
  mutating func add(_ outliers: [Outlier], kind: String) {
    for outlier in outliers {
      var cells: [ResultTable.Value] = [
        .text(outlier.dataset), .text(kind), .integer(outlier.row.row), Self.text(outlier.row.label),
        Self.score(outlier.row.score),
        Self.integer(outlier.promptIndex), Self.integer(outlier.questionIndex), .integer(outlier.length),
      ]
      for kind in TokensByKind.kinds { cells.append(.integer(outlier.row.count.kinds[keyPath: kind.tokens])) }
      let faults = outlier.faults.map(\.rawValue).joined(separator: ",")
      table.add(cells + [.text(faults), .text(isForPrograms ? outlier.preview : Self.line(outlier.preview))])
    }
  }

  /// A text with a space for each stretch of white space.
  private static func line(_ text: String) -> String {
    text.unicodeScalars.split { $0.properties.isWhitespace }.map { String($0) }.joined(separator: " ")
  }

  /// A score with the digits of its shortest text.
  private static func score(_ score: Score) -> ResultTable.Value {
    guard let number = score.number else { return .missing }
    guard number != number.rounded() else { return .integer(score.floor) }
    let parts = score.key.split(separator: ".")
    return .decimal(number, digits: parts.count == 2 ? parts[1].utf8.count : 6)
  }

  private static func integer(_ number: Int64?) -> ResultTable.Value { number.map { .integer(Int($0)) } ?? .missing }

  private static func text(_ text: String?) -> ResultTable.Value { text.map(ResultTable.Value.text) ?? .missing }
}

/// What went wrong while datasets were scanned: named on standard error, and told by the exit status.
struct ScanFailures {
  /// Rows of one dataset that are named in messages.
  private static let namedRows = 10

  private var datasets = 0
  private var rows = 0
  private var members = RowMembers()

  /// Starts without failures.
  init() {}

  /// Starts with the datasets that could not be read at all.
  init(_ scan: ConversationScan) {
    Messages.errors(scan.failures)
    datasets = scan.failures.count
  }

  /// Takes the summaries out of the outcomes and names what failed.
  mutating func summaries<Summary>(of outcomes: [ConversationScan.Outcome<Summary>]) -> [Summary] {
    results(of: outcomes).map(\.summary)
  }

  /// Takes the summaries with the datasets' names out of the outcomes and names what failed.
  mutating func results<Summary>(
    of outcomes: [ConversationScan.Outcome<Summary>]
  ) -> [(identity: DatasetIdentity, summary: Summary)] {
    var results: [(identity: DatasetIdentity, summary: Summary)] = []
    var failures: [InputError] = []
    Self.noteFields(of: outcomes)
    for outcome in outcomes {
      note(outcome.totals, of: outcome.identity.dataset)
      switch outcome.result {
      case .success(let summary): results.append((outcome.identity, summary))
      case .failure(let failure): failures.append(failure)
      }
    }
    Messages.errors(failures)
    datasets += failures.count
    return results
  }

  /// Says which members no message has that policies ask for.
  static func noteFields<Summary>(of outcomes: [ConversationScan.Outcome<Summary>]) {
    let totals = outcomes.reduce(into: RowTotals()) { $0.append($1.totals) }
    if let notice = totals.fieldNotice { Messages.notice(notice) }
  }

  /// Names the rows of a dataset that failed, and says where images are not counted.
  ///
  /// - Parameter isCounted: whether an option says what an image is worth.
  mutating func note(_ totals: RowTotals, of dataset: String, isCounted: Bool = true) {
    if totals.media.counted < totals.media.parts,
      let notice = MediaNotice.text(totals.media, each: nil, isCounted: isCounted)
    {
      Messages.notice("\(dataset): \(notice)")
    }
    members.merge(totals.members)
    for failure in totals.failures.prefix(Self.namedRows) {
      Messages.warning(
        "\(dataset), row \(failure.row), \(failure.kind.rawValue): \(failure.message); the row is left out")
    }
    let unnamed = totals.failed - min(Self.namedRows, totals.failures.count)
    if unnamed > 0 { Messages.warning("\(dataset): \(unnamed) more rows are left out") }
    rows += totals.failed
  }

  /// Ends the command with the status that belongs to the failures.
  func end() throws(CommandFailure) {
    if let notice = members.notice { Messages.notice(notice) }
    var parts: [String] = []
    if datasets > 0 { parts.append("\(datasets) dataset\(datasets == 1 ? "" : "s") failed") }
    if rows > 0 { parts.append("\(rows) row\(rows == 1 ? " was" : "s were") left out") }
    guard !parts.isEmpty else { return }
    throw CommandFailure(parts.joined(separator: ", "), status: .partialFailure)
  }
}
