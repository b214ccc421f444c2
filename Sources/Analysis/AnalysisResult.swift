import Counting
import Datasets
public import Support
public import TokenStatistics

/// What became of an analysis.
public struct AnalysisResult: Sendable {
  /// The statistics document as it was written.
  public var document: StatisticsDocument
  /// The exact results of all datasets that succeeded, counted or taken over, sorted by name.
  public private(set) var checkpoints: [Checkpoint] = []
  /// The datasets that were counted in this run, sorted.
  public private(set) var counted: [String] = []
  /// The datasets whose stored result was still valid, sorted.
  public private(set) var reused: [String] = []
  /// The datasets that failed.
  public private(set) var failures: [InputError]
  /// What the user should know beside errors.
  public var notices: [String]
  /// Whether the work was stopped before all datasets were finished.
  public private(set) var isInterrupted = false
  /// The rows of the file of lengths; nil if none was written.
  public internal(set) var lengthsRows: Int?
  /// Where the time went.
  public var timings = AnalysisTimings()

  /// Stored results that were damaged, each with what was wrong; their datasets were counted again.
  public internal(set) var recountNotices: [String] = []

  private var errors: [TextKey: DatasetErrors?] = [:]

  init(document: StatisticsDocument, failures: [InputError], notices: [String]) {
    self.document = document
    self.failures = failures
    self.notices = notices
    for failure in failures { recordFailure(failure) }
  }

  /// Why there is nothing at all, if every selection left no row; nil if there is anything else.
  var emptySelections: InputError? {
    guard !failures.isEmpty, failures.allSatisfy({ $0.kind == .emptySelection }), checkpoints.isEmpty, !isInterrupted
    else { return nil }
    return InputError(.nothingFound, dataset: "", failures.map(\.description).joined(separator: "; "))
  }

  /// The rows that were left out of datasets that succeeded.
  public var failedRows: Int { checkpoints.reduce(0) { $0 + $1.tally.failedRows } }

  /// Takes what became of the jobs, in the order of their names.
  mutating func take(_ results: [Result<StatisticsConsumer.Output, InputError>?], of jobs: [ScanJob]) {
    let sorted = zip(jobs, results).sorted { $0.0.name.utf8.lexicographicallyPrecedes($1.0.name.utf8) }
    for (job, result) in sorted {
      switch result {
      case .success(.counted(let checkpoint, let summary)):
        counted.append(job.name)
        record(checkpoint, summary)
      case .success(.reused(let checkpoint, let summary)):
        reused.append(job.name)
        record(checkpoint, summary)
      case .failure(let failure):
        failures.append(failure)
        recordFailure(failure)
      case nil: isInterrupted = true
      }
    }
    document.setErrors(errors)
  }

  private mutating func record(_ checkpoint: Checkpoint, _ summary: DatasetSummary) {
    checkpoints.append(checkpoint)
    document.set(summary)
    let tally = checkpoint.tally
    let dataset = checkpoint.identity.dataset
    errors.updateValue(nil, forKey: TextKey(dataset))
    guard tally.failedRows > 0 else { return }
    var details = tally.failures.map {
      ErrorDetail(dataset: dataset, row: $0.row, kind: $0.kind.rawValue, message: $0.message)
    }
    if tally.failedRows > details.count {
      let more = "\(tally.failedRows - details.count) more rows were left out"
      details.append(ErrorDetail(dataset: dataset, row: nil, kind: "rows", message: more))
    }
    errors[dataset] = DatasetErrors(message: Self.message(for: tally), details: details)
  }

  private mutating func recordFailure(_ failure: InputError) {
    let detail = ErrorDetail(dataset: failure.dataset, row: nil, kind: "dataset", message: failure.message)
    errors[failure.dataset] = DatasetErrors(message: failure.message, details: [detail])
  }

  private static func message(for tally: DatasetTally) -> String {
    let rows = tally.failedRows == 1 ? "1 row was left out" : "\(tally.failedRows) rows were left out"
    guard let first = tally.failures.first else { return rows }
    return "\(rows), the first is row \(first.row): \(first.message)"
  }
}
