public import Support

/// Consecutive rows of a table, as columns.
///
/// A batch keeps the memory of its columns alive for as long as the batch, or any column taken from it, lives.
public struct RecordBatch: Sendable {
  /// The columns that were selected; metadata is the whole table's.
  public let schema: Schema
  /// The columns, in the order of `schema`.
  public let columns: [Column]
  /// Number of rows.
  public let rowCount: Int
  /// Number in the table of the batch's first row, counted from 0.
  public let firstRow: Int

  /// Makes a batch of columns of equal length.
  ///
  /// - Throws: `FileError` if their number or length contradicts `schema` or `rowCount`.
  public init(schema: Schema, columns: [Column], rowCount: Int, firstRow: Int = 0) throws(FileError) {
    guard schema.fields.count == columns.count else {
      throw FileError(.invalidInput, "\(columns.count) columns for a schema of \(schema.fields.count)")
    }
    for (field, column) in zip(schema.fields, columns) where column.count != rowCount {
      throw FileError(.invalidInput, "\(column.count) values in a batch of \(rowCount) rows")
        .located(column: field.name)
    }
    self.schema = schema
    self.columns = columns
    self.rowCount = rowCount
    self.firstRow = firstRow
  }

  /// The first column of that name.
  public subscript(name: String) -> Column? { schema.index(of: name).map { columns[$0] } }

  private init(_ batch: RecordBatch, _ rows: Range<Int>) {
    schema = batch.schema
    columns = batch.columns.map { $0.slice(rows) }
    rowCount = rows.count
    firstRow = batch.firstRow + rows.lowerBound
  }

  /// Some of the rows, which share the batch's memory.
  ///
  /// - Precondition: they are rows of the batch, and the first is a multiple of 8.
  func slice(_ rows: Range<Int>) -> RecordBatch { RecordBatch(self, rows) }
}
