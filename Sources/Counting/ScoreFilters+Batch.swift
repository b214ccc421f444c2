public import Datasets
public import TokenStatistics

extension ScoreFilters {
  /// Whether a row of a batch passes.
  ///
  /// - Throws: The row's failure where the choice depends on a score that cannot be read.
  public func includes(_ row: Int, of batch: DatasetBatch) throws(RowFailure) -> Bool {
    if isEmpty { return true }
    // A label alone decides where it can: rows of other labels may hold any score.
    let rowLabel = batch.label(of: row)
    guard ScoreFilters(label: label).includes(score: .none, label: rowLabel) else { return false }
    guard minimumScore != nil || maximumScore != nil else { return true }
    return includes(score: try batch.score(of: row), label: rowLabel)
  }
}
