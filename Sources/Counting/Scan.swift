public import Datasets
import ModelHub
public import Support
public import TokenStatistics

/// A source that is to be read, and the rows of it that count.
public struct ScanJob: Sendable, Hashable {
  /// Where the rows are; its name is that of the result.
  public let source: DatasetSource
  /// The choice among the rows; empty for all.
  public let filters: ScoreFilters
  /// The model whose template and tokenizer count.
  public let model: String

  /// Makes a job.
  ///
  /// - Parameter model: The model that counts; that of the source's name by default. The name stays.
  public init(source: DatasetSource, filters: ScoreFilters = ScoreFilters(), model: String? = nil) {
    self.source = source
    self.filters = filters
    self.model = model ?? source.name.model
  }

  /// The full name of the result.
  public var name: String { source.name.description }
}

/// Decides what happens to a scan's rows: makes a visitor for each part of a source and takes the visitors' summaries.
///
/// Its functions are called from several threads at once.
public protocol ScanConsumer: Sendable {
  /// What takes the rows of a part.
  associatedtype Visitor: RowVisitor
  /// The result for a source.
  associatedtype Output: Sendable

  /// What is known about a source without reading it; nil if its rows must be read.
  func known(_ job: ScanJob, _ timings: inout WorkerTimings) throws(InputError) -> Output?

  /// Makes the visitor of a part of a source, on the thread that uses it.
  ///
  /// - Parameter part: The part's position in the source, from 0.
  func makeVisitor(for job: ScanJob, part: Int) throws(InputError) -> Visitor

  /// Takes the summary of all parts of a source, once all were read.
  func finish(
    _ job: ScanJob, _ summary: Visitor.Summary, _ totals: RowTotals, _ timings: inout WorkerTimings
  ) throws(InputError) -> Output

  /// Takes the summary of a part of a source whose other parts belong to other runs, see ``Scan/Options/shard``.
  func finish(
    _ part: SharedPart, of job: ScanJob, _ summary: Visitor.Summary, _ totals: RowTotals, _ timings: inout WorkerTimings
  ) throws(InputError) -> Output
}

extension ScanConsumer {
  /// Nothing is known: all rows are read.
  public func known(_ job: ScanJob, _ timings: inout WorkerTimings) throws(InputError) -> Output? { nil }

  /// A part alone answers nothing.
  public func finish(
    _ part: SharedPart, of job: ScanJob, _ summary: Visitor.Summary, _ totals: RowTotals, _ timings: inout WorkerTimings
  ) throws(InputError) -> Output {
    throw InputError(.emptySelection, dataset: job.name, "only whole sources can be asked this; leave out --shard")
  }
}

/// The one loop that reads, selects, renders and counts rows; what happens to them is up to a ``ScanConsumer``.
///
/// The unit of work is a part of a source: a source of many rows is read by several threads, and its parts add up, in
/// order, to what one thread would have found. Jobs that take the same rows with different models share what is read.
public struct Scan: Sendable {
  /// How rows are counted, and by how many threads.
  public struct Options: Sendable {
    /// How conversations are turned into text.
    public var countMode = CountMode.template
    /// Whether a conversation whose template raises is counted by its joined contents.
    public var countsFallback = false
    /// Whether a row that fails makes its source fail.
    public var failsWithRow = false
    /// The kinds of datasets whose system messages are left out before anything is counted or shown.
    public var dropsSystemOf: Set<DatasetKind> = []
    /// Further columns that must be there.
    public var columns: [String] = []
    /// Further columns that visitors may look at, null throughout in sources that lack them.
    public var optionalColumns: [String] = []
    /// Columns that are arguments of the chat template, beside those that always are.
    public var templateColumns: [String] = []
    /// Which tokens are trained; nil for those of the assistant's answers and reasoning, by their kinds.
    public var trainPolicy: TrainPolicy?
    /// Further policies whose trained tokens are counted beside those of ``trainPolicy``.
    public var otherPolicies: [TrainPolicy] = []
    /// Whether all members of rows that are no table are arguments of the chat template, if it reads them.
    public var keepsMembers = false
    /// Whether the tokens of rows are handed out, and not only their numbers.
    public var encodes = false
    /// Whether it is found where prompts and turns end, for which most templates render once more.
    public var findsTurns = true
    /// Whether the tokens without system messages are counted, for which conversations with some are rendered once more.
    public var countsWithoutSystem = true
    /// The number of threads.
    public var workers = 1
    /// Whether sources are worked on in the order given; otherwise model by model, large ones first.
    public var keepsOrder = false
    /// Whether the time of rendering is measured apart from counting, which reads the clock for every conversation.
    public var measuresRendering = false
    /// Whether it is noted of every conversation what only its rendered text tells.
    public var notesRendered = false
    /// Whether it is noted of every conversation what of it does not reach the rendered text.
    public var notesUnrendered = false
    /// Whether the rendered text of rows is handed out, divided by kind.
    public var keepsText = false
    /// The limits, in tokens, that longer conversations are shortened to by leaving out their oldest turns.
    public var turnLimits: [Int] = []
    /// The size in bytes of the parts that larger sources are divided into if there are several threads or runs.
    public var partBytes = 32 << 20
    /// The share of the work that this run takes; nil for all.
    public var shard: ScanShard?

    /// Makes options with defaults.
    public init() {}

    /// All policies whose trained tokens are counted, the one that decides about everything else first.
    public var policies: [TrainPolicy] { (trainPolicy.map { [$0] } ?? []) + otherPolicies }

    /// The members that the policies ask messages for.
    var fields: [String] { policies.compactMap(\.field) }
  }

  /// What a run was to do, and did, of a job that it shares with others.
  public struct Share<Output: Sendable>: Sendable {
    /// The results of the parts that are finished, in no order that matters.
    public internal(set) var parts: [Output] = []
    /// How many parts belong to this run.
    public internal(set) var expected = 0

    /// Whether all that belongs to this run is finished.
    public var isFinished: Bool { parts.count == expected }
  }

  /// What became of a scan.
  public struct Report<Output: Sendable>: Sendable {
    /// What became of each job, in the order of the jobs; nil if the work was stopped before, or belongs to other runs.
    public internal(set) var results: [Result<Output, InputError>?]
    /// What this run was to do of jobs that it shares with others, by the job's position.
    public internal(set) var shares: [Int: Share<Output>]
    /// Where each thread's time went.
    public internal(set) var workers: [WorkerTimings]
  }

  private let jobs: [ScanJob]
  private let models: [String: LoadedModel]
  private let options: Options

  /// Makes a scan of `jobs`, counted with `models`.
  public init(_ jobs: [ScanJob], models: [String: LoadedModel], options: Options) {
    self.jobs = jobs
    self.models = models
    self.options = options
  }

  /// Reads the sources and shows every selected row to a visitor.
  ///
  /// - Parameters:
  ///   - consumer: What is asked of the rows.
  ///   - stop: Asked at least every 4,096 rows; sources that are not finished are left out then.
  ///   - progress: Called after every batch of rows and at the end of every source, from any thread.
  public func run<Consumer: ScanConsumer>(
    _ consumer: Consumer, stop: StopFlag, progress: @Sendable (ScanStep) -> Void = { _ in }
  ) -> Report<Consumer.Output> {
    let board = ScanBoard<Consumer>(jobs: jobs)
    let units = share(divide(board, consumer, stop: stop, progress), board)
    // Threads stay with the models of a read, as long as there are units for them.
    let names = units.map { $0.jobs.map { jobs[$0].model }.joined(separator: "\0") }
    let schedule = ScanSchedule(
      zip(names, units).map { ($0, $1.bytes * $1.jobs.count) }, keepsOrder: options.keepsOrder)
    let workers = Workers.run(count: max(1, min(options.workers, units.count))) { _ in
      let clock = ThreadClock()
      var worker = ScanWorker(self.options, models: self.models, stop: stop)
      var models: String?
      while !stop.isRequested, let index = schedule.next(after: models) {
        models = names[index]
        worker.work(on: units[index], of: self.jobs, for: consumer, board: board, progress) { job, result, isKnown in
          board.finish(job, result)
          progress(.finished(self.jobs[job], isKnown: isKnown))
        }
      }
      var timings = worker.timings
      timings.elapsed = clock.elapsed
      timings.processor = clock.processor
      return timings
    }
    if stop.isRequested { stop.grant() }
    return Report(results: board.results, shares: board.shares, workers: WorkerTimings.withWaiting(workers))
  }

  /// The units of this run, where several runs share the work.
  private func share<Consumer: ScanConsumer>(_ units: [ScanUnit], _ board: ScanBoard<Consumer>) -> [ScanUnit] {
    var own = units
    if let shard = options.shard { own = Array(units[shard.units(ofBytes: units.map { $0.bytes * $0.jobs.count })]) }
    // The jobs of a unit have all their parts together, so that the first stands for them.
    var parts = [Int](repeating: 0, count: jobs.count)
    for unit in own { parts[unit.jobs[0]] += 1 }
    var wholes = [Int](repeating: 0, count: jobs.count)
    for unit in units { wholes[unit.jobs[0]] += 1 }
    for unit in units where unit.part == 0 {
      let (some, whole) = (parts[unit.jobs[0]], wholes[unit.jobs[0]])
      for job in unit.jobs {
        if some < whole {
          board.share(some, of: job)
        } else if unit.place != nil {
          board.expect(whole, for: job)
        }
      }
    }
    return own.map { unit in
      var unit = unit
      let (some, whole) = (parts[unit.jobs[0]], wholes[unit.jobs[0]])
      if some < whole { unit.shared = SharedPart(number: unit.part, count: whole) }
      return unit
    }
  }

  /// Divides large sources into parts, if there are threads or runs to share them. Where several models count the rows,
  /// a part is as much smaller.
  private func divide<Consumer: ScanConsumer>(
    _ board: ScanBoard<Consumer>, _ consumer: Consumer, stop: StopFlag, _ progress: @Sendable (ScanStep) -> Void
  ) -> [ScanUnit] {
    var units: [ScanUnit] = []
    var timings = WorkerTimings()
    let together = ScanUnit.together(jobs, keepsOrder: options.keepsOrder) { models[$0]?.readsImages ?? false }
    for group in together {
      let source = jobs[group[0]].source
      let whole = ScanUnit(jobs: group, part: 0, bytes: source.bytes, place: nil)
      let size = max(1, options.partBytes / group.count)
      guard options.workers > 1 || options.shard != nil, source.bytes / 2 >= size, !stop.isRequested else {
        units.append(whole)
        continue
      }
      // What one run knows must not change what the others take for its share.
      let wanted =
        options.shard == nil ? group.filter { !finishIfKnown($0, board, consumer, &timings, progress) } : group
      guard !wanted.isEmpty else { continue }
      do throws(InputError) {
        let parts = try source.parts(ofBytes: size, requiring: options.columns)
        // A source without rows has no parts, and is read as a whole.
        if parts.isEmpty { units.append(whole.with(wanted)) }
        for (number, part) in parts.enumerated() {
          units.append(ScanUnit(jobs: wanted, part: number, bytes: part.bytes, place: part))
        }
      } catch {
        for job in wanted {
          board.finish(job, .failure(error.named(jobs[job].name)))
          progress(.finished(jobs[job], isKnown: false))
        }
      }
    }
    return units
  }

  /// Finishes a job of which the result is known, or of which it cannot be found out.
  private func finishIfKnown<Consumer: ScanConsumer>(
    _ job: Int, _ board: ScanBoard<Consumer>, _ consumer: Consumer, _ timings: inout WorkerTimings,
    _ progress: @Sendable (ScanStep) -> Void
  ) -> Bool {
    do throws(InputError) {
      guard let known = try consumer.known(jobs[job], &timings) else { return false }
      board.finish(job, .success(known))
      progress(.finished(jobs[job], isKnown: true))
    } catch {
      board.finish(job, .failure(error))
      progress(.finished(jobs[job], isKnown: false))
    }
    return true
  }
}

/// The progress of a scan.
public enum ScanStep: Sendable {
  /// A batch of rows was counted, which stands for about so many bytes of the source.
  case counted(ScanJob, rows: Int, tokens: Int, bytes: Int)
  /// A source is finished: counted, known before, or failed.
  case finished(ScanJob, isKnown: Bool)
}
