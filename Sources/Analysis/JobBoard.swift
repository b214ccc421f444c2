internal import PersonaDatasets
internal import Synchronization
internal import TokenStatistics

/// Hands out datasets to workers and collects what became of them.
final class JobBoard: Sendable {
  typealias Outcome = Result<DatasetWorker.Outcome, DatasetFailure>

  private struct State {
    var next = 0
    var progress: AnalysisProgress
    var outcomes: [(source: DatasetSource, outcome: Outcome)] = []
  }

  private let sources: [DatasetSource]
  private let start: Double
  private let report: @Sendable (AnalysisProgress) -> Void
  private let state: Mutex<State>

  init(
    _ sources: [DatasetSource], startedAt start: Double, progress report: @escaping @Sendable (AnalysisProgress) -> Void
  ) {
    self.sources = sources
    self.start = start
    self.report = report
    var progress = AnalysisProgress()
    progress.totalDatasets = sources.count
    progress.totalBytes = sources.reduce(0) { $0 + $1.bytes }
    state = Mutex(State(progress: progress))
  }

  /// The next dataset; nil when all are handed out.
  func next() -> DatasetSource? {
    state.withLock { state in
      guard state.next < sources.count else { return nil }
      state.next += 1
      return sources[state.next - 1]
    }
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

  /// Notes what became of a dataset.
  func finish(_ source: DatasetSource, _ outcome: Outcome) {
    state.withLock { state in
      state.outcomes.append((source, outcome))
      switch outcome {
      case .success(.stopped): return
      case .success(.reused): state.progress.totalBytes -= source.bytes
      case .success(.counted), .failure: state.progress.finishedBytes += source.bytes
      }
      state.progress.finishedDatasets += 1
      state.progress.elapsedSeconds = WallClock.seconds - start
      report(state.progress)
    }
  }

  /// Passes what became of the datasets, sorted by name; datasets that no worker took are missing.
  func withOutcomes(_ body: ((outcomes: [(source: DatasetSource, outcome: Outcome)], isComplete: Bool)) -> Void) {
    let outcomes = state.withLock { $0.outcomes }
    let sorted = outcomes.sorted {
      $0.source.name.description.utf8.lexicographicallyPrecedes($1.source.name.description.utf8)
    }
    body((sorted, outcomes.count == sources.count))
  }
}
