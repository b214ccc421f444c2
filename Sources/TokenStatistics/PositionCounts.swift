import JSON
import Support

/// How many conversations have a token of one sort at each position, run-length coded.
///
/// A value of exact integers: parts merge into exactly what counting the whole would have given, in any order. Memory is
/// proportional to the number of positions where the count changes.
public struct PositionCounts: Sendable, Equatable {
  /// Positions in a row with the same count.
  public struct Run: Sendable, Hashable {
    /// The first position, from 0; the run ends where the next one begins.
    public let position: Int
    /// The conversations that have such a token at each of its positions; 0 in the last run.
    public let count: Int

    /// Makes a run from its parts.
    public init(position: Int, count: Int) {
      self.position = position
      self.count = count
    }
  }

  /// The runs, ascending; neighbors differ in their counts, and the last one's is 0.
  public private(set) var runs: [Run] = []
  /// The tokens at all positions.
  public private(set) var total = 0

  /// Makes counts of nothing.
  public init() {}

  /// Makes the counts of spans of tokens, each of which begins at a position of `starts` and ends before one of `ends`.
  ///
  /// - Parameters:
  ///   - starts: The positions of the spans' first tokens.
  ///   - ends: The positions after the spans' last tokens; as many as `starts`, and none before its start.
  /// - Complexity: O(*s* + *e*) for *s* and *e* distinct positions.
  public init(starts: LengthDistribution, ends: LengthDistribution) {
    precondition(starts.count == ends.count, "every span has a start and an end")
    var opened = starts.entries[...]
    var closed = ends.entries[...]
    var count = 0
    // Every span has ended where the last end is, so there is an end as long as there is anything.
    while let end = closed.first {
      let position = min(opened.first?.length ?? end.length, end.length)
      if let start = opened.first, start.length == position {
        count += start.count
        opened.removeFirst()
      }
      if end.length == position {
        count -= end.count
        closed.removeFirst()
      }
      append(position, count)
    }
    total = ends.total - starts.total
  }

  /// Makes counts of stored runs.
  ///
  /// Nil if positions are negative or not ascending, a count is negative or that of its neighbor, the last one is not 0,
  /// or a limit is exceeded, so that no later arithmetic on what was read from a file can overflow.
  public init?(runs: [Run]) {
    guard runs.last?.count ?? 0 == 0 else { return nil }
    var previous = Run(position: -1, count: 0)
    for run in runs {
      guard previous.position < run.position, run.position <= LengthDistribution.maximumLength,
        0...LengthDistribution.maximumTotal ~= run.count, run.count != previous.count
      else { return nil }
      if previous.count > 0 {
        let width = run.position - previous.position
        let (tokens, overflows) = previous.count.multipliedReportingOverflow(by: width)
        guard !overflows, tokens <= LengthDistribution.maximumTotal - total else { return nil }
        total += tokens
      }
      previous = run
    }
    self.runs = runs
  }

  /// Adds the tokens of other conversations.
  ///
  /// - Complexity: O(*r* + *s*) for *r* and *s* runs.
  public mutating func merge(_ other: PositionCounts) {
    guard !other.runs.isEmpty else { return }
    guard !runs.isEmpty else {
      self = other
      return
    }
    var left = runs[...]
    var right = other.runs[...]
    var counts = (left: 0, right: 0)
    runs = []
    runs.reserveCapacity(left.count + right.count)
    while !left.isEmpty || !right.isEmpty {
      let position = min(left.first?.position ?? .max, right.first?.position ?? .max)
      if let run = left.first, run.position == position {
        counts.left = run.count
        left.removeFirst()
      }
      if let run = right.first, run.position == position {
        counts.right = run.count
        right.removeFirst()
      }
      append(position, counts.left + counts.right)
    }
    total += other.total
  }

  /// The tokens at `position` and beyond.
  public func tokens(from position: Int) -> Int {
    var tokens = 0
    for (run, next) in zip(runs, runs.dropFirst()) where next.position > position {
      tokens += run.count * (next.position - max(run.position, position))
    }
    return tokens
  }

  private mutating func append(_ position: Int, _ count: Int) {
    guard runs.last?.count ?? 0 != count else { return }
    runs.append(Run(position: position, count: count))
  }
}

extension PositionCounts {
  /// Positions and counts as two arrays of equal size.
  var json: JSONValue {
    .fields([("positions", .numbers(runs.map(\.position))), ("counts", .numbers(runs.map(\.count)))])
  }

  init(_ fields: FieldReader) throws(FileError) {
    let positions = try fields.integers("positions")
    let counts = try fields.integers("counts")
    let runs = zip(positions, counts).map { Run(position: $0, count: $1) }
    guard positions.count == counts.count, let read = PositionCounts(runs: runs) else {
      throw FileError(field: fields.place, reason: "positions and counts are no runs")
    }
    self = read
  }
}
