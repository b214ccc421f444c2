public import Datasets
/// A dataset that was made, or found complete and unchanged.
public struct MadeDataset: Sendable, Hashable {
  /// The dataset's name.
  public let name: DatasetName
  /// The folder as `save_to_disk` writes it.
  public let folder: String
  /// The Parquet file.
  public let file: String
  /// Size of the folder's files, in bytes.
  public let folderBytes: Int
  /// Size of the Parquet file, in bytes.
  public let fileBytes: Int
  /// What is in it; nil where it was there and unchanged.
  public let contents: Contents?

  /// What a dataset that was made holds.
  public struct Contents: Sendable, Hashable {
    /// Number of rows.
    public var rows = 0
    /// Number of rows with a score.
    public var scoredRows = 0
    /// Number of rows by label, in order of appearance.
    public var labels: [PersonaListing.LabelCount] = []
    /// Bytes of the messages' contents.
    public var contentBytes = 0
    /// The first row as one JSON object.
    public var sample = ""
    /// What was odd about the raw records.
    public var report = RawReport()
  }
}
