import ColumnarFiles
public import Support

/// A part of a source that can be read by itself: some consecutive rows of one of its files.
public struct SourcePart: Sendable {
  /// The number of the file.
  let file: Int
  /// The rows of the files before it.
  let rowsBefore: Int
  /// Where the part is in the file.
  let place: TablePart
  /// The part's size in the file, in bytes.
  public var bytes: Int { place.byteCount }
}

extension DatasetSource {
  /// Divides the source into parts; their rows together, in order, are its rows.
  ///
  /// - Parameters:
  ///   - size: The least size of a part in bytes, except the last of a file.
  ///   - extraColumns: Further columns that every file must have, even one without rows, of which there is no part.
  /// - Throws: `InputError` if a file cannot be read, or one without rows lacks a column.
  /// - Complexity: O(number of row groups or record batches).
  public func parts(ofBytes size: Int, requiring extraColumns: [String] = []) throws(InputError) -> [SourcePart] {
    var parts: [SourcePart] = []
    var rowsBefore = 0
    for (number, file) in files.enumerated() {
      let schema: Schema
      let places: [TablePart]
      do throws(FileError) {
        let table = try TableReader(path: file)
        schema = table.schema
        places = try table.parts(ofBytes: size)
      } catch {
        throw InputError(.unreadable, dataset: name.description, error.description)
      }
      if places.isEmpty {
        _ = try DatasetColumns.names(in: schema, of: name.description, extra: extraColumns, optional: [])
      }
      parts += places.map { SourcePart(file: number, rowsBefore: rowsBefore, place: $0) }
      rowsBefore += places.last.map { $0.firstRow + $0.rowCount } ?? 0
    }
    return parts
  }

  /// The SHA-256 of the data files, one after another, in hexadecimal.
  public func digest() throws(InputError) -> String {
    var hash = SHA256()
    do throws(FileError) {
      for file in files { try hash.update(contentsOf: file) }
    } catch {
      throw InputError(.unreadable, dataset: name.description, error.description)
    }
    return hash.finalize().hex
  }

  /// Makes sure that the data files are still those that were found.
  public func checkUnchanged() throws(InputError) {
    guard (try? DatasetSource(path: path, name: name)) == self else {
      throw InputError(
        .unreadable, dataset: name.description,
        "\(path) changed while it was read; run again when it is finished")
    }
  }

  /// The path of the dataset that a file is a part of, which must not be overwritten; nil if it is part of none.
  ///
  /// - Parameters:
  ///   - file: the file, by any path that leads to it.
  ///   - datasets: names or paths of datasets, wherever they are.
  ///   - folder: the folder with the datasets, all of which are looked at.
  public static func dataset(holding file: String, of datasets: [String], inFolder folder: String) -> String? {
    guard Files.status(file)?.isRegular ?? false else { return nil }
    let named = datasets.flatMap { [$0, $0 + ".parquet"] }
    let entries = ((try? Files.list(folder)) ?? []).filter { isDatasetName($0) }.map { Files.join(folder, $0) }
    let place = Files.resolved(file)
    return (named + entries).first { isPart(place, of: $0) }
  }

  private static func isDatasetName(_ entry: String) -> Bool {
    let name = entry.hasSuffix(".parquet") ? String(entry.dropLast(".parquet".count)) : entry
    return (try? DatasetName(parsing: name)) != nil
  }

  /// Whether the file with the resolved path is the dataset, or one of those that make up its folder.
  private static func isPart(_ file: String, of dataset: String) -> Bool {
    guard let status = Files.status(dataset) else { return false }
    guard status.isDirectory else { return Files.areSame(file, dataset) }
    let isNamedAsPart =
      file.hasSuffix(".arrow")
      || ["dataset_dict.json", "dataset_info.json", "state.json"].contains(Files.lastComponent(file))
    return isNamedAsPart && isDatasetFolder(dataset) && file.hasPrefix(Files.resolved(dataset) + "/")
  }
}
