import ColumnarFiles
import Counting
import Datasets
import Support
import TokenStatistics

/// The file of lengths: a Parquet file with a row for every counted conversation.
///
/// Threads write a file for each part of a source; at the end they become one file, in the order of the datasets'
/// names, so that the file does not depend on which thread was faster and memory not on the number of conversations.
struct LengthsTable: Sendable {
  /// The columns of datasets that are copied if they are there.
  static let copiedColumns = ["prompt_index", "question_index"]

  private static let scoreColumn = "score"

  /// The columns; scores are whole numbers where all are.
  fileprivate static func schema(hasFractions: Bool) -> Schema {
    Schema(
      [
        Field("dataset", .utf8), Field("model", .utf8), Field("row", .int64), Field("label", .utf8),
        Field(scoreColumn, hasFractions ? .double : .int64), Field("prompt_index", .int64),
        Field("question_index", .int64), Field("total_tokens", .int64),
      ] + TokensByKind.kinds.map { Field($0.key, .int64) })
  }

  /// The columns of a part, before it is known whether all scores are whole numbers.
  fileprivate static let partSchema = schema(hasFractions: true)

  /// The path of the finished file.
  let path: String
  /// The hidden folder beside it that holds the parts until then.
  private let folder: String

  init(path: String) {
    self.path = path
    folder = Files.hidden(beside: path, ending: "unfinished")
  }

  /// Makes the folder of the parts; what an interrupted run left in it is removed.
  func prepare() throws(FileError) {
    guard !Files.isDirectory(path) else { throw FileError("write", path, reason: "this is a folder") }
    try AtomicFile.target(of: path)
    try discard()
    try Files.makeDirectories(folder)
  }

  /// Begins a part of a dataset.
  func part(_ number: Int, of identity: DatasetIdentity) throws(InputError) -> LengthsPart {
    do {
      return try LengthsPart(identity, path: partPath(identity.dataset, number))
    } catch {
      throw InputError(.unwritable, dataset: identity.dataset, "\(error)")
    }
  }

  /// Puts the parts of datasets together in the order given, and the file under its name.
  ///
  /// - Returns: The number of rows.
  func finish(_ datasets: [String]) throws -> Int {
    let parts = try datasets.flatMap(parts)
    let schema = Self.schema(hasFractions: try parts.contains(where: Self.hasFractions))
    let place = schema.index(of: Self.scoreColumn)
    var writer = try ParquetWriter(path: path, schema: schema)
    var rows = 0
    for part in parts {
      var reader = try TableReader(path: part)
      while let batch = try reader.nextBatch() {
        var columns = batch.columns
        if let place, case .int64 = schema.fields[place].type { columns[place] = try Self.whole(columns[place]) }
        try writer.write(RecordBatch(schema: schema, columns: columns, rowCount: batch.rowCount))
        rows += batch.rowCount
      }
    }
    _ = try writer.finish()
    return rows
  }

  /// The files of a dataset's parts.
  private func parts(of dataset: String) throws(FileError) -> [String] {
    var paths: [String] = []
    while case let path = try partPath(dataset, paths.count), Files.exists(path) { paths.append(path) }
    return paths
  }

  /// Whether some score of a part is no whole number.
  private static func hasFractions(_ part: String) throws -> Bool {
    var reader = try TableReader(path: part)
    try reader.select([scoreColumn])
    while let batch = try reader.nextBatch() {
      guard case .double(let scores)? = batch[scoreColumn] else { continue }
      for row in 0..<scores.count { if let score = scores[row], score != score.rounded() { return true } }
    }
    return false
  }

  /// A column of whole numbers as one of integers.
  private static func whole(_ column: Column) throws(FileError) -> Column {
    guard case .double(let scores) = column else { return column }
    var builder = Int64Builder()
    for row in 0..<scores.count { try builder.append(scores[row].flatMap(Int64.init(exactly:))) }
    return try builder.finish()
  }

  /// Removes the parts.
  func discard() throws(FileError) { try Files.remove(folder) }

  private func partPath(_ dataset: String, _ number: Int) throws(FileError) -> String {
    try FileName(shortening: dataset, suffix: ".\(number).parquet").path(in: folder)
  }
}

/// The rows of a part of a dataset on their way to the file of lengths. It belongs to one thread.
final class LengthsPart {
  private let identity: DatasetIdentity
  private var writer: ParquetWriter?
  private var dataset = UTF8Builder()
  private var model = UTF8Builder()
  private var labels = UTF8Builder()
  /// The columns of integers, in the order of the schema.
  private var numbers: [Int64Builder]
  private var scores = DoubleBuilder()
  /// What was counted of the current batch.
  private var rows: [CountedRow] = []

  init(_ identity: DatasetIdentity, path: String) throws(FileError) {
    self.identity = identity
    // The parts are read once and removed: neither compressing them nor waiting for the disk would pay.
    writer = try ParquetWriter(
      path: path, schema: LengthsTable.partSchema, options: .init(compression: .none), isDurable: false)
    numbers = LengthsTable.partSchema.fields.filter { $0.type == .int64 }.map { _ in Int64Builder() }
  }

  /// Adds a counted row of the current batch.
  func add(_ row: CountedRow) { rows.append(row) }

  /// Writes what was added of `batch`.
  func endBatch(_ batch: DatasetBatch) throws(InputError) {
    guard !rows.isEmpty else { return }
    do throws(FileError) {
      for row in rows { try append(row, of: batch) }
      let texts = (try dataset.finish(), try model.finish(), try labels.finish())
      var columns: [Column] = []
      for index in numbers.indices { columns.append(try numbers[index].finish()) }
      columns.insert(contentsOf: [texts.2, try scores.finish()], at: 1)
      columns.insert(contentsOf: [texts.0, texts.1], at: 0)
      try writer?.write(RecordBatch(schema: LengthsTable.partSchema, columns: columns, rowCount: rows.count))
    } catch {
      throw InputError(.unwritable, dataset: identity.dataset, error.description)
    }
    rows.removeAll(keepingCapacity: true)
  }

  /// Completes the part.
  func finish() throws(InputError) {
    guard let writer = writer.take() else { return }
    do throws(FileError) { _ = try writer.finish() } catch {
      throw InputError(.unwritable, dataset: identity.dataset, error.description)
    }
  }

  private func append(_ row: CountedRow, of batch: DatasetBatch) throws(FileError) {
    try dataset.append(identity.dataset)
    try model.append(identity.model)
    if let label = row.label { try labels.append(label) } else { try labels.appendNull() }
    let number = row.row - batch.firstRow
    var values: [Int64?] = [Int64(row.row)]
    try scores.append(row.score.number)
    for column in LengthsTable.copiedColumns { values.append(batch.integer(of: column, row: number)) }
    values.append(Int64(row.count.length))
    for kind in TokensByKind.kinds { values.append(Int64(row.count.kinds[keyPath: kind.tokens])) }
    for (index, value) in values.enumerated() where index < numbers.count { try numbers[index].append(value) }
  }
}
