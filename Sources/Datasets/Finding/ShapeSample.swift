import ColumnarFiles
import JSON
import Support

/// What the first rows of a file show: which columns there are, and what is in them.
struct ShapeSample {
  /// The rows that are looked at.
  private static let rows = 64

  /// The names of the columns or members.
  private(set) var columns: [String] = []
  /// The same names, to find them.
  private var seen: Set<TextKey> = []
  /// Columns that hold single messages instead of lists of them.
  private var singles: Set<String> = []
  /// Whether the first row is a text without a name.
  private(set) var holdsTexts = false
  /// Members of messages that nothing reads.
  private(set) var unknownMembers: [String] = []

  /// Looks at the first rows of a file.
  ///
  /// - Throws: `InputError` without a dataset if it cannot be read.
  init(of path: String, kind: StoredKind, limits: Limits) throws(InputError) {
    guard let layout = kind.layout else {
      try readTable(path, limits)
      return
    }
    do throws(FileError) {
      var records = RecordReader(try TextWindow.open(path, limits: limits), layout: layout)
      switch kind.format {
      case .csv, .tsv:
        guard case .fields(let delimiter) = layout, try records.next() else { return }
        columns = FieldScanner.fields(of: records.record, delimiter: delimiter)
          .map { String(decoding: $0.text, as: UTF8.self) }
      case .jsonLines, .json:
        for index in 0..<Self.rows {
          guard try records.next() else { break }
          // What is wrong with a row is said when it is read.
          guard let row = try? JSONOutline(records.record, limits: limits) else { continue }
          note(row)
          if index == 0, row.kind == .string { holdsTexts = true }
        }
      case .text, .arrow, .arrowStream, .arrowFile, .parquet: break
      }
    } catch { throw .unreadable(error.description) }
  }

  private mutating func readTable(_ path: String, _ limits: Limits) throws(InputError) {
    do throws(FileError) {
      let schema = try TableReader(path: path, limits: limits).schema
      columns = schema.fields.map(\.name)
      for field in schema.fields {
        if case .struct = field.type { singles.insert(field.name) }
        if case .list(let element) = field.type, case .struct(let parts) = element.type { note(parts.map(\.name)) }
      }
    } catch { throw .unreadable(error.description) }
  }

  private mutating func note(_ row: JSONOutline) {
    for member in row.members {
      if seen.insert(TextKey(member.name)).inserted { columns.append(member.name) }
      if member.kind == .object { singles.insert(member.name) }
      for names in member.listed { note(names) }
    }
  }

  /// Notes the members of what may be a message.
  private mutating func note(_ names: [String]) {
    guard names.contains("role") || names.contains("from") else { return }
    for name in names where !RowTurns.knownMembers.contains(name) && !unknownMembers.contains(name) {
      unknownMembers.append(name)
    }
  }

  /// The shapes of the rows, one for each conversation of a row.
  func guesses(_ options: ShapeOptions) -> [(side: SourceSide?, shape: RowShape)] {
    RowShape.guesses(columns: columns, options: options) { singles.contains($0) }
  }
}
