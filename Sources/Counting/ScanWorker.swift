import Datasets
import ModelHub
import Support
import TokenStatistics

/// One thread of a scan, with the counter of the model that it counted last.
struct ScanWorker: ~Copyable {
  private let options: Scan.Options
  private let models: [String: LoadedModel]
  private let stop: StopFlag
  private var box: ModelCounter?
  /// Whether what became of the last source was known, so that it was not read.
  private(set) var knewLast = false
  /// Where this thread's time went.
  private(set) var timings = WorkerTimings()

  init(_ options: Scan.Options, models: [String: LoadedModel], stop: StopFlag) {
    self.options = options
    self.models = models
    self.stop = stop
  }

  /// Reads a part of a source.
  ///
  /// - Returns: What became of the source if this was the last of its parts; nil otherwise, or if the work was stopped.
  mutating func work<Consumer: ScanConsumer>(
    on unit: ScanUnit, of job: ScanJob, for consumer: Consumer, board: ScanBoard<Consumer>,
    _ progress: @Sendable (ScanStep) -> Void
  ) -> Result<Consumer.Output, InputError>? {
    knewLast = false
    if let shared = unit.shared {
      do throws(InputError) {
        guard let read = try read(unit, of: job, for: consumer, progress) else { return nil }
        board.add(try consumer.finish(shared, of: job, read.summary, read.totals, &timings), to: unit.job)
        return nil
      } catch { return .failure(error) }
    }
    if unit.place != nil, !board.needs(unit) { return nil }
    let part: Result<ScannedPart<Consumer.Visitor.Summary>, InputError>
    do throws(InputError) {
      if unit.place == nil, let known = try consumer.known(job, &timings) {
        knewLast = true
        return .success(known)
      }
      guard let read = try read(unit, of: job, for: consumer, progress) else { return nil }
      part = .success(read)
    } catch {
      part = .failure(error)
    }
    switch board.take(part, of: unit) {
    case .success(let whole)?:
      do throws(InputError) { return .success(try consumer.finish(job, whole.summary, whole.totals, &timings)) } catch {
        return .failure(error)
      }
    case .failure(let error)?: return .failure(error)
    case nil: return nil
    }
  }

  /// Shows the rows of a part to a visitor; nil if the work was stopped.
  private mutating func read<Consumer: ScanConsumer>(
    _ unit: ScanUnit, of job: ScanJob, for consumer: Consumer, _ progress: @Sendable (ScanStep) -> Void
  ) throws(InputError) -> ScannedPart<Consumer.Visitor.Summary>? {
    let box = try counter(for: job)
    box.counter.dropsSystem = options.dropsSystemOf.contains(job.source.name.kind)
    var visitor = try consumer.makeVisitor(for: job, part: unit.part)
    var totals = RowTotals()
    var clock = WallClock.seconds
    var bytes = 0
    do throws(InputError) {
      var reader = try DatasetReader(
        job.source, part: unit.place, extraColumns: options.columns, optionalColumns: options.optionalColumns,
        argumentColumns: options.templateColumns,
        keepsMembers: options.keepsMembers && !job.source.isTable, readsImages: models[job.model]?.readsImages ?? false)
      while let batch = try reader.nextBatch() {
        let read = WallClock.seconds
        timings.reading += read - clock
        if stop.isRequested { return nil }
        let before = totals.selected
        let rendered = box.counter.renderingSeconds
        let tokens = try show(batch, of: job, to: &visitor, with: box, &totals)
        try visitor.endBatch(batch)
        let passed = min(reader.bytesRead, unit.bytes)
        progress(.counted(job, rows: totals.selected - before, tokens: tokens, bytes: max(0, passed - bytes)))
        bytes = max(bytes, passed)
        clock = WallClock.seconds
        let rendering = box.counter.renderingSeconds - rendered
        timings.rendering += rendering
        timings.counting += clock - read - rendering
      }
    } catch {
      // If the files have changed meanwhile, that is the reason, whatever the error was.
      if error.kind == .unreadable { try job.source.checkUnchanged() }
      throw error
    }
    timings.reading += WallClock.seconds - clock
    if unit.bytes > bytes { progress(.counted(job, rows: 0, tokens: 0, bytes: unit.bytes - bytes)) }
    return ScannedPart(summary: try visitor.finish(), totals: totals)
  }

  /// Shows the selected rows of a batch to a visitor and returns their tokens.
  private func show<Visitor: RowVisitor>(
    _ batch: DatasetBatch, of job: ScanJob, to visitor: inout Visitor, with box: ModelCounter,
    _ totals: inout RowTotals
  ) throws(InputError) -> Int {
    var tokens = 0
    for row in 0..<batch.count {
      totals.rows += 1
      guard let outcomes = box.counter.outcomes(of: row, in: batch, for: job, options) else { continue }
      totals.selected += 1
      for outcome in outcomes {
        if case .failed(let failure, _, _) = outcome {
          if options.failsWithRow {
            throw InputError(.unreadable, dataset: job.name, "row \(failure.row): \(failure.message)")
          }
          totals.record(failure)
        } else {
          tokens += outcome.conversation?.row.count.length ?? 0
        }
        visitor.visit(outcome, in: batch)
      }
    }
    return tokens
  }

  /// The counter of a job's model, which is kept for the jobs that follow.
  private mutating func counter(for job: ScanJob) throws(InputError) -> ModelCounter {
    if let box, box.counts(job.model) { return box }
    guard let model = models[job.model] else {
      throw InputError(.unknownModel, dataset: job.name, "\(InputError.unknownModel(job.model))")
    }
    // Its caches are large, so one is released before the next is made.
    box = nil
    let refusal = RowRenderer.refusal(of: job.model)
    guard let counter = model.makeRowCounter(options, refusing: job.source.mayHoldTexts ? refusal : nil) else {
      throw InputError(.unknownModel, dataset: job.name, refusal)
    }
    let made = ModelCounter(job.model, counter)
    box = made
    return made
  }
}

/// What a part's rows, or a whole source's, were summed up to.
struct ScannedPart<Summary: RowSummary>: Sendable {
  fileprivate(set) var summary: Summary
  fileprivate(set) var totals: RowTotals

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

  /// Whether a part can still change what becomes of its source: no part before it failed.
  func needs(_ unit: ScanUnit) -> Bool {
    state.withLock { state in
      guard let parts = state.parts[unit.job] else { return false }
      return parts[..<unit.part].allSatisfy { !Self.isFailure($0) }
    }
  }

  /// Takes a part and returns, once that is known, what became of the source: the sum of all parts in order, or the
  /// failure of the first part that failed, whichever thread was faster.
  func take(_ part: Part, of unit: ScanUnit) -> Part? {
    guard unit.place != nil else { return part }
    let known: ArraySlice<Part?>? = state.withLock { state in
      state.parts[unit.job]?[unit.part] = part
      guard let parts = state.parts[unit.job] else { return nil }
      let end = parts.firstIndex { Self.isFailure($0) }.map { $0 + 1 } ?? parts.count
      guard parts[..<end].allSatisfy({ $0 != nil }) else { return nil }
      state.parts[unit.job] = nil
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
