import Datasets
import Counting
import Analysis
import TokenStatistics

/// What went wrong while datasets were scanned: named on standard error, and told by the exit status.
struct ScanFailures {
  /// Rows of one dataset that are named in messages.
  private static let namedRows = 10

  private var datasets = 0
  private var rows = 0

  /// Starts without failures.
  init() {}

  /// Starts with the datasets that could not be read at all.
  init(_ scan: ConversationScan) {
    for failure in scan.failures { Messages.error(failure.description) }
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
    outcomes.compactMap { outcome in
      for failure in outcome.totals.failures.prefix(Self.namedRows) {
        Messages.warning(
          "\(outcome.identity.dataset), row \(failure.row), \(failure.kind.rawValue): \(failure.message); "
            + "the row is left out")
      }
      let unnamed = outcome.totals.failed - min(Self.namedRows, outcome.totals.failures.count)
      if unnamed > 0 { Messages.warning("\(outcome.identity.dataset): \(unnamed) more rows are left out") }
      rows += outcome.totals.failed
      switch outcome.result {
      case .success(let summary): return (outcome.identity, summary)
      case .failure(let failure):
        Messages.error(failure.description)
        datasets += 1
        return nil
      }
    }
  }

  /// Ends the command with the status that belongs to the failures.
  func end() throws(CommandFailure) {
    var parts: [String] = []
    if datasets > 0 { parts.append("\(datasets) dataset\(datasets == 1 ? "" : "s") failed") }
    if rows > 0 { parts.append("\(rows) row\(rows == 1 ? " was" : "s were") left out") }
    guard !parts.isEmpty else { return }
    throw CommandFailure(parts.joined(separator: ", "), status: .partialFailure)
  }
}
