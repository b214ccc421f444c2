internal import PersonaDatasets
internal import TokenStatistics

/// A dataset that is to be counted, and the rows of it that are.
struct DatasetJob: Sendable {
  /// Where the rows stand; its name is that of the chosen rows, filters included.
  let source: DatasetSource
  /// The choice among the rows; empty for all.
  var filters = ScoreFilters()

  /// The full name of the result.
  var name: String { source.name.description }

  /// Whether a row is to be counted.
  ///
  /// - Throws: The row's failure where the choice depends on a score that cannot be read.
  func includes(_ row: Int, of batch: DatasetBatch) throws(RowFailure) -> Bool {
    if filters.isEmpty { return true }
    // A label alone decides where it can: rows of other labels may hold any score.
    let label = batch.label(of: row)
    guard ScoreFilters(label: filters.label).includes(score: .none, label: label) else { return false }
    guard filters.minimumScore != nil || filters.maximumScore != nil else { return true }
    return filters.includes(score: try batch.score(of: row), label: label)
  }
}
