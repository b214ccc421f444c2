public import Datasets
public import Support
public import TokenStatistics

/// What a visitor leaves of the rows of a part of a source.
public protocol RowSummary: Sendable {
  /// Adds what the part that follows gave; after all parts the summary is that of the whole source.
  mutating func append(_ next: Self)
}

/// Takes the selected rows of a part of a source, one after another, and sums them up.
///
/// A visitor is made, used and finished on one thread.
public protocol RowVisitor: SendableMetatype {
  /// What the rows are summed up to.
  associatedtype Summary: RowSummary

  /// Takes a row.
  ///
  /// - Parameters:
  ///   - outcome: What became of the row.
  ///   - batch: The rows around it, the first of which is `batch.firstRow`.
  mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch)

  /// Takes note that a batch is at its end; its memory is used again after that.
  ///
  /// - Throws: `InputError` if something cannot be written, which fails the source.
  mutating func endBatch(_ batch: DatasetBatch) throws(InputError)

  /// Sums up all rows taken.
  ///
  /// - Throws: `InputError` if something cannot be written, which fails the source.
  consuming func finish() throws(InputError) -> Summary
}

extension RowVisitor {
  /// Does nothing: most visitors keep what they need of each row.
  public mutating func endBatch(_ batch: DatasetBatch) throws(InputError) {}
}

extension ScoreFilters {
  /// Whether a row of a batch passes.
  ///
  /// The label decides first: rows of other labels may hold any score.
  ///
  /// - Throws: The row's failure if the choice depends on a score that cannot be read.
  public func includes(_ row: Int, of batch: DatasetBatch) throws(InputError) -> Bool {
    if isEmpty { return true }
    let rowLabel = batch.label(of: row)
    guard ScoreFilters(label: label).includes(score: .none, label: rowLabel) else { return false }
    guard minimumScore != nil || maximumScore != nil else { return true }
    guard let score = try batch.exactScore(of: row) else { return false }
    return score >= minimumScore ?? -.infinity && score <= maximumScore ?? .infinity
  }
}
