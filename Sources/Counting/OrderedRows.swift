import Datasets
import Glibc
public import Support
import TokenStatistics

/// Reads, counts and changes the selected rows of a source on several threads, and hands out what became of them in the
/// order of the rows, in memory that does not grow with the source.
public struct OrderedRows: Sendable {
  private let job: ScanJob
  private let model: LoadedModel
  private let options: Scan.Options

  /// Makes a run over the rows of `job`, counted with `model`.
  public init(_ job: ScanJob, model: LoadedModel, options: Scan.Options) {
    self.job = job
    self.model = model
    self.options = options
  }

  /// A batch of rows, and what became of those that are selected.
  public struct Batch: Sendable {
    /// What became of the selected rows, in order.
    public let outcomes: [RowOutcome]
    /// The rows read.
    public let rows: Int
  }

  /// What the threads share: the reader and the number of its next batch.
  private struct Input: ~Copyable {
    var reader: DatasetReader
    var next = 0
    var isAtEnd = false
  }

  /// What waits for earlier batches, and what went wrong.
  private struct Output<Part: Sendable> {
    var next = 0
    var waiting: [Int: (part: Part, totals: RowTotals)] = [:]
    var totals = RowTotals()
    var failure: InputError?
  }

  /// Runs.
  ///
  /// - Parameters:
  ///   - stop: Asked before every batch of rows.
  ///   - change: Makes of a batch what is handed out; called from any thread.
  ///   - emit: Takes what was made of the next batch; never called from two threads at once.
  /// - Returns: The rows read, selected and failed; nil if the work was stopped.
  /// - Throws: `InputError` if the source cannot be read or changed meanwhile, or what `emit` throws.
  public func run<Part: Sendable>(
    stop: StopFlag, _ change: @escaping @Sendable (Batch) throws(InputError) -> Part,
    emit: @escaping @Sendable (Part) throws(InputError) -> Void
  ) throws(InputError) -> RowTotals? {
    let reader = try DatasetReader(
      job.source, argumentColumns: options.templateColumns, readsImages: model.readsImages)
    let input = Guarded(Input(reader: reader))
    let output = Guarded(Output<Part>())
    let threads = max(1, options.workers)
    Workers.run(count: threads) { _ in
      do throws(InputError) {
        try work(input, output, threads: threads, stop: stop, change, emit)
      } catch {
        output.withLock { if $0.failure == nil { $0.failure = error } }
      }
    }
    let end = output.withLock { ($0.failure, $0.totals) }
    if let failure = end.0 {
      // If the files have changed meanwhile, that is the reason, whatever the error was.
      if failure.kind == .unreadable { try job.source.checkUnchanged() }
      throw failure
    }
    if stop.isRequested { return nil }
    try input.withLock { (input) throws(InputError) in try input.reader.verify() }
    try job.source.checkUnchanged()
    return end.1
  }

  private func work<Part: Sendable>(
    _ input: Guarded<Input>, _ output: Guarded<Output<Part>>, threads: Int, stop: StopFlag,
    _ change: @Sendable (Batch) throws(InputError) -> Part, _ emit: @Sendable (Part) throws(InputError) -> Void
  ) throws(InputError) {
    guard var counter = model.makeRowCounter(options) else {
      throw InputError(.unknownModel, dataset: job.name, RowRenderer.refusal(of: job.model))
    }
    while !stop.isRequested {
      let taken = try input.withLock { (input) throws(InputError) -> (number: Int, batch: DatasetBatch)? in
        guard !input.isAtEnd else { return nil }
        guard let batch = try input.reader.nextBatch() else {
          input.isAtEnd = true
          return nil
        }
        input.next += 1
        return (input.next - 1, batch)
      }
      guard let (number, batch) = taken else { return }
      var totals = RowTotals()
      let outcomes = count(batch, with: &counter, &totals)
      let part = try change(Batch(outcomes: outcomes, rows: batch.count))
      try output.withLock { (output) throws(InputError) in
        output.waiting[number] = (part, totals)
        while output.failure == nil, let next = output.waiting.removeValue(forKey: output.next) {
          output.next += 1
          output.totals.append(next.totals)
          do throws(InputError) { try emit(next.part) } catch {
            output.failure = error
          }
        }
      }
      // A batch that takes long keeps the others from being handed out, and there must not be ever more of them. Its
      // thread is at work on it, so it comes.
      while output.withLock({ $0.failure == nil && $0.waiting.count > 4 * threads }), !stop.isRequested { usleep(500) }
      if output.withLock({ $0.failure != nil }) { return }
    }
  }

  private func count(
    _ batch: DatasetBatch, with counter: inout RowCounter, _ totals: inout RowTotals
  ) -> [RowOutcome] {
    var outcomes: [RowOutcome] = []
    counter.begin(batch)
    let fields = options.fields
    for row in 0..<batch.count {
      totals.rows += 1
      guard let samples = counter.outcomes(of: row, in: batch, for: job, options) else { continue }
      totals.selected += 1
      for sample in samples {
        if case .failed(let failure, _, _) = sample {
          totals.record(failure)
        } else {
          totals.record(sample, fields: fields)
        }
      }
      outcomes += samples
    }
    totals.members = counter.takeMembers()
    return outcomes
  }
}
