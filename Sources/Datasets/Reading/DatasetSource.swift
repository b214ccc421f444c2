/// Where a dataset's rows stand.
public struct DatasetSource: Sendable, Hashable {
  /// The form of a stored dataset.
  public enum Format: String, Sendable, Hashable {
    /// A folder as `save_to_disk` writes it.
    case arrow
    /// One Parquet file.
    case parquet
  }

  /// The dataset's name.
  public let name: DatasetName
  /// The folder or file.
  public let path: String
  /// The form.
  public let format: Format
  /// The data files in the order of their rows.
  public let files: [String]
  /// Size of the data files together, in bytes.
  public let bytes: Int
  /// Latest change of a data file, in nanoseconds since 1970.
  public let modified: Int

  /// Makes a source.
  public init(name: DatasetName, path: String, format: Format, files: [String], bytes: Int, modified: Int) {
    self.name = name
    self.path = path
    self.format = format
    self.files = files
    self.bytes = bytes
    self.modified = modified
  }
}
