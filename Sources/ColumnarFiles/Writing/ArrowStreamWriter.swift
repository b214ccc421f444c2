/// Writes an Arrow IPC stream as `save_to_disk` does: metadata V5, buffers padded to 8 bytes, no validity where nothing is
/// null.
///
/// The file appears under its name when `finish` succeeds; without it nothing is left behind.
public struct ArrowStreamWriter: ~Copyable {
  /// How many rows `save_to_disk` puts into a record batch.
  public static let usualBatchSize = 1000

  private let schema: Schema
  private let path: String
  private var file: OutputFile
  /// Bytes of all buffers so far without padding: what pyarrow calls `nbytes` of the table.
  public private(set) var bufferSize = 0

  /// Begins a stream.
  ///
  /// - Parameter isDurable: whether `finish` waits until the file is on the disk.
  /// - Throws: where the file cannot be made, or a column's type is one that cannot be written.
  public init(path: String, schema: Schema, isDurable: Bool = true) throws(ColumnarFileError) {
    let message: [UInt8]
    do throws(ColumnarFileError) {
      message = try ArrowMetadata.schemaMessage(schema)
    } catch { throw error.located(path: path) }
    var file = try OutputFile(path: path, isDurable: isDurable)
    try file.write(message.span.bytes)
    self.file = file
    self.schema = schema
    self.path = path
  }

  /// Writes rows of a batch as one record batch.
  ///
  /// - Parameter rows: the rows that are written; all where none are given.
  /// - Precondition: `rows` are rows of the batch.
  /// - Throws: where the file cannot be written, or the columns contradict the schema.
  public mutating func write(_ batch: RecordBatch, rows: Range<Int>? = nil) throws(ColumnarFileError) {
    let rows = rows ?? 0..<batch.rowCount
    precondition(rows.lowerBound >= 0 && rows.upperBound <= batch.rowCount)
    var encoder = ArrowBatchEncoder()
    guard batch.columns.count == schema.fields.count else {
      throw ColumnarFileError(.invalidInput, "\(batch.columns.count) columns for a schema of \(schema.fields.count)")
        .located(path: path)
    }
    for (field, column) in zip(schema.fields, batch.columns) {
      do throws(ColumnarFileError) {
        try encoder.append(column, rows, as: field.type)
      } catch { throw error.located(path: path, column: field.name) }
    }
    var places: [Int64] = []
    var end = 0
    for buffer in encoder.buffers {
      places += [Int64(end), Int64(buffer.count)]
      end += (buffer.count + 7) & ~7
      bufferSize += buffer.count
    }
    let message = ArrowMetadata.batchMessage(
      rowCount: rows.count, nodes: encoder.nodes, buffers: places, bodyLength: end)
    try file.write(message.span.bytes)
    for buffer in encoder.buffers {
      switch buffer {
      case .slice(let slice): try file.write(slice.bytes)
      case .bytes(let bytes): try file.write(bytes.span.bytes)
      }
      try file.pad(to: 8)
    }
  }

  /// Ends the stream and puts the file under its name.
  ///
  /// - Returns: the size of the file in bytes.
  public consuming func finish() throws(ColumnarFileError) -> Int {
    // The mark that ends a stream: a continuation without a message.
    let mark: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
    try file.write(mark.span.bytes)
    let size = file.count
    try file.commit()
    return size
  }
}
