import Datasets
/// How the pages of a Parquet file are compressed.
public enum DatasetCompression: String, Sendable, Hashable, CaseIterable {
  /// Quick, and what the original datasets use.
  case snappy
  /// Smaller.
  case zstd
  /// Not at all.
  case none
}
