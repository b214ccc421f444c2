public import Counting
public import Datasets
public import TokenStatistics

/// Counts what each strategy keeps of conversations at length limits.
///
/// The scan must shorten conversations to the same limits (``Scan/Options/turnLimits``).
public struct StrategyCounter: RowVisitor {
  /// What is kept of the rows of a source.
  public struct Summary: RowSummary {
    /// What is kept at each limit, in the order of the limits.
    public private(set) var limits: [LimitStrategies]
    /// The exact counts of the rows.
    public private(set) var tally = LabelTally()

    fileprivate init(_ limits: [Int]) { self.limits = limits.map { LimitStrategies(limit: $0) } }

    /// Adds what is kept of the rows that follow.
    public mutating func append(_ next: Summary) {
      for index in limits.indices { limits[index].merge(next.limits[index]) }
      tally.merge(next.tally)
    }

    fileprivate mutating func add(_ conversation: CountedConversation) {
      for index in limits.indices { Self.add(conversation, to: &limits[index]) }
    }

    fileprivate mutating func add(_ counts: LabelTally) { tally.merge(counts) }

    private static func add(_ conversation: CountedConversation, to kept: inout LimitStrategies) {
      let length = conversation.row.count.length
      let limit = kept.limit
      let places = TrainedPlaces(conversation)
      guard length > limit else {
        for strategy in LimitStrategy.allCases { kept.add(strategy, tokens: length, trained: places.count) }
        return
      }
      kept.add(.keepStart, tokens: limit, trained: places.count(in: 0..<limit))
      kept.add(.keepEnd, tokens: limit, trained: places.count(in: length - limit..<length))
      for start in stride(from: 0, to: length, by: limit) {
        let piece = start..<min(start + limit, length)
        kept.add(.split, tokens: piece.count, trained: places.count(in: piece))
      }
      if let rest = conversation.shortened.first(where: { $0.limit == limit })?.rest {
        kept.add(.oldestTurns, tokens: rest.tokens, trained: TrainedPlaces(rest.spans, rest.trained).count)
      }
    }
  }

  /// Rows after which collected lengths become distributions, so that memory does not grow with the source.
  private static let flushThreshold = 1 << 16

  private var summary: Summary
  private var collector = LengthCollector()
  private var pending = 0

  /// Makes a visitor that has seen no row.
  ///
  /// - Parameter limits: The limits in tokens.
  public init(_ limits: [Int]) { summary = Summary(limits) }

  /// Takes a row; one that failed has no tokens.
  public mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    guard let conversation = outcome.conversation else { return }
    summary.add(conversation)
    collector.add(conversation)
    pending += 1 + conversation.spans.count / 8
    if pending >= Self.flushThreshold { flush() }
  }

  /// What is kept.
  public consuming func finish() -> Summary {
    flush()
    return summary
  }

  private mutating func flush() {
    summary.add(collector.tally())
    collector = LengthCollector()
    pending = 0
  }
}
