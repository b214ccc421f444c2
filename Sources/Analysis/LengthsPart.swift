import Counting
import ColumnarFiles
import Datasets
import TokenStatistics

/// The rows of one dataset on their way to the file of lengths. It belongs to one thread.
struct LengthsPart: ~Copyable {
  private let identity: DatasetIdentity
  private var writer: ParquetWriter
  private var dataset = UTF8Builder()
  private var model = UTF8Builder()
  private var labels = UTF8Builder()
  /// The columns of numbers, in the order of the schema.
  private var numbers: [Int64Builder]
  /// What was counted of the current batch.
  private var rows: [CountedRow] = []

  init(_ identity: DatasetIdentity, path: String) throws(ColumnarFileError) {
    self.identity = identity
    // The parts are read once and removed: neither compressing them nor waiting for the disk would pay.
    writer = try ParquetWriter(
      path: path, schema: LengthsTable.schema, options: .init(compression: .none), isDurable: false)
    numbers = LengthsTable.schema.fields.filter { $0.type == .int64 }.map { _ in Int64Builder() }
  }

  /// Adds a counted row of the current batch.
  mutating func add(_ row: CountedRow) { rows.append(row) }

  /// Writes what was added of `batch`.
  mutating func endBatch(_ batch: DatasetBatch) throws(ColumnarFileError) {
    guard !rows.isEmpty else { return }
    for row in rows { try append(row, of: batch) }
    let texts = (try dataset.finish(), try model.finish(), try labels.finish())
    var columns: [Column] = []
    for index in numbers.indices { columns.append(try numbers[index].finish()) }
    columns.insert(texts.2, at: 1)
    columns.insert(contentsOf: [texts.0, texts.1], at: 0)
    try writer.write(RecordBatch(schema: LengthsTable.schema, columns: columns, rowCount: rows.count))
    rows.removeAll(keepingCapacity: true)
  }

  /// Completes the part.
  consuming func finish() throws(ColumnarFileError) { _ = try writer.finish() }

  private mutating func append(_ row: CountedRow, of batch: DatasetBatch) throws(ColumnarFileError) {
    try dataset.append(identity.dataset)
    try model.append(identity.model)
    if let label = row.label { try labels.append(label) } else { try labels.appendNull() }
    let number = row.row - batch.firstRow
    var values: [Int64?] = [Int64(row.row)]
    if case .value(let score) = row.score { values.append(Int64(score)) } else { values.append(nil) }
    for column in LengthsTable.copiedColumns { values.append(batch.integer(of: column, row: number)) }
    values.append(Int64(row.count.length))
    for kind in TokensByKind.kinds { values.append(Int64(row.count.roles[keyPath: kind.tokens])) }
    for (index, value) in values.enumerated() where index < numbers.count { try numbers[index].append(value) }
  }
}
