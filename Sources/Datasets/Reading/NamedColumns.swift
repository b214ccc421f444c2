import JSON
import Support

/// Columns that somebody named, so that they must be there.
enum NamedColumns {
  /// Makes sure that rows of JSON, which have no header, hold the columns: one row of the source is enough for each.
  ///
  /// Nearly always it is the first. What is in no row is known only after the last, and then nothing was counted yet.
  ///
  /// - Throws: `InputError` without a dataset, also where a file cannot be read.
  static func check(_ names: [String], in source: DatasetSource, layout: RecordLayout) throws(InputError) {
    var wanted = Set(names.map { TextKey($0) })
    guard !wanted.isEmpty, !source.files.contains("-"), [.jsonLines, .json].contains(source.format) else { return }
    var seen: Set<TextKey> = []
    var columns: [String] = []
    var hasRows = false
    do throws(FileError) {
      for file in source.files {
        var records = RecordReader(try TextWindow.open(file, limits: source.limits), layout: layout)
        while try records.next() {
          hasRows = true
          // What is wrong with a row is said when it is read.
          guard let row = try? JSONOutline(records.record, limits: source.limits) else { continue }
          for name in row.names where seen.insert(TextKey(name)).inserted {
            columns.append(name)
            wanted.remove(TextKey(name))
          }
          // Members of members are only looked for where a row may be the first to have them.
          let paths = wanted.filter { $0.text.utf8.contains(UInt8(ascii: ".")) }
          if !paths.isEmpty, let object = (try? JSONValue.parse(records.record))?.objectValue {
            for path in paths where object.value(at: path.text) != nil { wanted.remove(path) }
          }
          if wanted.isEmpty { return }
        }
      }
    } catch { throw .unreadable(error.description) }
    // Without rows there is nothing that a name could be wrong about.
    guard hasRows, let name = names.first(where: { wanted.contains(TextKey($0)) }) else { return }
    throw .missingColumn(name, among: columns)
  }
}
