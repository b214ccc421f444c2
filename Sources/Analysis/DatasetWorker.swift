import ModelHub
import Counting
import ColumnarFiles
import Support
import Datasets
import TokenStatistics

/// Counts datasets one after the other, with counters and scratch memory of its own. It belongs to one thread.
struct DatasetWorker: ~Copyable {
  /// What a worker did with a dataset.
  enum Outcome {
    /// The dataset was counted.
    case counted(Checkpoint, DatasetSummary)
    /// The stored result is still valid.
    case reused(Checkpoint, DatasetSummary)
    /// The work was stopped before the dataset was finished.
    case stopped
  }

  let plan: CountingPlan
  private let onBatch: @Sendable (_ conversations: Int, _ tokens: Int) -> Void
  private let onNotice: @Sendable (_ notice: String) -> Void
  private let shouldStop: @Sendable () -> Bool
  /// The counter of the last dataset's model.
  private var box: ModelCounter?
  /// Where this worker's time went.
  private(set) var timings = WorkerTimings()

  init(
    _ plan: CountingPlan, onBatch: @escaping @Sendable (_ conversations: Int, _ tokens: Int) -> Void,
    onNotice: @escaping @Sendable (_ notice: String) -> Void, shouldStop: @escaping @Sendable () -> Bool
  ) {
    self.plan = plan
    self.onBatch = onBatch
    self.onNotice = onNotice
    self.shouldStop = shouldStop
  }

  /// Counts a dataset, or takes over its stored result where nothing that it depends on changed, and stores the result.
  ///
  /// The summary for the document is made here too, so that the threads share that work.
  mutating func process(_ job: DatasetJob) throws(DatasetFailure) -> Outcome {
    let source = job.source
    let name = job.name
    guard let format = plan.formats[source.name.model] else {
      throw DatasetFailure(dataset: name, message: "\(ModelError.unknownModel(source.name.model))")
    }
    let options = plan.options(for: format, filters: job.filters)
    if let stored = try reusable(source, options: options) { return .reused(stored, stored.summary) }
    var lengths = try lengthsPart(of: job)
    guard var accumulator = try count(job, with: format, into: &lengths) else { return .stopped }
    guard job.filters.isEmpty || accumulator.chosenRows > 0 else { throw emptySelection(job, rows: accumulator.rows) }
    let start = WallClock.seconds
    let sha256 = try digest(of: source)
    let middle = WallClock.seconds
    // The digest is that of the rows that were counted.
    try source.checkUnchanged()
    let tally = accumulator.finish()
    let checkpoint = Checkpoint(
      identity: source.name.identity,
      fingerprint: Fingerprint(
        source: .init(size: source.bytes, modified: source.modified, sha256: sha256), options: options),
      source: SourceRecord(
        path: source.path, format: source.format.rawValue, rows: accumulator.rows, bytes: source.bytes, sha256: sha256),
      toolVersion: plan.toolVersion, tally: tally)
    try finish(lengths.take(), of: job)
    try save(checkpoint)
    let summary = checkpoint.summary
    timings.hashing += middle - start
    timings.saving += WallClock.seconds - middle
    return .counted(checkpoint, summary)
  }

  /// The stored result, where it still holds.
  private func reusable(
    _ source: DatasetSource, options: Fingerprint.Options
  ) throws(DatasetFailure) -> Checkpoint? {
    guard plan.takesOver else { return nil }
    let loaded: Checkpoint?
    do throws(StatisticsError) {
      loaded = try plan.store.load(source.name.description)
    } catch {
      // A checkpoint that cannot be read is only a saved effort: the dataset is counted and the file replaced.
      let reason = if case .damaged(let path, let reason) = error { "\(path): \(reason)" } else { error.description }
      onNotice("\(source.name) is counted again, its stored result cannot be used: \(reason)")
      return nil
    }
    guard var stored = loaded, stored.fingerprint.options == options, stored.fingerprint.source.size == source.bytes,
      stored.source.path == source.path
    else { return nil }
    if stored.fingerprint.source.modified == source.modified { return stored }
    guard try digest(of: source) == stored.fingerprint.source.sha256 else { return nil }
    stored.fingerprint.source.modified = source.modified
    try save(stored)
    return stored
  }

  /// Counts all rows; nil where the work was stopped.
  private mutating func count(
    _ job: DatasetJob, with format: LoadedFormat, into lengths: inout LengthsPart?
  ) throws(DatasetFailure) -> DatasetAccumulator? {
    var accumulator = DatasetAccumulator(limits: plan.limits, groupColumns: plan.groupColumns)
    let box = box(for: job.source.name.model, format)
    do throws(DatasetError) {
      var clock = WallClock.seconds
      var reader = try DatasetReader(
        job.source, extraColumns: plan.groupColumns,
        optionalColumns: plan.lengths == nil ? [] : LengthsTable.copiedColumns)
      while let batch = try reader.nextBatch() {
        let read = WallClock.seconds
        timings.reading += read - clock
        if shouldStop() { return nil }
        let before = (rows: accumulator.chosenRows, tokens: accumulator.tokens)
        let renderedBefore = box.counter.renderingSeconds
        do throws(RowFailure) {
          for row in 0..<batch.count {
            let counted = try countRow(row, of: batch, job: job, with: &box.counter, into: &accumulator)
            if let counted { lengths?.add(counted) }
          }
        } catch {
          throw DatasetError(.unreadable, dataset: "", "row \(error.row): \(error.message)")
        }
        try endBatch(batch, of: &lengths)
        onBatch(accumulator.chosenRows - before.rows, accumulator.tokens - before.tokens)
        clock = WallClock.seconds
        let rendering = box.counter.renderingSeconds - renderedBefore
        timings.rendering += rendering
        timings.counting += clock - read - rendering
      }
      timings.reading += WallClock.seconds - clock
    } catch {
      // Where the files changed meanwhile, that is the reason, whatever it looked like.
      if error.kind == .unreadable { try job.source.checkUnchanged() }
      throw DatasetFailure(dataset: job.name, message: error.message)
    }
    return accumulator
  }

  private mutating func box(for model: String, _ format: LoadedFormat) -> ModelCounter {
    if let box, box.counts(model) { return box }
    box = nil
    let counter = format.makeCounter(mode: plan.countMode, measuresRendering: plan.measuresRendering)
    let made = ModelCounter(model, RowCounter(counter, countsFallback: plan.countsFallback))
    box = made
    return made
  }

  private func emptySelection(_ job: DatasetJob, rows: Int) -> DatasetFailure {
    var failure = DatasetFailure(
      dataset: job.name, message: "none of the \(rows) rows of \(job.source.path) matches \(job.filters.selectionText)")
    failure.isEmptySelection = true
    return failure
  }

  /// Counts one row, unless it is not chosen, or records why it is left out.
  ///
  /// - Returns: The row where it was counted.
  /// - Throws: The row's failure, where failed rows are to fail their dataset.
  private func countRow(
    _ row: Int, of batch: DatasetBatch, job: DatasetJob, with counter: inout RowCounter,
    into accumulator: inout DatasetAccumulator
  ) throws(RowFailure) -> CountedRow? {
    accumulator.rows += 1
    do throws(RowFailure) {
      guard try job.includes(row, of: batch) else { return nil }
    } catch {
      if plan.onError == .fail { throw error }
      accumulator.chosenRows += 1
      accumulator.record(error, legacyTokens: 0)
      return nil
    }
    accumulator.chosenRows += 1
    do throws(RowFailure) {
      let counted = try counter.count(row, of: batch)
      if let error = counter.templateError { accumulator.recordTemplateError(error) }
      accumulator.add(
        counted, groupValues: groupValues(row, of: batch), content: counter.contentSize(in: batch),
        assistantTokensFrom: { counter.assistantTokens(from: $0) })
      return counted
    } catch {
      if plan.onError == .fail { throw error }
      if let error = counter.templateError { accumulator.recordTemplateError(error) }
      accumulator.record(error, legacyTokens: counter.failedLegacyTokens)
      return nil
    }
  }

  private func groupValues(_ row: Int, of batch: DatasetBatch) -> [String] {
    if plan.groupColumns.isEmpty { return [] }
    return plan.groupColumns.map { batch.text(of: $0, row: row) ?? ScoreTally.missingLabel }
  }

  private func digest(of source: DatasetSource) throws(DatasetFailure) -> String {
    do throws(FileError) {
      return try source.digest()
    } catch {
      throw DatasetFailure(dataset: source.name.description, message: error.description)
    }
  }

  private func save(_ checkpoint: Checkpoint) throws(DatasetFailure) {
    do throws(FileError) {
      try plan.store.save(checkpoint)
    } catch {
      throw DatasetFailure(dataset: checkpoint.identity.dataset, message: error.description)
    }
  }
}
