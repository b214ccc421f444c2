/// The file or folder whose rows were counted.
public struct SourceRecord: Sendable, Hashable {
  /// The path as the run was given it.
  public var path: String
  /// The file format: `arrow` for a dataset folder, `parquet` for a file.
  public var format: String
  /// The number of rows, failed ones included.
  public var rows: Int
  /// The size of the data file or files in bytes.
  public var bytes: Int
  /// The SHA-256 of the data files, one after another, in hexadecimal.
  public var sha256: String

  /// Makes a record from its parts.
  public init(path: String, format: String, rows: Int, bytes: Int, sha256: String) {
    self.path = path
    self.format = format
    self.rows = rows
    self.bytes = bytes
    self.sha256 = sha256
  }
}
