public import ColumnarFiles
import Datasets
public import TokenStatistics

/// How datasets are made from raw records.
public struct DatasetRecipe: Sendable, Hashable {
  /// The rows that are taken; they become part of the dataset's name.
  public var filters = ScoreFilters()
  /// The columns.
  public var schema = DatasetSchema.v1
  /// How Parquet pages are compressed.
  public var compression = ParquetCompression.snappy
  /// Whether damaged lines are left out instead of failing the dataset.
  public var skipsBadLines = false

  /// Makes the recipe of the original datasets: all rows, schema v1, snappy.
  public init() {}
}
