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

  /// Writes the rows of a batch as one record batch.
  ///
  /// - Throws: where the file cannot be written, or the columns contradict the schema.
  public mutating func write(_ batch: RecordBatch) throws(ColumnarFileError) {
    var encoder = ArrowBatchEncoder()
    guard batch.columns.count == schema.fields.count else {
      throw ColumnarFileError(.invalidInput, "\(batch.columns.count) columns for a schema of \(schema.fields.count)")
        .located(path: path)
    }
    for (field, column) in zip(schema.fields, batch.columns) {
      do throws(ColumnarFileError) {
        try encoder.append(column, 0..<batch.rowCount, as: field.type)
      } catch { throw error.located(path: path, column: field.name) }
    }
    var places: [Int64] = []
    var end = 0
    for buffer in encoder.buffers {
      places += [Int64(end), Int64(buffer.count)]
      end += (buffer.count + 7) & ~7
    }
    let message = ArrowMetadata.batchMessage(
      rowCount: batch.rowCount, nodes: encoder.nodes, buffers: places, bodyLength: end)
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
