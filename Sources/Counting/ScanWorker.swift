import Datasets
import ModelHub
import Support
import TokenStatistics

/// One thread of a scan, with the counters of the models that it counted with last.
struct ScanWorker: ~Copyable {
  private let options: Scan.Options
  private let models: [String: LoadedModel]
  private let stop: StopFlag
  private var counters: [ModelCounter] = []
  /// Where this thread's time went.
  private(set) var timings = WorkerTimings()

  init(_ options: Scan.Options, models: [String: LoadedModel], stop: StopFlag) {
    self.options = options
    self.models = models
    self.stop = stop
  }

  /// Reads a part of a source, once for all jobs that want it.
  ///
  /// - Parameter finish: takes what became of a job's source if this was the last of its parts, and whether that was
  ///   known, so that it was not read.
  mutating func work<Consumer: ScanConsumer>(
    on unit: ScanUnit, of jobs: [ScanJob], for consumer: Consumer, board: ScanBoard<Consumer>,
    _ progress: @Sendable (ScanStep) -> Void,
    finish: (Int, Result<Consumer.Output, InputError>, _ isKnown: Bool) -> Void
  ) {
    var wanted: [Int] = []
    for job in unit.jobs {
      if unit.shared != nil || unit.place != nil {
        if unit.shared != nil || board.needs(unit.part, of: job) { wanted.append(job) }
        continue
      }
      do throws(InputError) {
        if let known = try consumer.known(jobs[job], &timings) {
          finish(job, .success(known), true)
        } else {
          wanted.append(job)
        }
      } catch { finish(job, .failure(error), false) }
    }
    guard !wanted.isEmpty, let read = read(unit, of: wanted.map { jobs[$0] }, for: consumer, progress) else { return }
    for (job, part) in zip(wanted, read) {
      if let result = result(part, of: unit, job, jobs[job], for: consumer, board: board) {
        finish(job, result, false)
      }
    }
  }

  /// What became of a job's source with a part that was read; nil if other parts are still to be read.
  private mutating func result<Consumer: ScanConsumer>(
    _ part: ScanBoard<Consumer>.Part, of unit: ScanUnit, _ position: Int, _ job: ScanJob, for consumer: Consumer,
    board: ScanBoard<Consumer>
  ) -> Result<Consumer.Output, InputError>? {
    do throws(InputError) {
      if let shared = unit.shared {
        let read = try part.get()
        board.add(try consumer.finish(shared, of: job, read.summary, read.totals, &timings), to: position)
        return nil
      }
      guard let whole = try (unit.place == nil ? part : board.take(part, unit.part, of: position))?.get() else {
        return nil
      }
      return .success(try consumer.finish(job, whole.summary, whole.totals, &timings))
    } catch { return .failure(error) }
  }

  /// Shows the rows of a part to a visitor for each job; nil if the work was stopped.
  private mutating func read<Consumer: ScanConsumer>(
    _ unit: ScanUnit, of jobs: [ScanJob], for consumer: Consumer, _ progress: @Sendable (ScanStep) -> Void
  ) -> [ScanBoard<Consumer>.Part]? {
    var shows = shows(jobs, for: consumer, part: unit.part)
    let source = jobs[0].source
    var clock = WallClock.seconds
    var bytes = 0
    do throws(InputError) {
      var reader = try DatasetReader(
        source, part: unit.place, extraColumns: options.columns, optionalColumns: options.optionalColumns,
        argumentColumns: options.templateColumns,
        keepsMembers: options.keepsMembers && source.holdsJSON, readsImages: models[jobs[0].model]?.readsImages ?? false
      )
      while shows.contains(where: { $0.failure == nil }), let batch = try reader.nextBatch() {
        let read = WallClock.seconds
        timings.reading += read - clock
        let passed = max(bytes, min(reader.bytesRead, unit.bytes))
        let rendered = shows.reduce(0) { $0 + $1.renderingSeconds }
        for index in shows.indices where shows[index].failure == nil {
          if stop.isRequested { return nil }
          let counted = shows[index].show(batch, options)
          progress(.counted(jobs[index], rows: counted.rows, tokens: counted.tokens, bytes: passed - bytes))
        }
        bytes = passed
        clock = WallClock.seconds
        let rendering = shows.reduce(0) { $0 + $1.renderingSeconds } - rendered
        timings.rendering += rendering
        timings.counting += clock - read - rendering
      }
    } catch {
      // If the files have changed meanwhile, that is the reason, whatever the error was.
      var reason = error
      if error.kind == .unreadable { do throws(InputError) { try source.checkUnchanged() } catch { reason = error } }
      for index in shows.indices where shows[index].failure == nil {
        shows[index].failure = reason.named(jobs[index].name)
      }
    }
    timings.reading += WallClock.seconds - clock
    for index in shows.indices where shows[index].failure == nil && unit.bytes > bytes {
      progress(.counted(jobs[index], rows: 0, tokens: 0, bytes: unit.bytes - bytes))
    }
    return shows.indices.map { shows[$0].finish() }
  }

  /// What shows the rows of a part to the visitors of jobs.
  private mutating func shows<Consumer: ScanConsumer>(
    _ jobs: [ScanJob], for consumer: Consumer, part: Int
  ) -> [RowShow<Consumer.Visitor>] {
    // Their caches are large, so those of other models are released before more are made.
    counters.removeAll { counter in !jobs.contains { counter.counts($0.model) } }
    return jobs.map { job in
      do throws(InputError) {
        return RowShow(job, try counter(for: job), try consumer.makeVisitor(for: job, part: part), options)
      } catch { return RowShow(job, failure: error) }
    }
  }

  /// The counter of a job's model, which is kept for the jobs that follow.
  private mutating func counter(for job: ScanJob) throws(InputError) -> ModelCounter {
    if let known = counters.first(where: { $0.counts(job.model) }) { return known }
    guard let model = models[job.model] else {
      throw InputError(.unknownModel, dataset: job.name, "\(InputError.unknownModel(job.model))")
    }
    let refusal = RowRenderer.refusal(of: job.model)
    guard let counter = model.makeRowCounter(options, refusing: job.source.mayHoldTexts ? refusal : nil) else {
      throw InputError(.unknownModel, dataset: job.name, refusal)
    }
    let made = ModelCounter(job.model, counter)
    counters.append(made)
    return made
  }
}

/// What a part's rows, or a whole source's, were summed up to.
struct ScannedPart<Summary: RowSummary>: Sendable {
  var summary: Summary
  var totals: RowTotals

  fileprivate mutating func append(_ next: ScannedPart) {
    summary.append(next.summary)
    totals.append(next.totals)
  }
}

/// Collects what became of the jobs, and the parts of those that several threads read.
final class ScanBoard<Consumer: ScanConsumer>: Sendable {
  typealias Part = Result<ScannedPart<Consumer.Visitor.Summary>, InputError>

  private struct State {
    var results: [Result<Consumer.Output, InputError>?]
    /// The parts of divided sources that are not finished, by job; nil if a part was not read yet.
    var parts: [Int: [Part?]] = [:]
    /// What this run does of sources that it shares with others, by job.
    var shares: [Int: Scan.Share<Consumer.Output>] = [:]
  }

  private let state: Guarded<State>

  init(jobs: [ScanJob]) {
    state = Guarded(State(results: [Result<Consumer.Output, InputError>?](repeating: nil, count: jobs.count)))
  }

  /// What became of each job; nil if it is not finished.
  var results: [Result<Consumer.Output, InputError>?] { state.withLock { $0.results } }

  /// Notes what became of a job.
  func finish(_ job: Int, _ result: Result<Consumer.Output, InputError>) {
    state.withLock { $0.results[job] = result }
  }

  /// Notes how many parts a job's source has.
  func expect(_ count: Int, for job: Int) {
    state.withLock { $0.parts[job] = [Part?](repeating: nil, count: count) }
  }

  /// What this run did of jobs that it shares with others.
  var shares: [Int: Scan.Share<Consumer.Output>] { state.withLock { $0.shares } }

  /// Notes how many parts of a job belong to this run, if it shares the job with others.
  func share(_ count: Int, of job: Int) {
    state.withLock { $0.shares[job, default: Scan.Share()].expected = count }
  }

  /// Adds the result of a part of a shared job.
  func add(_ output: Consumer.Output, to job: Int) {
    state.withLock { $0.shares[job, default: Scan.Share()].parts.append(output) }
  }

  /// Whether a part can still change what becomes of a job's source: no part before it failed.
  func needs(_ part: Int, of job: Int) -> Bool {
    state.withLock { state in
      guard let parts = state.parts[job] else { return false }
      return parts[..<part].allSatisfy { !Self.isFailure($0) }
    }
  }

  /// Takes a part and returns, once that is known, what became of the source: the sum of all parts in order, or the
  /// failure of the first part that failed, whichever thread was faster.
  func take(_ part: Part, _ number: Int, of job: Int) -> Part? {
    let known: ArraySlice<Part?>? = state.withLock { state in
      state.parts[job]?[number] = part
      guard let parts = state.parts[job] else { return nil }
      let end = parts.firstIndex { Self.isFailure($0) }.map { $0 + 1 } ?? parts.count
      guard parts[..<end].allSatisfy({ $0 != nil }) else { return nil }
      state.parts[job] = nil
      return parts[..<end]
    }
    guard let known else { return nil }
    var whole: ScannedPart<Consumer.Visitor.Summary>?
    for part in known {
      switch part {
      case .success(let next)?: if whole?.append(next) == nil { whole = next }
      case .failure(let error)?: return .failure(error)
      case nil: return nil
      }
    }
    return whole.map { .success($0) }
  }

  private static func isFailure(_ part: Part?) -> Bool {
    if case .failure? = part { true } else { false }
  }
}
