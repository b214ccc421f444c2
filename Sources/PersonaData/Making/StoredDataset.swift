import Datasets
import ColumnarFiles
import Support
import JSON

/// A dataset in both forms, as an earlier run left it.
struct StoredDataset {
  /// The folder.
  let folder: DatasetSource
  /// The Parquet file.
  let file: DatasetSource
  /// What the folder says that it was made from.
  let fingerprint: String

  /// Finds a dataset; nil where a file of it is missing or seen to be damaged.
  ///
  /// The JSON files must parse, each data file must begin and end as a complete one does, and both forms must have as many
  /// rows. Columns are not read: damage within them is not noticed.
  ///
  /// - Throws: `InputError` where a file is there and the system cannot read it.
  /// - Complexity: O(number of record batches).
  static func find(_ name: DatasetName, in directory: String) throws(InputError) -> StoredDataset? {
    let places = DatasetWriter.places(of: name, in: directory)
    do throws(FileError) {
      guard try json(Files.join(places.folder, "dataset_dict.json")) != nil,
        try json(Files.join(places.folder, "train/dataset_info.json"))?["features"]?.objectValue != nil,
        let state = try json(Files.join(places.folder, "train/state.json")),
        let fingerprint = state["_fingerprint"]?.stringValue,
        // The system could read its JSON files just now: what it objects to is missing or damaged.
        let folder = try? DatasetSource(path: places.folder, name: name),
        let file = try? DatasetSource(path: places.file, name: name),
        let rows = try rowCount(of: folder), try rowCount(of: file) == rows
      else { return nil }
      return StoredDataset(folder: folder, file: file, fingerprint: fingerprint)
    } catch {
      throw InputError(
        .unreadable, dataset: name.description, "\(error); mend that, or make the dataset again with --force")
    }
  }

  /// What a JSON file holds; nil where it is missing or no JSON.
  private static func json(_ path: String) throws(FileError) -> JSONValue? {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try Files.read(path) } catch {
      if error.isMissing { return nil }
      throw error
    }
    return try? JSONDocument.parse(bytes)
  }

  /// Number of rows in all data files; nil where one is missing or damaged.
  private static func rowCount(of source: DatasetSource) throws(FileError) -> Int? {
    // The end of an Arrow stream is a message of length 0. That of a Parquet file is looked at when it is opened.
    let endOfStream: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
    var rows = 0
    for file in source.files {
      let count: Int
      do throws(ColumnarFileError) { count = try TableReader(path: file).countRows() } catch {
        if case .system(let failure) = error.kind, !failure.isMissing { throw failure }
        return nil
      }
      let (sum, overflows) = rows.addingReportingOverflow(count)
      guard !overflows else { return nil }
      rows = sum
      if source.format == .arrow, !FileReader.ends(file, with: endOfStream) { return nil }
    }
    return rows
  }
}
