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
    if self == .folder, SourceNaming.hasEnding(path), !Files.isDirectory(path) {
      return "\(path): rows are written as .parquet, .jsonl or the folder of a dataset; name one of these"
    }
    if self == .folder { return DatasetFolderWriter.obstacle(at: path, replacing: replacing) }
    guard let status = Files.status(path) else { return nil }
    if status.isDirectory { return "\(path) is a folder; name a file" }
    return replacing ? nil : "\(path) is there already: give --force to replace it"
  }
}

/// Writes chosen rows of a source with all that it holds of them, and the lengths of each where these are wanted.
///
/// What is written appears under its name when ``finish()`` succeeds; otherwise nothing is left.
public struct RowOutput: ~Copyable {
  private let path: String
  // One of the two is set.
  private var table: TableOutput?
  private var lines: LineFile?
  private let schema: Schema
  /// What the columns of lengths are called.
  private let lengthColumns: [String]

  /// Begins the output.
  ///
  /// - Parameters:
  ///   - path: the file or folder.
  ///   - form: what it is.
  ///   - table: the columns of the rows; nil where they are JSON that becomes JSON.
  ///   - lengthColumns: what the columns of lengths are called that rows get.
  /// - Throws: `InputError` if nothing can be written there, or the rows have such a column already.
  public static func open(
    _ path: String, as form: RowOutputForm, table: TableShape?, lengthColumns: [String]
  ) throws(InputError) -> RowOutput {
    var schema = table?.schema ?? Schema([])
    if let known = lengthColumns.first(where: { schema[$0] != nil }) {
      throw InputError(.unwritable, dataset: path, "the rows have a column \(known) already; leave out --add-length")
    }
    guard form != .jsonLines else {
      return RowOutput(path, table: nil, lines: try LineFile(path), schema: schema, lengthColumns: lengthColumns)
    }
    let known = HuggingFaceDataset.features(in: schema)
    if form == .folder { schema.fields = schema.fields.map(HuggingFaceDataset.loadable) }
    schema.fields += lengthColumns.map { Field($0, .int64) }
    if !known.isEmpty || form == .folder { schema = HuggingFaceDataset.described(schema, known: known) }
    let output = try TableOutput.open(path, as: form, schema: schema)
    return RowOutput(path, table: output, lines: nil, schema: schema, lengthColumns: lengthColumns)
  }

  private init(
    _ path: String, table: consuming TableOutput?, lines: consuming LineFile?, schema: Schema,
    lengthColumns: [String]
  ) {
    self.path = path
    self.table = table
    self.lines = lines
    self.schema = schema
    self.lengthColumns = lengthColumns
  }

  /// Writes some of a batch's rows.
  ///
  /// - Parameters:
  ///   - rows: their numbers in the batch.
  ///   - lengths: the lengths of each in tokens, one for each column.
  public mutating func append(_ rows: [Int], of stored: StoredRows, lengths: [[Int]]) throws(InputError) {
    if rows.isEmpty { return }
    if lines != nil { return try appendLines(rows, of: stored, lengths: lengths) }
    let batch: RecordBatch
    do throws(FileError) {
      let chosen = try columns(rows, of: stored)
      var added: [Column] = []
      for column in lengthColumns.indices {
        added.append(try Column.values(lengths.map { .number($0[column]) }, of: .int64))
      }
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
    for field in schema.fields.dropLast(lengthColumns.count) {
      columns.append(try .values(values.map { $0.objectValue?[field.name] ?? .null }, of: field.type))
    }
    return columns
  }

  private mutating func appendLines(_ rows: [Int], of stored: StoredRows, lengths: [[Int]]) throws(InputError) {
    var bytes: [UInt8] = []
    for (row, lengths) in zip(rows, lengths) {
      let start = bytes.count
      try stored.appendJSON(row, to: &bytes)
      for (name, length) in zip(lengthColumns, lengths) { try Self.add(name, length, toObjectAt: start, of: &bytes) }
      bytes.append(UInt8(ascii: "\n"))
    }
    try lines?.write(bytes)
  }

  /// Puts a member at the end of the object that ends the bytes, which otherwise keeps its own.
  private static func add(
    _ name: String, _ length: Int, toObjectAt start: Int, of bytes: inout [UInt8]
  ) throws(InputError) {
    let object = (try? JSONValue.parse(Array(bytes[start...])))?.objectValue
    guard let object, let end = bytes.lastIndex(of: UInt8(ascii: "}")) else {
      throw .unreadable("a row that is no object cannot get a member \(name); leave out --add-length")
    }
    guard object[name] == nil else {
      throw .unreadable("a row has a member \(name) already; leave out --add-length")
    }
    bytes.insert(contentsOf: "\(object.isEmpty ? "" : ",")\"\(name)\":\(length)".utf8, at: end)
  }

  /// Completes the output and puts it under its name.
  public consuming func finish() throws(InputError) {
    if let lines = lines.take() { try lines.finish() }
    if let table = table.take() { try table.finish() }
  }
}
