import JSON
import Support

/// Reads the rows of a text, a batch at a time.
struct TextRowReader: ~Copyable {
  /// The most rows of a batch, so that callers can stop often enough.
  private static let batchRows = 4_096
  /// Bytes of contents after which a batch ends.
  private static let batchBytes = 4 << 20
  /// Values beside the contents after which a batch ends: rows of wide tables have thousands each.
  private static let batchValues = 1 << 18

  private var records: RecordReader
  private let format: DatasetSource.Format
  private let shape: RowShape
  private let columns: [String]
  /// Further fields, which are no arguments because nobody named them.
  private let otherColumns: [String]
  /// Further members of rows of JSON, the same.
  private var unread: UnreadMembers
  private let arguments: [String]
  /// Whether all other members are kept.
  private let keepsAll: Bool
  private let scanner: JSONRowScanner?
  private let images: ImageReading?
  private var fieldReader: FieldRowReader?
  /// Whether a batch ends where more would have to be waited for.
  private let answersAtOnce: Bool
  /// Bytes of contents to make room for: those of the batch before and some more, all of the text for the first.
  private var usualBytes: Int
  /// The names of the fields, and where they are.
  private var header: [String] = []
  private var delimiter = UInt8(ascii: ",")
  /// Where the fields are that are read.
  private let wanted: [Int]
  /// Fields that rows lack, and bytes that rows have, so far.
  private var absent = 0
  private var bytes = 0
  private let limits = Limits()

  /// Opens a text.
  ///
  /// - Parameters:
  ///   - window: the text.
  ///   - layout: how its rows follow one another.
  ///   - format: what a row is.
  ///   - shape: the shape of the rows; nil where the names of the fields tell it.
  ///   - columns: what else is read.
  ///   - header: the names of the fields, where they are not the first row.
  ///   - linesBefore: line feeds before the text, where it is a part of a file.
  ///   - answersAtOnce: whether a batch ends where more would have to be waited for.
  ///   - images: what reads the images of rows; nil where nobody asks for their sizes.
  /// - Throws: `InputError` without a dataset if the text cannot be read.
  init(
    _ window: consuming TextWindow, layout: RecordLayout, format: DatasetSource.Format, shape: RowShape?,
    columns: FurtherColumns, header given: [String]? = nil, linesBefore: Int = 0, answersAtOnce: Bool = false,
    images: ImageReading? = nil
  ) throws(InputError) {
    var records = RecordReader(window, layout: layout, linesBefore: linesBefore)
    var header = given ?? []
    if case .fields(let delimiter) = layout {
      if given == nil { header = try Self.header(&records, delimiter: delimiter) }
      let demanded = (shape?.demandedColumns ?? []) + columns.required + columns.demanded
      for name in demanded where !header.contains(name) { throw .missingColumn(name, among: header) }
    }
    guard
      var shape = shape ?? (header.isEmpty ? .unseen : RowShape.guesses(columns: header) { _ in .text }.first?.shape)
    else {
      throw .noRows(among: header)
    }
    shape.passedOverShapes = shape.others(among: header)
    var names: [String] = []
    let tools = [shape.toolsColumn].compactMap(\.self)
    for name in [shape.scoreColumn, shape.labelColumn] + columns.all + tools
    where !names.contains(name) && !shape.contentColumns.contains(name) { names.append(name) }
    for name in shape.contentColumns + names where header.count(where: { $0.hasSameBytes(as: name) }) > 1 {
      throw .unreadable("there are two columns \(name); remove one, or name the other with an option")
    }
    usualBytes = min(records.size ?? 1 << 16, Self.batchBytes) + 1 << 10
    self.records = records
    self.format = format
    self.answersAtOnce = answersAtOnce
    self.header = header
    self.shape = shape
    self.columns = names
    unread = UnreadMembers(except: names + shape.ownColumns + columns.redundant)
    keepsAll = columns.keepsAll
    arguments = columns.keepsAll ? [] : (columns.arguments + columns.demanded + tools).filter { names.contains($0) }
    let read = Set((names + shape.ownColumns.compactMap(\.self)).map { TextKey($0) })
    let told = read.union(columns.redundant.map { TextKey($0) })
    otherColumns = columns.keepsAll ? [] : header.filter { !told.contains(TextKey($0)) }
    wanted = header.indices.filter { columns.keepsAll || images != nil || read.contains(TextKey(header[$0])) }
    // The short way passes over members that may hold images.
    scanner = images == nil ? JSONRowScanner(shape, wanted: names, keepsAll: columns.keepsAll) : nil
    self.images = images
    if case .fields(let delimiter) = layout {
      self.delimiter = delimiter
      fieldReader =
        images == nil
        ? FieldRowReader(
          shape, header: header, delimiter: delimiter, wanted: names, keepsAll: columns.keepsAll, scanner: scanner)
        : nil
    }
  }

  /// The names of the fields of a text; nil for texts of another layout.
  static func header(_ window: consuming TextWindow, layout: RecordLayout) throws(InputError) -> [String]? {
    guard case .fields(let delimiter) = layout else { return nil }
    var records = RecordReader(window, layout: layout)
    return try header(&records, delimiter: delimiter)
  }

  private static func header(
    _ records: inout RecordReader, delimiter: UInt8, limits: Limits = Limits()
  ) throws(InputError) -> [String] {
    do throws(FileError) {
      guard try records.next() else { throw FileError("read", records.name, reason: "the file is empty") }
    } catch { throw .unreadable(error.description) }
    let names = FieldScanner.fields(of: records.record, delimiter: delimiter)
      .map { String(decoding: $0.text, as: UTF8.self) }
    guard names.count <= limits.fields else {
      throw .unreadable("there are \(names.count) columns, more than \(limits.fields)")
    }
    return names
  }

  /// How many bytes of the input were read, compressed as they are.
  var bytesRead: Int { records.bytesRead }

  /// The next rows, the first of which has the number `firstRow`; nil after the last.
  ///
  /// - Throws: `FileError` if the text cannot be read, or its rows cannot be told from each other.
  mutating func nextBatch(firstRow: Int) throws(FileError) -> DatasetBatch? {
    var rows = DecodedRows()
    rows.text.reserveCapacity(usualBytes)
    var lines: [Int] = []
    var values = [[JSONValue]](repeating: [], count: columns.count)
    var own = [JSONValue](repeating: .null, count: columns.count)
    var members: [JSONObject] = []
    var valueCount = 0
    while rows.count < Self.batchRows, rows.text.count < Self.batchBytes, valueCount < Self.batchValues {
      if answersAtOnce, rows.count > 0, !records.isNextAtHand { break }
      guard try records.next() else { break }
      var row = JSONObject()
      append(to: &rows, values: &own, members: &row)
      for index in own.indices { values[index].append(own[index]) }
      valueCount += own.count + row.count
      if keepsAll { members.append(row) }
      if format != .json { lines.append(records.line) }
    }
    try records.release()
    guard rows.count > 0 else { return nil }
    usualBytes = min(rows.text.count + rows.text.count / 8, Self.batchBytes * 2)
    var columns: [String: ValueColumn] = [:]
    for (name, values) in zip(self.columns, values) { columns[name] = .values(values) }
    // Most rows have none.
    let arguments = self.arguments.filter { name in
      if case .values(let values)? = columns[name] { values.contains { $0 != .null } } else { false }
    }
    var batch = DatasetBatch(
      rows, values: columns, arguments: arguments, members: members, shape: shape, firstRow: firstRow, lines: lines,
      otherColumns: otherColumns + unread.names)
    batch.holdsFields = format == .csv || format == .tsv
    return batch
  }

  /// Reads the rows that have no shorter way.
  private var interpreter: RowInterpreter { RowInterpreter(shape: shape, images: images) }

  private mutating func append(to rows: inout DecodedRows, values: inout [JSONValue], members: inout JSONObject) {
    switch format {
    case .text:
      let mark = rows.mark
      let record = records.record
      record.withUnsafeBytes { rows.text.append(contentsOf: $0) }
      rows.endText(since: mark)
    case .csv, .tsv:
      if keepsAll, lacksFields() { return lackFields(&rows, &values) }
      if fieldReader?.append(records.record, to: &rows, values: &values, members: &members) ?? false { return }
      do throws(InputError) {
        let row = try fields()
        members = row
        for (index, name) in columns.enumerated() { values[index] = row[name] ?? .null }
        interpreter.append(.object(row), to: &rows)
      } catch {
        for index in values.indices { values[index] = .null }
        rows.fail(error.message)
      }
    case .arrow, .arrowStream, .arrowFile, .parquet, .jsonLines, .json:
      if scanner?.append(records.record, to: &rows, values: &values, members: &members, unread: &unread) ?? false {
        return
      }
      for index in values.indices { values[index] = .null }
      do throws(FileError) {
        let row = try JSONValue.parse(records.record)
        for (index, name) in columns.enumerated() { values[index] = row.objectValue?.value(at: name) ?? .null }
        let own = interpreter.append(row, to: &rows)
        guard let object = row.objectValue else { return }
        if keepsAll {
          members = JSONObject(object.members.filter { !own.contains($0.key) }.map { ($0.key, $0.value) })
        } else {
          for member in object.members where member.value != .null && !own.contains(member.key) {
            unread.note(Array(member.key.utf8).span.bytes)
          }
        }
      } catch { rows.fail(error.description) }
    }
  }

  /// Notes how many fields the row that was read last lacks at least; true where the rows lack too many.
  ///
  /// Each of them is kept as a null, so that a first line of thousands of names would make a short file long.
  private mutating func lacksFields() -> Bool {
    let count = records.record.byteCount
    bytes += count
    absent += max(0, header.count - 1 - count)
    return !limits.allows(absent: absent, inRowsOf: bytes)
  }

  private func lackFields(_ rows: inout DecodedRows, _ values: inout [JSONValue]) {
    for index in values.indices { values[index] = .null }
    rows.fail("this row and those before lack \(absent) of the \(header.count) fields of the first line")
  }

  /// The fields of the row that was read last, by name; fields without anything in them, not even quotes, are null.
  ///
  /// Where not all are kept, only those are there that are read.
  private func fields() throws(InputError) -> JSONObject {
    let fields = FieldScanner.fields(of: records.record, delimiter: delimiter)
    guard fields.count <= header.count else {
      throw .unreadable("the row has \(fields.count) fields, the first line \(header.count)")
    }
    var row = JSONObject()
    for index in wanted {
      let name = header[index]
      guard index < fields.count, fields[index].isQuoted || !fields[index].text.isEmpty else {
        row[name] = .null
        continue
      }
      guard let text = String(validating: fields[index].text, as: UTF8.self) else {
        throw .unreadable("\(name) is not UTF-8")
      }
      row[name] = .string(text)
    }
    return row
  }
}
