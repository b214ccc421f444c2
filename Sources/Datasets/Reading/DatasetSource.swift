import JSON
public import Support

/// Where a dataset's rows are.
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

extension DatasetSource {
  /// Finds a dataset by its name in a folder, or by its path.
  ///
  /// A plain name is looked for in the folder first, a text with a `/` first as a path. A folder that was never
  /// finished is ignored if there is a Parquet file beside it.
  ///
  /// - Parameters:
  ///   - dataset: the name, or the path of a dataset's folder or Parquet file.
  ///   - folder: the folder with the datasets.
  /// - Throws: `InputError` of kind ``InputError/Kind/missing`` if there is nothing, or what is wrong with it.
  public init(named dataset: String, inFolder folder: String) throws(InputError) {
    let inFolder = Files.join(folder, dataset)
    let places = dataset.utf8.contains(UInt8(ascii: "/")) ? [dataset, inFolder] : [inFolder, dataset]
    let candidates = places.flatMap { [$0, $0 + ".parquet"] }.filter(Files.exists)
    let whole = candidates.first { !Files.isDirectory($0) || Self.isDatasetFolder($0) }
    guard let path = whole ?? candidates.first else {
      throw InputError(.missing, dataset: dataset, "there is no such dataset in \(folder)")
    }
    var name = Files.lastComponent(path)
    if name.hasSuffix(".parquet") { name = String(name.dropLast(".parquet".count)) }
    let parsed: DatasetName
    do throws(InputError) { parsed = try DatasetName(parsing: name) } catch { throw error.named(dataset) }
    try self.init(path: path, name: parsed)
  }

  /// The same rows under another name.
  public func renamed(_ name: DatasetName) -> DatasetSource {
    DatasetSource(name: name, path: path, format: format, files: files, bytes: bytes, modified: modified)
  }
}

extension DatasetSource {
  /// Finds the data files of a dataset.
  ///
  /// - Parameters:
  ///   - path: a folder as `save_to_disk` writes it, of a `DatasetDict` or of one split, or a Parquet file.
  ///   - name: the dataset's name.
  /// - Throws: `InputError` if there is nothing, or the folder lacks a file or a split `train`.
  public init(path: String, name: DatasetName) throws(InputError) {
    guard let status = Files.status(path) else {
      throw InputError(.missing, dataset: name.description, "there is no file or folder \(path)")
    }
    let format: Format = status.isDirectory ? .arrow : .parquet
    do throws(InputError) {
      let files = status.isDirectory ? try Self.dataFiles(inFolder: path) : [path]
      var bytes = 0
      var modified = 0
      for file in files {
        guard let status = Files.status(file), !status.isDirectory else {
          throw .unreadable("the data file \(file) is missing")
        }
        guard status.isRegular else { throw .unreadable(FileError.noRegularFile("read", file).description) }
        bytes += status.size
        modified = max(modified, status.modified)
      }
      self.init(name: name, path: path, format: format, files: files, bytes: bytes, modified: modified)
    } catch { throw error.named(name.description) }
  }

  /// Whether a folder was written by `save_to_disk`, completely or not.
  static func isDatasetFolder(_ path: String) -> Bool {
    ["dataset_dict.json", "state.json", "train/state.json"].contains { Files.exists(Files.join(path, $0)) }
  }

  private static func dataFiles(inFolder path: String) throws(InputError) -> [String] {
    let dictionary = Files.join(path, "dataset_dict.json")
    guard Files.exists(dictionary) else {
      guard Files.exists(Files.join(path, "state.json")) else {
        throw .unreadable("\(path) holds neither dataset_dict.json nor state.json; it may be half-written")
      }
      return try dataFiles(ofSplit: path)
    }
    let splits = try json(dictionary)["splits"]?.arrayValue?.compactMap(\.stringValue)
    guard let splits else { throw .unreadable("\(dictionary) names no splits") }
    guard splits.contains("train") else {
      throw .unreadable("\(dictionary) names no split train; it has \(splits.joined(separator: ", "))")
    }
    return try dataFiles(ofSplit: Files.join(path, "train"))
  }

  private static func dataFiles(ofSplit folder: String) throws(InputError) -> [String] {
    let state = Files.join(folder, "state.json")
    let entries = try json(state)["_data_files"]?.arrayValue
    guard let entries, !entries.isEmpty else { throw .unreadable("\(state) names no data files") }
    var files: [String] = []
    for entry in entries {
      guard let text = entry["filename"]?.stringValue, let name = try? FileName(text) else {
        throw .unreadable("\(state) holds a data file without a plain file name")
      }
      files.append(name.path(in: folder))
    }
    return files
  }

  private static func json(_ path: String) throws(InputError) -> JSONValue {
    do throws(FileError) {
      return try JSONDocument.parse(try Files.read(path))
    } catch {
      throw .unreadable(error.kind == .system ? error.description : "\(path): \(error)")
    }
  }
}
