import Counting
import Datasets
import TokenStatistics

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
    try filters.includes(row, of: batch)
  }
}
