public import Counting
public import Datasets
public import TokenStatistics

/// Takes the lengths of rows in their order, as trainers that pack look at them.
public struct RowLengths: RowVisitor {
  /// The lengths of the rows of a source.
  public struct Summary: RowSummary {
    /// The rows in their order; those that failed are left out.
    public private(set) var rows: [PackingRow] = []
    /// The same rows as exact counts, with where training begins in them.
    public private(set) var tally = LabelTally()
    /// The tokens in the template's generation blocks; nil where it has none, and without rows.
    public private(set) var assistantMaskTokens: Int?

    /// The exact counts of the rows.
    public var numbers: TrainingNumbers {
      TrainingNumbers(
        lengths: tally.lengths, training: tally.training, assistantMaskTokens: assistantMaskTokens,
        areTexts: !rows.isEmpty && rows.allSatisfy(\.isText))
    }

    /// Makes a summary of no rows.
    public init() {}

    fileprivate init(_ rows: [PackingRow], _ tally: LabelTally, assistantMaskTokens: Int?) {
      self.rows = rows
      self.tally = tally
      self.assistantMaskTokens = assistantMaskTokens
    }

    /// Adds the rows that follow.
    public mutating func append(_ next: Summary) {
      rows += next.rows
      tally.merge(next.tally)
      if let more = next.assistantMaskTokens { assistantMaskTokens = (assistantMaskTokens ?? 0) + more }
    }
  }

  private var rows: [PackingRow] = []
  private var collector = LengthCollector()
  private var assistantMaskTokens: Int?

  /// Makes a visitor that has seen no row.
  public init() {}

  /// Takes a row.
  public mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    guard let conversation = outcome.conversation else { return }
    rows.append(
      PackingRow(
        length: conversation.row.count.length, isTrained: TrainedPlaces(conversation).first != nil,
        isText: conversation.isText))
    collector.add(conversation)
    if let masked = conversation.row.count.assistantMaskTokens {
      assistantMaskTokens = (assistantMaskTokens ?? 0) + masked
    }
  }

  /// What was taken.
  public consuming func finish() -> Summary {
    Summary(rows, collector.tally(), assistantMaskTokens: assistantMaskTokens)
  }
}
