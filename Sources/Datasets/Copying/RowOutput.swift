import ColumnarFiles
import JSON
public import Support

/// The form in which chosen rows of a source are written.
public enum RowOutputForm: Sendable, Hashable {
  /// A Parquet file.
  case parquet
  /// A row of JSON a line.
  case jsonLines
  /// A folder as `Dataset.save_to_disk` writes it.
  case folder

  /// The form that a path's ending asks for: `.parquet`, `.jsonl` and `.ndjson` are files, anything else is a folder.
  public init(path: String) {
    let name = Files.lastComponent(path)
    let isLines = name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson")
    self = isLines ? .jsonLines : name.hasSuffix(".parquet") ? .parquet : .folder
  }

  /// Says why nothing can be written to a path; nil if it can.
  ///
  /// - Parameter replacing: whether what is there may be replaced.
  public func obstacle(at path: String, replacing: Bool) -> String? {
    if self == .folder { return DatasetFolderWriter.obstacle(at: path, replacing: replacing) }
    guard let status = Files.status(path) else { return nil }
    if status.isDirectory { return "\(path) is a folder; name a file" }
    return replacing ? nil : "\(path) is there already: give --force to replace it"
  }
}

/// Writes chosen rows of a source with all that it holds of them, and the length of each where that is wanted.
///
/// What is written appears under its name when ``finish()`` succeeds; otherwise nothing is left.
public struct RowOutput: ~Copyable {
  private static let lengthColumn = "length"

  private let path: String
  // One of the two is set.
  private var table: TableOutput?
  private var lines: LineFile?
  private let schema: Schema
  private let addsLength: Bool

  /// Begins the output.
  ///
  /// - Parameters:
  ///   - path: the file or folder.
  ///   - form: what it is.
  ///   - table: the columns of the rows; nil where they are JSON that becomes JSON.
  ///   - addsLength: whether the rows get a column `length`.
  /// - Throws: `InputError` if nothing can be written there, or the rows have such a column already.
  public static func open(
    _ path: String, as form: RowOutputForm, table: TableShape?, addsLength: Bool
  ) throws(InputError) -> RowOutput {
    var schema = table?.schema ?? Schema([])
    if addsLength {
      guard schema[lengthColumn] == nil else {
        throw InputError(
          .unwritable, dataset: path, "the rows have a column \(lengthColumn) already; leave out --add-length")
      }
    }
    guard form != .jsonLines else {
      return RowOutput(path, table: nil, lines: try LineFile(path), schema: schema, addsLength: addsLength)
    }
    let known = HuggingFaceDataset.features(in: schema)
    if form == .folder { schema.fields = schema.fields.map(HuggingFaceDataset.loadable) }
    if addsLength { schema.fields.append(Field(lengthColumn, .int64)) }
    if !known.isEmpty || form == .folder { schema = HuggingFaceDataset.described(schema, known: known) }
    let output = try TableOutput.open(path, as: form, schema: schema)
    return RowOutput(path, table: output, lines: nil, schema: schema, addsLength: addsLength)
  }

  private init(
    _ path: String, table: consuming TableOutput?, lines: consuming LineFile?, schema: Schema, addsLength: Bool
  ) {
    self.path = path
    self.table = table
    self.lines = lines
    self.schema = schema
    self.addsLength = addsLength
  }

  /// Writes some of a batch's rows.
  ///
  /// - Parameters:
  ///   - rows: their numbers in the batch.
  ///   - lengths: their lengths in tokens.
  public mutating func append(_ rows: [Int], of stored: StoredRows, lengths: [Int]) throws(InputError) {
    if rows.isEmpty { return }
    if lines != nil { return try appendLines(rows, of: stored, lengths: lengths) }
    let batch: RecordBatch
    do throws(FileError) {
      let chosen = try columns(rows, of: stored)
      let added = addsLength ? [try Column.values(lengths.map { .number($0) }, of: .int64)] : []
      batch = try RecordBatch(schema: schema, columns: chosen + added, rowCount: rows.count)
    } catch { throw InputError(.unwritable, dataset: path, error.description) }
    try table?.write(batch)
  }

  private func columns(_ rows: [Int], of stored: StoredRows) throws(FileError) -> [Column] {
    if case .table(let batch) = stored.content { return try batch.choosing(rows).columns }
    var values: [JSONValue] = []
    for row in rows {
      // Only rows that were counted are chosen, and those are objects.
      values.append((try? stored.json(row)) ?? .null)
    }
    var columns: [Column] = []
    for field in addsLength ? schema.fields.dropLast() : schema.fields[...] {
      columns.append(try .values(values.map { $0.objectValue?[field.name] ?? .null }, of: field.type))
    }
    return columns
  }

  private mutating func appendLines(_ rows: [Int], of stored: StoredRows, lengths: [Int]) throws(InputError) {
    var bytes: [UInt8] = []
    for (row, length) in zip(rows, lengths) {
      let start = bytes.count
      try stored.appendJSON(row, to: &bytes)
      if addsLength { try Self.add(length, toObjectAt: start, of: &bytes) }
      bytes.append(UInt8(ascii: "\n"))
    }
    try lines?.write(bytes)
  }

  /// Puts the member `length` at the end of the object that ends the bytes, which otherwise keeps its own.
  private static func add(_ length: Int, toObjectAt start: Int, of bytes: inout [UInt8]) throws(InputError) {
    let object = (try? JSONValue.parse(Array(bytes[start...])))?.objectValue
    guard let object, let end = bytes.lastIndex(of: UInt8(ascii: "}")) else {
      throw .unreadable("a row that is no object cannot get a member \(lengthColumn); leave out --add-length")
    }
    guard object[lengthColumn] == nil else {
      throw .unreadable("a row has a member \(lengthColumn) already; leave out --add-length")
    }
    bytes.insert(contentsOf: "\(object.isEmpty ? "" : ",")\"\(lengthColumn)\":\(length)".utf8, at: end)
  }

  /// Completes the output and puts it under its name.
  public consuming func finish() throws(InputError) {
    if let lines = lines.take() { try lines.finish() }
    if let table = table.take() { try table.finish() }
  }
}
