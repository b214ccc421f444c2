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
  /// Where this thread's time went.
  private(set) var timings = WorkerTimings()

  init(_ options: Scan.Options, models: [String: LoadedModel], stop: StopFlag) {
    self.options = options
    self.models = models
    self.stop = stop
  }

  /// Reads a part of a source.
  ///
  /// - Returns: What became of the source where this was the last of its parts, else nil, as where the work was stopped.
  mutating func work<Consumer: ScanConsumer>(
    on unit: ScanUnit, of job: ScanJob, for consumer: Consumer, board: ScanBoard<Consumer>,
    _ progress: @Sendable (ScanStep) -> Void
  ) -> Result<Consumer.Output, InputError>? {
    do throws(InputError) {
      if unit.place == nil, let known = try consumer.known(job, &timings) { return .success(known) }
      if board.hasFailed(unit.job) { return nil }
      guard let part = try read(unit, of: job, for: consumer, progress) else { return nil }
      guard let (summary, totals) = board.take(part, of: unit) else { return nil }
      return .success(try consumer.finish(job, summary, totals, &timings))
    } catch {
      return board.fail(unit.job) ? .failure(error) : nil
    }
  }

  /// Shows the rows of a part to a visitor; nil where the work was stopped.
  private mutating func read<Consumer: ScanConsumer>(
    _ unit: ScanUnit, of job: ScanJob, for consumer: Consumer, _ progress: @Sendable (ScanStep) -> Void
  ) throws(InputError) -> ScannedPart<Consumer.Visitor.Summary>? {
    let box = try counter(for: job)
    var visitor = try consumer.makeVisitor(for: job, part: unit.part)
    var totals = RowTotals()
    var clock = WallClock.seconds
    do throws(InputError) {
      var reader = try DatasetReader(
        job.source, part: unit.place, extraColumns: options.columns, optionalColumns: options.optionalColumns)
      while let batch = try reader.nextBatch() {
        let read = WallClock.seconds
        timings.reading += read - clock
        if stop.isRequested { return nil }
        let before = totals.selected
        let rendered = box.counter.renderingSeconds
        let tokens = try show(batch, of: job, to: &visitor, with: box, &totals)
        try visitor.endBatch(batch)
        progress(.counted(rows: totals.selected - before, tokens: tokens))
        clock = WallClock.seconds
        let rendering = box.counter.renderingSeconds - rendered
        timings.rendering += rendering
        timings.counting += clock - read - rendering
      }
    } catch {
      // Where the files changed meanwhile, that is the reason, whatever it looked like.
      if error.kind == .unreadable { try job.source.checkUnchanged() }
      throw error
    }
    timings.reading += WallClock.seconds - clock
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
      let outcome: RowOutcome
      do throws(RowFailure) {
        guard try job.filters.includes(row, of: batch) else { continue }
        outcome = box.counter.count(row, of: batch)
      } catch {
        outcome = .failed(error, raised: nil, legacyTokens: 0)
      }
      totals.selected += 1
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
    return tokens
  }

  /// The counter of a job's model, which is kept for the jobs that follow.
  private mutating func counter(for job: ScanJob) throws(InputError) -> ModelCounter {
    if let box, box.counts(job.model) { return box }
    guard let model = models[job.model] else {
      throw InputError(.unknownModel, dataset: job.name, "\(ModelHubError.unknownModel(job.model))")
    }
    // What it knows is large: one goes before the next comes.
    box = nil
    let counter = model.makeCounter(mode: options.countMode, measuresRendering: options.measuresRendering)
    let made = ModelCounter(
      job.model,
      RowCounter(counter, countsFallback: options.countsFallback, dropsSystem: options.dropsSystem))
    box = made
    return made
  }
}

/// What is left of the rows of a part.
struct ScannedPart<Summary: RowSummary>: Sendable {
  let summary: Summary
  let totals: RowTotals
}

/// Collects what became of the jobs, and the parts of those that several threads read.
final class ScanBoard<Consumer: ScanConsumer>: Sendable {
  typealias Summary = Consumer.Visitor.Summary

  private struct State {
    var results: [Result<Consumer.Output, InputError>?]
    /// The parts of divided sources, by job.
    var parts: [Int: [ScannedPart<Summary>?]] = [:]
    var failed: Set<Int> = []
  }

  private let state: Guarded<State>

  init(jobs: [ScanJob]) {
    state = Guarded(State(results: [Result<Consumer.Output, InputError>?](repeating: nil, count: jobs.count)))
  }

  /// What became of each job; nil where it is not finished.
  var results: [Result<Consumer.Output, InputError>?] { state.withLock { $0.results } }

  /// Notes what became of a job.
  func finish(_ job: Int, _ result: Result<Consumer.Output, InputError>) {
    state.withLock { $0.results[job] = result }
  }

  /// Notes how many parts a job's source has.
  func expect(_ count: Int, for job: Int) {
    state.withLock { $0.parts[job] = [ScannedPart<Summary>?](repeating: nil, count: count) }
  }

  /// Takes a part and returns, when it is the last that was missing, the sum of all parts in order.
  func take(_ part: ScannedPart<Summary>, of unit: ScanUnit) -> (Summary, RowTotals)? {
    guard unit.parts > 1 else { return (part.summary, part.totals) }
    let all: [ScannedPart<Summary>]? = state.withLock { state in
      state.parts[unit.job]?[unit.part] = part
      guard let parts = state.parts[unit.job], parts.allSatisfy({ $0 != nil }) else { return nil }
      state.parts[unit.job] = nil
      return parts.compactMap { $0 }
    }
    guard let all, let first = all.first else { return nil }
    var (summary, totals) = (first.summary, first.totals)
    for next in all.dropFirst() {
      summary.append(next.summary)
      totals.append(next.totals)
    }
    return (summary, totals)
  }

  /// Notes that a part of a job's source failed; whether it is the first that did.
  func fail(_ job: Int) -> Bool {
    state.withLock { state in
      state.parts[job] = nil
      return state.failed.insert(job).inserted
    }
  }

  /// Whether a part of a job's source failed, so that the others need not be read.
  func hasFailed(_ job: Int) -> Bool { state.withLock { $0.failed.contains(job) } }
}
