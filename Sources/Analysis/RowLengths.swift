public import Counting
public import Datasets
public import TokenStatistics

/// Takes the lengths of rows in their order, as trainers that pack look at them.
public struct RowLengths: RowVisitor {
  /// The lengths of the rows of a source.
  public struct Summary: RowSummary {
    /// The lengths in tokens, in the order of the rows; rows that failed are left out.
    public private(set) var lengths: [Int] = []
    /// The same rows as exact counts, with where training begins in them.
    public private(set) var tally = LabelTally()

    /// Makes a summary of no rows.
    public init() {}

    fileprivate init(_ lengths: [Int], _ tally: LabelTally) {
      self.lengths = lengths
      self.tally = tally
    }

    /// Adds the rows that follow.
    public mutating func append(_ next: Summary) {
      lengths += next.lengths
      tally.merge(next.tally)
    }
  }

  private var lengths: [Int] = []
  private var collector = LengthCollector()

  /// Makes a visitor that has seen no row.
  public init() {}

  /// Takes a row.
  public mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    guard let conversation = outcome.conversation else { return }
    lengths.append(conversation.row.count.length)
    collector.add(conversation)
  }

  /// What was taken.
  public consuming func finish() -> Summary { Summary(lengths, collector.tally()) }
}
