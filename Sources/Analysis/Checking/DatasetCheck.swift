import Counting
import Datasets
import Support
public import TokenStatistics

/// Rows in which the same was found.
public struct CheckFinding: Sendable, Hashable {
  /// One of the rows.
  public struct Example: Sendable, Hashable {
    /// The row's number, from 0.
    public let row: Int
    /// The line of its file in which it begins, from 1; nil where rows have no lines.
    public let line: Int?
    /// What was found, in words.
    public let message: String
  }

  /// The number of rows.
  public private(set) var rows = 0
  /// The first of them.
  public private(set) var examples: [Example] = []

  /// Makes a finding of no rows.
  init() {}

  mutating func add(_ example: Example, keeping most: Int) {
    rows += 1
    if examples.count < most { examples.append(example) }
  }

  mutating func append(_ next: CheckFinding, keeping most: Int) {
    rows += next.rows
    examples += next.examples.prefix(most - examples.count)
  }
}

/// What a check found in a dataset.
public struct DatasetCheck: Sendable {
  /// The dataset's names.
  public let identity: DatasetIdentity
  /// The file or folder that was read.
  public let path: String
  /// The rows that were looked at.
  public let rows: Int
  /// What was found, by kind; kinds without rows are absent.
  public private(set) var findings: [CheckKind: CheckFinding]
  /// The rows that were compared with one another; nil if those were all.
  public let comparedRows: Int?
  private let tally: LabelTally

  /// Checks the datasets of a scan; what equals one another is found here.
  ///
  /// - Parameters:
  ///   - outcomes: What the scan gave; datasets that failed are left out.
  ///   - settings: What the visitors were made with.
  public static func checks(
    _ outcomes: [ConversationScan.Outcome<CheckVisitor.Summary>], _ settings: CheckVisitor.Settings
  ) -> [DatasetCheck] {
    var rejected: [TextKey: CheckVisitor.Summary] = [:]
    for outcome in outcomes {
      guard case .success(let summary) = outcome.result, let side = PairSide(outcome.job.source.name), !side.isChosen
      else { continue }
      rejected[side.pair] = summary
    }
    let read = outcomes.compactMap { outcome in
      if case .success(let summary) = outcome.result { (outcome: outcome, summary: summary) } else { nil }
    }
    let duplicates = DuplicateSearch.duplicates(
      in: read.map { outcome, summary in
        DuplicateSearch.Rows(
          name: outcome.identity.dataset, model: TextKey(outcome.identity.model),
          path: Files.shown(outcome.job.source.path),
          pair: PairSide(outcome.job.source.name)?.pair, digests: summary.digests)
      })
    return zip(read, duplicates).map { (read, duplicates) -> DatasetCheck in
      let outcome = read.outcome
      var summary = read.summary
      for duplicate in duplicates {
        let first = duplicate.first
        let place = first.line > 0 ? "line \(first.line)" : "row \(first.row)"
        let named = duplicate.dataset.map { "\(place) of \($0)" } ?? place
        let entry = duplicate.entry
        summary.note(
          .duplicate,
          CheckFinding.Example(
            row: entry.row, line: entry.line > 0 ? entry.line : nil, message: "is rendered as \(named) is"))
      }
      let other = PairSide(outcome.job.source.name).flatMap { $0.isChosen ? rejected[$0.pair] : nil }
      for entry in other.map({ summary.digests.equalRows(in: $0.digests) }) ?? [] {
        summary.note(
          .identicalPair,
          CheckFinding.Example(
            row: entry.row, line: entry.line > 0 ? entry.line : nil, message: "chosen and rejected are the same"))
      }
      return DatasetCheck(outcome, summary)
    }
  }

  private init(_ outcome: ConversationScan.Outcome<CheckVisitor.Summary>, _ summary: CheckVisitor.Summary) {
    identity = outcome.identity
    path = outcome.job.source.path
    rows = outcome.totals.selected
    findings = summary.findings
    comparedRows = summary.digests.isFull ? summary.digests.count : nil
    tally = summary.tally
  }

  /// How many rows there are of a kind.
  public func count(_ kind: CheckKind) -> Int { findings[kind]?.rows ?? 0 }

  /// The numbers of the conversations, with what each of `limits` would cut off.
  public func summary(limits: [Int]) -> DatasetSummary {
    var whole = DatasetTally()
    whole.scores[.none] = ScoreTally(labels: [TextKey(ScoreTally.missingLabel): tally])
    var summary = DatasetSummary(identity: identity, tally: whole, source: nil, limits: limits)
    let raised = count(.templateError)
    if raised > 0 { summary.templateErrors = [TextKey(CheckKind.templateError.rawValue): raised] }
    return summary
  }
}
