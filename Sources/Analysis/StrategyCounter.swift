import ChatTemplates
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
      let places = TrainedPlaces(conversation.spans)
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
      if let spans = conversation.shortened.first(where: { $0.limit == limit })?.spans {
        kept.add(.oldestTurns, tokens: spans.reduce(0) { $0 + $1.tokens }, trained: TrainedPlaces(spans).count)
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

/// Where the trained tokens of a conversation are.
struct TrainedPlaces {
  private let ranges: [Range<Int>]
  /// The number of trained tokens.
  let count: Int

  /// Finds the tokens of the assistant's answers and reasoning.
  init(_ spans: [TokenSpan]) {
    var position = 0
    var ranges: [Range<Int>] = []
    for span in spans {
      let end = position + span.tokens
      if span.tokens > 0, span.kind == .assistant || span.kind == .thinking { ranges.append(position..<end) }
      position = end
    }
    self.ranges = ranges
    count = ranges.reduce(0) { $0 + $1.count }
  }

  /// The position of the first trained token; nil if there is none.
  var first: Int? { ranges.first?.lowerBound }

  /// The number of trained tokens in a range.
  func count(in range: Range<Int>) -> Int { ranges.reduce(0) { $0 + $1.clamped(to: range).count } }
}
