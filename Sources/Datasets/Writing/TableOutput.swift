public import ColumnarFiles
public import Support

/// A table on its way to a Parquet file, or to a folder as `Dataset.save_to_disk` writes it.
///
/// It appears under its name when ``finish()`` succeeds; otherwise nothing is left.
public struct TableOutput: ~Copyable {
  private let path: String
  // One of the two is set.
  private var parquet: ParquetWriter?
  private var folder: DatasetFolderWriter?

  private init(_ path: String, parquet: consuming ParquetWriter?, folder: consuming DatasetFolderWriter?) {
    self.path = path
    self.parquet = parquet
    self.folder = folder
  }

  /// Begins a table.
  ///
  /// - Parameters:
  ///   - path: The file or folder.
  ///   - form: What it is: a table, not JSON.
  ///   - schema: The columns.
  /// - Throws: `InputError` if it cannot be written, as everything here.
  public static func open(_ path: String, as form: RowOutputForm, schema: Schema) throws(InputError) -> TableOutput {
    precondition(form != .jsonLines, "JSON is no table")
    do throws(FileError) {
      if form == .folder {
        return TableOutput(path, parquet: nil, folder: try DatasetFolderWriter(folder: path, schema: schema))
      }
      return TableOutput(path, parquet: try ParquetWriter(path: path, schema: schema), folder: nil)
    } catch { throw InputError(.unwritable, dataset: path, error.description) }
  }

  /// Writes rows.
  public mutating func write(_ batch: RecordBatch) throws(InputError) {
    do throws(FileError) {
      try parquet?.write(batch)
      try folder?.write(batch)
    } catch { throw InputError(.unwritable, dataset: path, error.description) }
  }

  /// Puts the complete table under its name.
  public consuming func finish() throws(InputError) {
    let path = path
    do throws(FileError) {
      if let parquet = parquet.take() { _ = try parquet.finish() }
      if let folder = folder.take() { try folder.finish() }
    } catch { throw InputError(.unwritable, dataset: path, error.description) }
  }
}
