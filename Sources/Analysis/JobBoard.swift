import Support
import Counting
import Datasets
import Synchronization
import TokenStatistics
import Support

/// Hands out datasets to workers and collects what became of them.
final class JobBoard: Sendable {
  typealias Outcome = Result<DatasetWorker.Outcome, DatasetFailure>

  private struct State {
    var schedule: ModelSchedule
    var progress: AnalysisProgress
    var outcomes: [(job: DatasetJob, outcome: Outcome)] = []
    var notices: [String] = []
  }

  private let jobs: [DatasetJob]
  private let start: Double
  private let report: @Sendable (AnalysisProgress) -> Void
  private let state: Mutex<State>

  init(
    _ jobs: [DatasetJob], startedAt start: Double, progress report: @escaping @Sendable (AnalysisProgress) -> Void
  ) {
    self.jobs = jobs
    self.start = start
    self.report = report
    var progress = AnalysisProgress()
    progress.totalDatasets = jobs.count
    progress.totalBytes = jobs.reduce(0) { $0 + $1.source.bytes }
    state = Mutex(
      State(schedule: ModelSchedule(jobs.map { ($0.source.name.model, $0.source.bytes) }), progress: progress))
  }

  /// The next dataset for a worker whose last one was of `model`; nil when all are handed out.
  func next(after model: String?) -> DatasetJob? {
    state.withLock { $0.schedule.next(after: model) }.map { jobs[$0] }
  }

  /// Notes rows that were counted.
  func add(conversations: Int, tokens: Int) {
    state.withLock { state in
      state.progress.conversations += conversations
      state.progress.tokens += tokens
      state.progress.elapsedSeconds = WallClock.seconds - start
      report(state.progress)
    }
  }

  /// Notes something for the user to know.
  func note(_ notice: String) { state.withLock { $0.notices.append(notice) } }

  /// What was noted, sorted.
  var notices: [String] { state.withLock { $0.notices }.sorted() }

  /// Notes what became of a dataset.
  func finish(_ job: DatasetJob, _ outcome: Outcome) {
    state.withLock { state in
      state.outcomes.append((job, outcome))
      switch outcome {
      case .success(.stopped): return
      case .success(.reused): state.progress.totalBytes -= job.source.bytes
      case .success(.counted), .failure: state.progress.finishedBytes += job.source.bytes
      }
      state.progress.finishedDatasets += 1
      state.progress.elapsedSeconds = WallClock.seconds - start
      report(state.progress)
    }
  }

  /// Passes what became of the datasets, sorted by name; datasets that no worker took are missing.
  func withOutcomes(_ body: ((outcomes: [(job: DatasetJob, outcome: Outcome)], isComplete: Bool)) -> Void) {
    let outcomes = state.withLock { $0.outcomes }
    let sorted = outcomes.sorted { $0.job.name.utf8.lexicographicallyPrecedes($1.job.name.utf8) }
    body((sorted, outcomes.count == jobs.count))
  }
}
