import ColumnarFiles
public import Support

/// Reads a dataset's rows, a batch at a time.
///
/// ```swift
/// var reader = try DatasetReader(source)
/// var messages: [ChatMessage] = []
/// while let batch = try reader.nextBatch() {
///   for row in 0..<batch.count {
///     try batch.readMessages(of: row, into: &messages)
///     try template.render(messages, of: batch.text, into: &chat)
///   }
/// }
/// ```
///
/// Texts are not copied: messages point into the batch.
public struct DatasetReader: ~Copyable {
  /// The dataset.
  public let source: DatasetSource
  /// Columns beyond ``DatasetBatch``'s own that are read as texts.
  public let extraColumns: [String]
  private let optionalColumns: [String]
  private let part: SourcePart?
  private var reader: TableReader?
  private var nextFile = 0
  /// Rows of the files before the current one.
  private var rowsBefore = 0
  private var rowsInFile = 0

  /// Opens a dataset.
  ///
  /// - Parameters:
  ///   - source: the dataset.
  ///   - part: the part of the source that is read, from ``DatasetSource/parts(ofBytes:)``; nil for all of it.
  ///   - extraColumns: further columns that are wanted, for ``DatasetBatch/text(of:row:)``.
  ///   - optionalColumns: more such columns, which are null throughout if they are missing or hold neither text nor
  ///     numbers.
  /// - Throws: `InputError` if the first file cannot be opened, or lacks a column or holds it in another type.
  public init(
    _ source: DatasetSource, part: SourcePart? = nil, extraColumns: [String] = [], optionalColumns: [String] = []
  ) throws(InputError) {
    self.source = source
    self.part = part
    self.extraColumns = extraColumns
    self.optionalColumns = optionalColumns
    if let part {
      nextFile = part.file
      rowsBefore = part.rowsBefore
    }
    try openNextFile()
  }

  /// The next rows; nil after the last.
  ///
  /// - Throws: `InputError` if a file is damaged or holds something that is not supported.
  public mutating func nextBatch() throws(InputError) -> DatasetBatch? {
    while true {
      if let batch = try readBatch() {
        rowsInFile += batch.rowCount
        if batch.rowCount == 0 { continue }
        return DatasetBatch(
          batch, kind: source.name.kind, rowsBefore: rowsBefore, extraColumns: extraColumns + optionalColumns)
      }
      guard nextFile < source.files.count, part == nil else { return nil }
      try openNextFile()
    }
  }

  /// Makes sure that all that was read so far is what the files held when they were opened. To be called when the last
  /// batch has been worked on; ``nextBatch()`` does it for the previous batch.
  ///
  /// - Throws: `InputError` if another program changed the file at hand, or it can no longer be read.
  public func verify() throws(InputError) {
    do throws(FileError) { try reader?.verify() } catch { throw unreadable(error) }
  }

  private mutating func readBatch() throws(InputError) -> RecordBatch? {
    do throws(FileError) { return try reader?.nextBatch() } catch { throw unreadable(error) }
  }

  private mutating func openNextFile() throws(InputError) {
    rowsBefore += rowsInFile
    rowsInFile = 0
    guard nextFile < source.files.count else { return }
    var opened: TableReader
    do throws(FileError) { opened = try TableReader(path: source.files[nextFile]) } catch {
      throw unreadable(error)
    }
    let names = try DatasetColumns.names(
      in: opened.schema, of: source.name.description, extra: extraColumns, optional: optionalColumns)
    do throws(FileError) {
      try opened.select(names)
      if let part { try opened.seek(to: part.place) }
    } catch { throw unreadable(error) }
    reader = consume opened
    nextFile += 1
  }

  private func unreadable(_ error: FileError) -> InputError {
    InputError(.unreadable, dataset: source.name.description, error.description)
  }
}

/// The columns of a dataset that are read, and the types they may have.
enum DatasetColumns {
  static let messages = "messages"
  static let score = "extract_score"
  static let label = "label"

  /// The names of the columns to read from a table.
  ///
  /// Scores and labels may be missing; then no row has one. So may optional columns.
  ///
  /// - Throws: `InputError` if `messages` or an extra column is missing, or a column is of a type that cannot be what
  ///   its name says.
  static func names(
    in schema: Schema, of dataset: String, extra: [String], optional: [String]
  ) throws(InputError) -> [String] {
    for name in [messages] + extra where schema[name] == nil {
      let known = schema.fields.map(\.name).joined(separator: ", ")
      throw InputError(.unreadable, dataset: dataset, "column \(name) is missing; the columns are \(known)")
    }
    for field in schema.fields {
      let expected: String? =
        switch field.name {
        case let name where extra.contains(name) && !isSimple(field.type): "text or numbers"
        case messages: isMessages(field.type) ? nil : "a list of role and content, both text"
        case score: isScore(field.type) ? nil : "whole numbers"
        case label: isText(field.type) ? nil : "text"
        default: nil
        }
      guard let expected else { continue }
      throw InputError(
        .unreadable, dataset: dataset, "column \(field.name) is of type \(field.type); expected \(expected)")
    }
    let readable = optional.filter { schema[$0].map { isSimple($0.type) } ?? false }
    return [messages] + [score, label].filter { schema[$0] != nil } + extra + readable
  }

  private static func isMessages(_ type: ColumnType) -> Bool {
    switch type {
    case .null: return true
    case .list(let element):
      guard case .struct(let fields) = element.type else { return element.type == .null }
      return ["role", "content"].allSatisfy { name in
        fields.contains { $0.name == name && isText($0.type) }
      }
    default: return false
    }
  }

  private static func isScore(_ type: ColumnType) -> Bool { isText(type) || type == .int64 || type == .double }

  private static func isText(_ type: ColumnType) -> Bool { type == .utf8 || type == .null }

  private static func isSimple(_ type: ColumnType) -> Bool { isScore(type) || type == .bool }
}
