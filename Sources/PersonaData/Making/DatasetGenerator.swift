public import Datasets
public import Support

/// Makes many datasets, several at a time.
public final class DatasetGenerator: Sendable {
  /// How far the work is.
  public struct Progress: Sendable {
    /// Number of datasets that are done.
    public let done: Int
    /// Number of datasets in all.
    public let total: Int
    /// Bytes of raw records that are done.
    public let doneBytes: Int
    /// Bytes of raw records in all.
    public let totalBytes: Int
    /// The dataset that was finished last.
    public let outcome: Outcome
  }

  /// What became of one dataset.
  public struct Outcome: Sendable {
    /// What was to be made.
    public let job: GenerationJob
    /// What was made, or why nothing was.
    public let result: Result<MadeDataset, InputError>
  }

  private struct State {
    var next = 0
    var doneBytes = 0
    var outcomes: [Outcome] = []
  }

  private let jobs: [GenerationJob]
  private let totalBytes: Int
  private let maker: DatasetMaker
  private let stop: StopFlag
  private let report: @Sendable (Progress) -> Void
  private let state = Guarded(State())

  /// Prepares the work.
  ///
  /// - Parameters:
  ///   - plan: the datasets.
  ///   - maker: makes each of them.
  ///   - stop: read before each dataset; once it is set, no more is begun.
  ///   - report: called after each dataset, by one worker at a time.
  public init(
    _ plan: GenerationPlan, maker: DatasetMaker, stop: StopFlag = StopFlag(),
    report: @escaping @Sendable (Progress) -> Void
  ) {
    jobs = plan.jobs
    totalBytes = plan.bytes
    self.maker = maker
    self.stop = stop
    self.report = report
  }

  /// Works until no dataset is left, with as many threads as there are `jobs` and datasets at most.
  public func run(jobs count: Int) {
    Workers.run(count: min(count, jobs.count)) { _ in work() }
  }

  private func work() {
    while let job = takeJob() {
      let result: Result<MadeDataset, InputError>
      do throws(InputError) { result = .success(try maker.make(job)) } catch { result = .failure(error) }
      finish(Outcome(job: job, result: result))
    }
  }

  /// What became of the datasets so far, by name.
  public var outcomes: [Outcome] {
    state.withLock { $0.outcomes }.sorted {
      $0.job.name.description.utf8.lexicographicallyPrecedes($1.job.name.description.utf8)
    }
  }

  private func takeJob() -> GenerationJob? {
    state.withLock { state in
      guard state.next < jobs.count, !stop.isRequested else { return nil }
      defer { state.next += 1 }
      return jobs[state.next]
    }
  }

  private func finish(_ outcome: Outcome) {
    state.withLock { state in
      state.outcomes.append(outcome)
      state.doneBytes += outcome.job.persona.bytes
      // Under the lock, so that reports come in order.
      report(
        Progress(
          done: state.outcomes.count, total: jobs.count, doneBytes: state.doneBytes, totalBytes: totalBytes,
          outcome: outcome))
    }
  }
}
