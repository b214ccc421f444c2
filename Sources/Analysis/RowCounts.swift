public import ChatTemplates
public import Counting
public import Datasets
public import Support
public import TokenStatistics

/// The tokens of selected rows, one by one and in order.
public struct RowCounts: RowSummary {
  /// The tokens of each row; 0 for one that failed.
  public private(set) var tokens: [Int] = []
  /// Why rows failed, by their positions among the rows here.
  public private(set) var failures: [Int: RowFailure] = [:]
  /// What became of the images, sounds and films of all rows.
  public private(set) var media = RenderedMedia()
  /// The conversations whose lists of parts the template did not render as texts.
  public private(set) var listFaults: [ListContentFault: Int] = [:]
  /// The trained tokens of each row, by each of the scan's policies; 0 for one that failed.
  public private(set) var trained: [[Int]] = []
  /// The size of the rendered texts in bytes.
  public private(set) var bytes = 0

  /// Makes counts of no rows.
  public init() {}

  /// - Parameter policies: the number of the scan's policies.
  init(policies: Int) { trained = [[Int]](repeating: [], count: policies) }

  mutating func add(_ outcome: RowOutcome) {
    if case .failed(let failure, _, _) = outcome { failures[tokens.count] = failure }
    if let parts = outcome.conversation?.media, parts.parts > 0 { media.add(parts) }
    if let fault = outcome.conversation?.listFault { listFaults[fault, default: 0] += 1 }
    for index in trained.indices {
      let counts = outcome.conversation?.trainedBy ?? []
      trained[index].append(counts.indices.contains(index) ? counts[index] : 0)
    }
    tokens.append(outcome.conversation?.row.count.length ?? 0)
    bytes += outcome.conversation?.renderedBytes ?? 0
  }

  /// Adds the rows that follow.
  public mutating func append(_ next: RowCounts) {
    for (position, failure) in next.failures { failures[tokens.count + position] = failure }
    media.add(next.media)
    listFaults.merge(next.listFaults, uniquingKeysWith: +)
    if trained.isEmpty { trained = [[Int]](repeating: [], count: next.trained.count) }
    for index in next.trained.indices { trained[index] += next.trained[index] }
    tokens += next.tokens
    bytes += next.bytes
  }
}

/// Hands out the tokens of every selected row, in the order of the sources and their rows, while other rows are
/// counted.
///
/// Memory holds no more than the parts that threads have at hand, and those that wait for an earlier one.
public final class RowCountStream: ScanConsumer {
  /// Where a part is in the order of all parts.
  private struct Place: Hashable, Comparable {
    var source: Int
    var part: Int

    static func < (left: Place, right: Place) -> Bool { (left.source, left.part) < (right.source, right.part) }
  }

  private struct State {
    var next = Place(source: 0, part: 0)
    /// What was counted of parts, by model.
    var waiting: [Place: [RowCounts?]] = [:]
    /// Whether nothing more comes of a job.
    var finished: [Bool]
    /// Which members of rows were arguments of the models' templates.
    var members: [String: RowMembers] = [:]
  }

  private let positions: [ScanJob: [Int]]
  private let models: Int
  private let policies: Int
  private let emit: @Sendable (_ source: Int, [RowCounts]) -> Void
  private let state: Guarded<State>
  private let sum = Guarded(RowTotals())

  /// The rows of all sources that were read to their end.
  public var totals: RowTotals { sum.withLock { $0 } }

  /// Makes a stream for a scan of `jobs` that keeps their order.
  ///
  /// - Parameters:
  ///   - jobs: The jobs: those of a source with each model follow one another.
  ///   - models: How many models count each source.
  ///   - policies: The number of the scan's policies.
  ///   - emit: Takes the next rows of a source as each model counts them; never called from two threads at once.
  public init(
    _ jobs: [ScanJob], models: Int = 1, policies: Int = 0,
    emit: @escaping @Sendable (_ source: Int, [RowCounts]) -> Void
  ) {
    positions = Dictionary(grouping: jobs.indices) { jobs[$0] }
    self.models = models
    self.policies = policies
    self.emit = emit
    state = Guarded(State(finished: [Bool](repeating: false, count: jobs.count)))
  }

  /// Collects the rows of a part and hands them to the stream.
  public struct Visitor: RowVisitor {
    /// Nothing is left: all goes into the stream.
    public struct Summary: RowSummary {
      /// Adds nothing.
      public mutating func append(_ next: Summary) {}
    }

    fileprivate let stream: RowCountStream
    fileprivate let job: ScanJob
    fileprivate let part: Int
    fileprivate var counts: RowCounts

    /// Takes a row.
    public mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) { counts.add(outcome) }

    /// Hands the rows to the stream.
    public consuming func finish() throws(InputError) -> Summary {
      stream.take(counts, part: part, of: job)
      return Summary()
    }
  }

  /// Makes the visitor of a part.
  public func makeVisitor(for job: ScanJob, part: Int) throws(InputError) -> Visitor {
    Visitor(stream: self, job: job, part: part, counts: RowCounts(policies: policies))
  }

  /// Goes on with the next source.
  public func finish(
    _ job: ScanJob, _ summary: Visitor.Summary, _ totals: RowTotals, _ timings: inout WorkerTimings
  ) throws(InputError) {
    guard job.filters.isEmpty || totals.selected > 0 else {
      throw InputError(.emptySelection, dataset: job.name, totals.emptySelection(of: job))
    }
    sum.withLock { $0.append(totals) }
    state.withLock { $0.members[job.model, default: RowMembers()].merge(totals.members) }
    end(job)
  }

  /// Which members of rows were arguments of each model's template.
  public var members: [String: RowMembers] { state.withLock { $0.members } }

  /// Goes on with the next source: no more rows come of this one, whether it was read or failed.
  public func end(_ job: ScanJob) {
    state.withLock { state in
      for position in positions[job] ?? [] { state.finished[position] = true }
      flush(&state)
    }
  }

  private func take(_ counts: RowCounts, part: Int, of job: ScanJob) {
    state.withLock { state in
      // A source that is asked for twice is read twice, and either result serves for both.
      for position in positions[job] ?? [] {
        let place = Place(source: position / models, part: part)
        guard place >= state.next else { continue }
        state.waiting[place, default: [RowCounts?](repeating: nil, count: models)][position % models] = counts
      }
      flush(&state)
    }
  }

  private func flush(_ state: inout State) {
    while state.next.source * models < state.finished.count {
      let (next, first) = (state.next, state.next.source * models)
      let waiting = state.waiting[next]
      if let counts = waiting?.compactMap(\.self), counts.count == models {
        state.waiting[next] = nil
        emit(next.source, counts)
        state.next.part += 1
      } else if (0..<models).contains(where: { state.finished[first + $0] && waiting?[$0] == nil }) {
        // All was handed out, or a model failed: what others count of further rows is told to nobody.
        state.next = Place(source: next.source + 1, part: 0)
        if waiting != nil { state.waiting = state.waiting.filter { $0.key >= state.next } }
      } else {
        return
      }
    }
  }
}

/// The rows of a source and their tokens together.
public struct TokenSum: RowVisitor, RowSummary {
  /// The rows that were counted.
  public private(set) var rows = 0
  /// Their tokens.
  public private(set) var tokens = 0

  /// Makes a sum of nothing.
  public init() {}

  /// Takes a row; one that failed adds nothing.
  public mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    guard let conversation = outcome.conversation else { return }
    rows += 1
    tokens += conversation.row.count.length
  }

  /// The sum.
  public consuming func finish() throws(InputError) -> TokenSum { self }

  /// Adds another sum.
  public mutating func append(_ next: TokenSum) {
    rows += next.rows
    tokens += next.tokens
  }
}
