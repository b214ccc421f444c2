import CTextKernels
public import Datasets
public import Support
public import TokenStatistics

/// One dataset that is to be made.
public struct GenerationJob: Sendable, Hashable {
  /// The raw records.
  public let persona: RawPersona
  /// The name of the dataset.
  public let name: DatasetName

  /// Makes a job.
  ///
  /// - Throws: `InputError` if the persona's name cannot be part of a dataset's name.
  public init(_ persona: RawPersona, filters: ScoreFilters = ScoreFilters()) throws(InputError) {
    self.persona = persona
    name = try DatasetName(
      model: persona.model, kind: persona.type, subject: persona.persona, filters: filters)
  }
}

/// All datasets of some models, the largest first so that no worker is left with a large one at the end.
public struct GenerationPlan: Sendable {
  /// The datasets to make.
  public private(set) var jobs: [GenerationJob] = []
  /// Personas whose name cannot be part of a dataset's name.
  public private(set) var failures: [InputError] = []

  /// Size of all raw records, in bytes.
  public var bytes: Int { jobs.reduce(0) { $0 + $1.persona.bytes } }

  /// Plans datasets.
  ///
  /// - Parameters:
  ///   - archive: the raw records.
  ///   - models: the models that are wanted, where a repeated name counts once; nil for all that have records.
  ///   - types: the types of personas.
  ///   - filters: the rows that are taken.
  /// - Throws: `InputError` where a model that is wanted has no records of any of the types, or no model has.
  public init(
    _ archive: PersonaArchive, models: [String]?, types: [DatasetKind], filters: ScoreFilters = ScoreFilters()
  ) throws(InputError) {
    let known = try archive.models()
    var planned: Set<String> = []
    for model in models ?? known where planned.insert(model).inserted {
      var personas: [RawPersona] = []
      for type in types { personas += try archive.personasIfAny(model: model, type: type) }
      if personas.isEmpty, models != nil {
        let names = types.map { "\($0.rawValue)s" }.joined(separator: " or ")
        let close = CloseNames.question(CloseNames.of(model, in: known))
        throw InputError(
          .nothingFound, dataset: model,
          "no raw records of \(names) in \(archive.path); there are records of \(known.joined(separator: ", "))"
            + close)
      }
      for persona in personas { add(persona, filters) }
    }
    guard !jobs.isEmpty || !failures.isEmpty else {
      throw InputError(.nothingFound, dataset: archive.path, "there are no raw records")
    }
    jobs.sort { ($1.persona.bytes, $0.name.description) < ($0.persona.bytes, $1.name.description) }
  }

  private mutating func add(_ persona: RawPersona, _ filters: ScoreFilters) {
    do throws(InputError) {
      jobs.append(try GenerationJob(persona, filters: filters))
    } catch {
      failures.append(error.named(persona.recordsPath))
    }
  }
}

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

/// What becomes of memory that was freed.
public enum FreedMemory {
  /// Keeps it for the next dataset, which needs as much again.
  ///
  /// Without this the C library hands large pieces back to the system, which clears them again, page by page, when they
  /// are next asked for. To be called once, before other threads are started. The corresponding C function is `mallopt`.
  public static func keep() { rk_keep_freed_memory() }
}
