public import ColumnarFiles
import JSON
public import Support

/// Writes a table as a folder that `datasets.load_from_disk` reads, as `Dataset.save_to_disk` writes it.
///
/// The folder appears under its name when ``finish()`` succeeds; otherwise nothing is left.
public struct DatasetFolderWriter: ~Copyable {
  private static let dataFile = "data-00000-of-00001.arrow"

  private let folder: String
  private let workspace: WorkFolder
  private let made: String
  private let schema: Schema
  private var arrow: ArrowStreamWriter

  /// Says why a folder cannot be written; nil if it can.
  ///
  /// - Parameter replacing: whether a dataset that is there may be replaced. Nothing but one ever is.
  public static func obstacle(at folder: String, replacing: Bool) -> String? {
    guard Files.exists(folder) else { return PlacedFolder.leftover(of: folder, "dataset") }
    guard Files.isDirectory(folder) else { return "\(folder) is a file; name another folder" }
    if let entries = try? Files.list(folder), entries.isEmpty { return nil }
    guard DatasetSource.isDatasetFolder(folder) else {
      return "\(folder) holds something else than a dataset, which is never replaced; name another folder"
    }
    return replacing ? nil : "\(folder) is there already: give --force to replace the dataset"
  }

  /// Begins a folder.
  ///
  /// - Parameters:
  ///   - folder: its path.
  ///   - schema: the columns; metadata with the features of the `datasets` library is added where it is missing.
  public init(folder: String, schema: Schema) throws(FileError) {
    let workspace = try PlacedFolder.workspace(for: folder)
    let made = Files.join(workspace.path, "dataset")
    try Files.makeDirectories(made)
    let described = schema.metadata("huggingface") == nil ? HuggingFaceDataset.described(schema) : schema
    arrow = try ArrowStreamWriter(path: Files.join(made, Self.dataFile), schema: described, isDurable: false)
    self.workspace = workspace
    self.made = made
    self.schema = described
    self.folder = folder
  }

  /// Writes rows, as record batches of the usual size.
  public mutating func write(_ batch: RecordBatch) throws(FileError) {
    var start = 0
    while start < batch.rowCount {
      // Rows of a slice must begin at a multiple of 8, which the usual size is.
      let end = min(start + ArrowStreamWriter.usualBatchSize, batch.rowCount)
      try arrow.write(batch, rows: start..<end)
      start = end
    }
  }

  /// Completes the folder and moves it to its place, replacing what was there.
  public consuming func finish() throws(FileError) {
    _ = try arrow.finish()
    var hash = SHA256()
    try hash.update(contentsOf: Files.join(made, Self.dataFile))
    let fingerprint = String(hash.finalize().hex.prefix(16))
    try AtomicFile.write(
      HuggingFaceDataset.state(files: [Self.dataFile], fingerprint: fingerprint),
      to: Files.join(made, "state.json"), isDurable: false)
    try AtomicFile.write(
      HuggingFaceDataset.information(of: schema), to: Files.join(made, "dataset_info.json"), isDurable: false)
    try PlacedFolder.put(made, at: folder)
  }
}
