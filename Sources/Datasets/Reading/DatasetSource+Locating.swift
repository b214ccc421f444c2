import Support
import JSON

extension DatasetSource {
  /// Finds the data files of a dataset.
  ///
  /// - Parameters:
  ///   - path: a folder as `save_to_disk` writes it, of a `DatasetDict` or of one split, or a Parquet file.
  ///   - name: the dataset's name.
  /// - Throws: `InputError` where there is nothing, or the folder lacks a file or a split `train`.
  public init(path: String, name: DatasetName) throws(InputError) {
    guard let status = Files.status(path) else {
      throw InputError(.missing, dataset: name.description, "there is no file or folder \(path)")
    }
    let format: Format = status.isDirectory ? .arrow : .parquet
    do throws(DatasetProblem) {
      let files = status.isDirectory ? try Self.dataFiles(inFolder: path) : [path]
      var bytes = 0
      var modified = 0
      for file in files {
        guard let status = Files.status(file), !status.isDirectory else {
          throw DatasetProblem("the data file \(file) is missing")
        }
        guard status.isRegular else { throw DatasetProblem(FileError.noRegularFile("read", file).description) }
        bytes += status.size
        modified = max(modified, status.modified)
      }
      self.init(name: name, path: path, format: format, files: files, bytes: bytes, modified: modified)
    } catch { throw InputError(.unreadable, dataset: name.description, error.message) }
  }

  /// Whether a folder was written by `save_to_disk`, be it complete or not.
  static func isDatasetFolder(_ path: String) -> Bool {
    ["dataset_dict.json", "state.json", "train/state.json"].contains { Files.exists(Files.join(path, $0)) }
  }

  private static func dataFiles(inFolder path: String) throws(DatasetProblem) -> [String] {
    let dictionary = Files.join(path, "dataset_dict.json")
    guard Files.exists(dictionary) else {
      guard Files.exists(Files.join(path, "state.json")) else {
        throw DatasetProblem("\(path) holds neither dataset_dict.json nor state.json; it may be half-written")
      }
      return try dataFiles(ofSplit: path)
    }
    let splits = try json(dictionary)["splits"]?.arrayValue?.compactMap(\.stringValue)
    guard let splits else { throw DatasetProblem("\(dictionary) names no splits") }
    guard splits.contains("train") else {
      throw DatasetProblem("\(dictionary) names no split train; it has \(splits.joined(separator: ", "))")
    }
    return try dataFiles(ofSplit: Files.join(path, "train"))
  }

  private static func dataFiles(ofSplit folder: String) throws(DatasetProblem) -> [String] {
    let state = Files.join(folder, "state.json")
    let entries = try json(state)["_data_files"]?.arrayValue
    guard let entries, !entries.isEmpty else { throw DatasetProblem("\(state) names no data files") }
    var files: [String] = []
    for entry in entries {
      guard let text = entry["filename"]?.stringValue, let name = try? FileName(text) else {
        throw DatasetProblem("\(state) holds a data file without a plain file name")
      }
      files.append(name.path(in: folder))
    }
    return files
  }

  private static func json(_ path: String) throws(DatasetProblem) -> JSONValue {
    do {
      return try JSONDocument.parse(try Files.read(path))
    } catch let error as JSONError {
      throw DatasetProblem("\(path): \(error)")
    } catch {
      throw DatasetProblem("\(error)")
    }
  }
}

/// What is wrong with a dataset's files, before it is known which dataset it is.
private struct DatasetProblem: Error {
  let message: String

  init(_ message: String) { self.message = message }
}
