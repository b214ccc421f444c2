/// A file format for tables.
public enum TableFormat: String, Sendable, CaseIterable {
  /// Arrow IPC stream, as `save_to_disk` writes it.
  case arrowStream = "Arrow IPC stream"
  /// Arrow IPC file, also known as Feather version 2.
  case arrowFile = "Arrow IPC file"
  /// Apache Parquet.
  case parquet = "Parquet"
}
