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

  /// What is said once all is counted: stored results that were damaged, each with what was wrong, whose datasets were
  /// counted again; members that no message has; and what the models' templates read of the rows.
  public internal(set) var runNotices: [String] = []

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

  /// The datasets of which other runs count parts or all, sorted; see ``Scan/Options/shard``.
  public private(set) var shared: [String] = []

  /// Takes what became of the jobs, in the order of their names.
  mutating func take(_ report: Scan.Report<StatisticsConsumer.Output>, of jobs: [ScanJob]) throws(FileError) {
    let sorted = jobs.indices.sorted { jobs[$0].name.utf8.lexicographicallyPrecedes(jobs[$1].name.utf8) }
    for index in sorted {
      let job = jobs[index]
      switch report.results[index] {
      case .success(.counted(let checkpoint, let summary)):
        counted.append(job.name)
        record(checkpoint, summary)
      case .success(.reused(let checkpoint, let summary)):
        reused.append(job.name)
        record(checkpoint, summary)
      case .failure(let failure):
        failures.append(failure)
        recordFailure(failure)
      case .success(.part), nil:
        guard let share = report.shares[index] else {
          isInterrupted = true
          continue
        }
        shared.append(job.name)
        try record(share, of: job.name)
      }
    }
    document.setErrors(errors)
  }

  /// Takes the parts of a dataset that this run counted.
  private mutating func record(_ share: Scan.Share<StatisticsConsumer.Output>, of dataset: String) throws(FileError) {
    if !share.isFinished { isInterrupted = true }
    var sum: SourceParts?
    for case .part(let parts) in share.parts {
      if sum == nil { sum = parts } else { try sum?.merge(parts) }
    }
    try document.setParts(sum, of: dataset)
  }

  private mutating func record(_ checkpoint: Checkpoint, _ summary: DatasetSummary) {
    checkpoints.append(checkpoint)
    document.set(summary)
    errors.updateValue(DatasetErrors(checkpoint), forKey: TextKey(checkpoint.identity.dataset))
  }

  private mutating func recordFailure(_ failure: InputError) {
    let detail = ErrorDetail(dataset: failure.dataset, row: nil, kind: "dataset", message: failure.message)
    errors[failure.dataset] = DatasetErrors(message: failure.message, details: [detail])
  }
}
