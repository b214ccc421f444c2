public import ColumnarFiles
import JSON
public import Support

/// Some consecutive rows of a source as it stores them, with everything that it holds of them.
public struct StoredRows: Sendable {
  enum Content: Sendable {
    case table(RecordBatch)
    case records(StoredRecords)
  }

  /// The number of the first row in the source, from 0.
  public let firstRow: Int
  let content: Content

  /// Number of rows.
  public var count: Int {
    switch content {
    case .table(let batch): batch.rowCount
    case .records(let records): records.ends.count
    }
  }

  /// Appends a row as one line of JSON, without a line feed; a line of JSONL keeps its bytes.
  ///
  /// - Throws: `InputError` if a text in it is not UTF-8.
  func appendJSON(_ row: Int, to bytes: inout [UInt8]) throws(InputError) {
    switch content {
    case .records(let records): try records.appendJSON(row, to: &bytes)
    case .table(let batch): try json(row, of: batch).append(to: &bytes)
    }
  }

  /// Appends a member `"data"` with a row for people who look for what is wrong with it: as JSON, else as a text, else null.
  public func appendData(_ row: Int, to bytes: inout [UInt8]) {
    bytes += Array(",\"data\":".utf8)
    let start = bytes.count
    do throws(InputError) {
      if case .records(let records) = content, try records.json(row) == nil {
        records.appendQuoted(row, to: &bytes)
      } else {
        try appendJSON(row, to: &bytes)
      }
    } catch {
      bytes.removeSubrange(start...)
      bytes += Array("null".utf8)
    }
  }

  /// A row of a table or a text as JSON; nil where a line holds none.
  func json(_ row: Int) throws(InputError) -> JSONValue? {
    switch content {
    case .table(let batch): try json(row, of: batch)
    case .records(let records): try records.json(row)
    }
  }

  /// The bytes of a row of a text; 0 for rows of a table.
  func byteCount(_ row: Int) -> Int {
    if case .records(let records) = content { records.byteCount(row) } else { 0 }
  }

  private func json(_ row: Int, of batch: RecordBatch) throws(InputError) -> JSONValue {
    var members: [(String, JSONValue)] = []
    for (field, column) in zip(batch.schema.fields, batch.columns) {
      members.append((field.name, try column.json(row, of: field)))
    }
    return .object(JSONObject(members))
  }
}

/// Rows of a text: their bytes, one after another.
struct StoredRecords: Sendable {
  let format: DatasetSource.Format
  let delimiter: UInt8
  /// The names of fields between delimiters.
  let header: [String]
  var bytes: [UInt8] = []
  var ends: [Int] = []

  /// The bytes of a row.
  func byteCount(_ row: Int) -> Int { range(row).count }

  private func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

  mutating func append(_ record: RawSpan) {
    record.withUnsafeBytes { bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
  }

  func appendJSON(_ row: Int, to output: inout [UInt8]) throws(InputError) {
    let record = bytes[range(row)]
    switch format {
    case .jsonLines: output += record.last == 0x0D ? record.dropLast() : record
    case .json where !record.contains(0x0A) && !record.contains(0x0D): output += record
    default:
      if let value = try json(row) { value.append(to: &output) } else { appendQuoted(row, to: &output) }
    }
  }

  /// Appends the row's bytes as one JSON string.
  func appendQuoted(_ row: Int, to output: inout [UInt8]) {
    JSONWriter.appendQuoted(Array(bytes[range(row)]).span.bytes, to: &output)
  }

  /// The row as JSON; nil where it is none.
  func json(_ row: Int) throws(InputError) -> JSONValue? {
    let record = Array(bytes[range(row)])
    switch format {
    case .text:
      guard let text = String(validating: record, as: UTF8.self) else { throw .unreadable("the text is not UTF-8") }
      return .object(JSONObject([("text", .string(text))]))
    case .csv, .tsv:
      let fields = FieldScanner.fields(of: record.span.bytes, delimiter: delimiter)
      var members: [(String, JSONValue)] = []
      for (index, name) in header.enumerated() {
        guard index < fields.count, fields[index].isQuoted || !fields[index].text.isEmpty else {
          members.append((name, .null))
          continue
        }
        guard let text = String(validating: fields[index].text, as: UTF8.self) else {
          throw .unreadable("\(name) is not UTF-8")
        }
        members.append((name, .string(text)))
      }
      return .object(JSONObject(members))
    case .arrow, .arrowStream, .arrowFile, .parquet, .jsonLines, .json: return try? JSONValue.parse(record)
    }
  }
}

/// Reads the rows of a source as they are stored, a batch at a time.
///
/// Rows have the numbers that ``DatasetReader`` gives them.
public struct StoredRowReader: ~Copyable {
  private static let batchRows = 1_000
  private static let batchBytes = 4 << 20
  /// Fields of a batch: rows of wide tables have thousands each.
  private static let batchFields = 1 << 18

  private let source: DatasetSource
  private var nextFile = 0
  private var table: TableReader?
  private var records: RecordReader?
  private var header: [String] = []
  private var firstRow = 0
  /// The columns of the table; nil for texts.
  public private(set) var schema: Schema?

  /// Opens a source.
  ///
  /// - Throws: `InputError` if its first file cannot be opened.
  public init(_ source: DatasetSource) throws(InputError) {
    self.source = source
    try openNextFile()
  }

  /// The next rows; nil after the last.
  ///
  /// - Throws: `InputError` if a file cannot be read, or has other columns than the first one.
  public mutating func next() throws(InputError) -> StoredRows? {
    while true {
      let rows: StoredRows?
      do throws(FileError) {
        if let batch = try table?.nextBatch() {
          rows = StoredRows(firstRow: firstRow, content: .table(batch))
        } else {
          rows = try nextRecords()
        }
      } catch { throw unreadable(error.description) }
      if let rows {
        if rows.count == 0 { continue }
        firstRow += rows.count
        return rows
      }
      guard nextFile < source.files.count else { return nil }
      try openNextFile()
    }
  }

  /// Makes sure that all that was read so far is what the files held when they were opened.
  public func verify() throws(InputError) {
    do throws(FileError) { try table?.verify() } catch { throw unreadable(error.description) }
  }

  private mutating func nextRecords() throws(FileError) -> StoredRows? {
    // After an error nothing more is read.
    guard var reader = records.take() else { return nil }
    var delimiter = UInt8(ascii: ",")
    if case .fields(let given)? = source.layout { delimiter = given }
    var stored = StoredRecords(format: source.format, delimiter: delimiter, header: header)
    let most = min(Self.batchRows, max(1, Self.batchFields / max(1, header.count)))
    while stored.ends.count < most, stored.bytes.count < Self.batchBytes, try reader.next() {
      stored.append(reader.record)
    }
    records = consume reader
    return stored.ends.isEmpty ? nil : StoredRows(firstRow: firstRow, content: .records(stored))
  }

  private mutating func openNextFile() throws(InputError) {
    guard nextFile < source.files.count else { return }
    let file = source.files[nextFile]
    nextFile += 1
    do throws(FileError) {
      guard let layout = source.layout else { return try openTable(file) }
      var reader = RecordReader(try TextWindow.open(file, limits: source.limits), layout: layout)
      if case .fields(let delimiter) = layout, try reader.next() {
        header = FieldScanner.fields(of: reader.record, delimiter: delimiter)
          .map { String(decoding: $0.text, as: UTF8.self) }
      }
      records = consume reader
    } catch { throw unreadable(error.description) }
  }

  private mutating func openTable(_ file: String) throws(FileError) {
    let opened = try TableReader(
      path: file, isMapped: false, keepsStoredTypes: true, limits: source.limits)
    if let schema {
      guard opened.schema.fields == schema.fields else {
        throw FileError("read", file, reason: "it has other columns than the first file of \(source.path)")
      }
    } else {
      schema = opened.schema
    }
    table = consume opened
  }

  private func unreadable(_ message: String) -> InputError {
    InputError(.unreadable, dataset: source.name.description, message)
  }
}
