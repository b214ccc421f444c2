import ColumnarFiles
public import Support

/// A part of a source that can be read by itself: some consecutive rows of one of its files.
public struct SourcePart: Sendable {
  /// Where a part is in its file.
  enum Place: Sendable {
    /// Row groups or record batches of a table.
    case table(TablePart)
    /// The bytes of whole lines, and how many lines are before them.
    case lines(Range<Int>, before: Int)
  }

  /// The number of the file.
  let file: Int
  /// The rows of the files before it and, where rows are lines, of this file before the part.
  let rowsBefore: Int
  /// Where the part is in the file.
  let place: Place
  /// The part's size in the file, in bytes.
  public var bytes: Int {
    switch place {
    case .table(let part): part.byteCount
    case .lines(let range, _): range.count
    }
  }
}

extension DatasetSource {
  /// Divides the source into parts; their rows together, in order, are its rows.
  ///
  /// - Parameters:
  ///   - size: The least size of a part in bytes, except the last of a file.
  ///   - extraColumns: Further columns that every file must have, even one without rows, of which there is no part.
  /// - Returns: The parts; none where it cannot be divided, or has no rows.
  /// - Throws: `InputError` if a file cannot be read, or one without rows lacks a column.
  /// - Complexity: O(number of row groups or record batches), O(bytes) for lines.
  public func parts(ofBytes size: Int, requiring extraColumns: [String] = []) throws(InputError) -> [SourcePart] {
    do throws(InputError) {
      return layout == nil
        ? try tableParts(ofBytes: size, requiring: extraColumns) : try textParts(ofBytes: size)
    } catch { throw error.named(name.description) }
  }

  private func tableParts(ofBytes size: Int, requiring extraColumns: [String]) throws(InputError) -> [SourcePart] {
    var parts: [SourcePart] = []
    var rowsBefore = 0
    for (number, file) in files.enumerated() {
      let schema: Schema
      let places: [TablePart]
      do throws(FileError) {
        let table = try TableReader(path: file, passesOverMembers: true, limits: limits)
        schema = table.schema
        places = try table.parts(ofBytes: size)
      } catch { throw .unreadable(error.description) }
      if places.isEmpty { _ = try TablePlan(schema, shape: shape, columns: FurtherColumns(required: extraColumns)) }
      parts += places.map { SourcePart(file: number, rowsBefore: rowsBefore, place: .table($0)) }
      rowsBefore += places.last.map { $0.firstRow + $0.rowCount } ?? 0
    }
    return parts
  }

  /// Lines and rows of fields can be divided where nothing must be expanded; the rows of other texts are in one piece.
  private func textParts(ofBytes size: Int) throws(InputError) -> [SourcePart] {
    var delimiter: UInt8?
    switch layout {
    case .fields(let byte): delimiter = byte
    case .lines where format == .jsonLines: break
    case .lines, .elements, .whole, nil: return []
    }
    var parts: [SourcePart] = []
    var rowsBefore = 0
    for (number, file) in files.enumerated() {
      do throws(FileError) {
        guard try ByteStream.open(file).compression == .none else { return [] }
        let found =
          if let delimiter {
            try LineParts.of(file, size: size, delimiter: delimiter, limits: limits)
          } else { try LineParts.of(file, size: size) }
        for part in found {
          parts.append(
            SourcePart(file: number, rowsBefore: rowsBefore, place: .lines(part.bytes, before: part.linesBefore)))
          rowsBefore += part.rows
        }
      } catch { throw .unreadable(error.description) }
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

  /// What shows whether a data file was touched since, found without reading it: of each its size, times and number; nil
  /// if one was changed too shortly before a moment for the next change to show, or has no such marks.
  ///
  /// - Parameter time: a moment before anything was read, in nanoseconds since 1970.
  public func stamp(before time: Int) -> String? {
    var hash = SHA256()
    for file in files {
      guard let stamp = FileStamp(file, takenAt: time), stamp.wasSettled else { return nil }
      let line = Array("\(stamp.size) \(stamp.modified) \(stamp.changed) \(stamp.inode)\n".utf8)
      hash.update(line.span.bytes)
    }
    return hash.finalize().hex
  }

  /// Makes sure that the data files are still those that were found.
  public func checkUnchanged() throws(InputError) {
    guard (try? remeasured()) == self else {
      throw InputError(
        .unreadable, dataset: name.description,
        "\(Files.shown(path)) changed while it was read; run again when it is finished")
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
