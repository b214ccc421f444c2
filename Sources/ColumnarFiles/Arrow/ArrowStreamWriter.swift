public import Support

/// Writes an Arrow IPC stream as `save_to_disk` does: metadata V5, buffers padded to 8 bytes, no validity where nothing
/// is null.
///
/// The file appears under its name when `finish` succeeds; otherwise nothing is left.
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
  /// - Throws: `FileError` if the file cannot be made, or a column's type is one that cannot be written.
  public init(path: String, schema: Schema, isDurable: Bool = true) throws(FileError) {
    let message: [UInt8]
    do throws(FileError) {
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
  /// - Parameter rows: the rows to write; all by default.
  /// - Precondition: `rows` are rows of the batch.
  /// - Throws: `FileError` if the file cannot be written, or the columns contradict the schema.
  public mutating func write(_ batch: RecordBatch, rows: Range<Int>? = nil) throws(FileError) {
    let rows = rows ?? 0..<batch.rowCount
    precondition(rows.lowerBound >= 0 && rows.upperBound <= batch.rowCount)
    var encoder = ArrowBatchEncoder()
    guard batch.columns.count == schema.fields.count else {
      throw FileError(.invalidInput, "\(batch.columns.count) columns for a schema of \(schema.fields.count)")
        .located(path: path)
    }
    for (field, column) in zip(schema.fields, batch.columns) {
      do throws(FileError) {
        try encoder.append(column, rows, as: field)
      } catch { throw error.located(path: path, column: field.name) }
    }
    var ranges: [Int64] = []
    var end = 0
    for buffer in encoder.buffers {
      ranges += [Int64(end), Int64(buffer.count)]
      end += (buffer.count + 7) & ~7
      bufferSize += buffer.count
    }
    let message = ArrowMetadata.batchMessage(
      rowCount: rows.count, nodes: encoder.nodes, buffers: ranges, bodyLength: end)
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
  public consuming func finish() throws(FileError) -> Int {
    // The mark that ends a stream: a continuation without a message.
    let mark: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
    try file.write(mark.span.bytes)
    let size = file.count
    try file.commit()
    return size
  }
}

/// Makes the metadata messages of the Arrow format, numbered as in `Schema.fbs` and `Message.fbs`.
enum ArrowMetadata {
  /// Metadata version V5.
  private static let version = FlatbufferValue.int16(4)

  /// The schema message with its prefix.
  ///
  /// - Throws: `FileError` if a column's type is one that this module does not write.
  static func schemaMessage(_ schema: Schema) throws(FileError) -> [UInt8] {
    var fields: [FlatbufferValue] = []
    for field in schema.fields { fields.append(try self.field(field)) }
    let metadata = schema.metadata.map { FlatbufferValue.table([0: .string($0.key), 1: .string($0.value)]) }
    var table: [Int: FlatbufferValue] = [1: .tables(fields)]
    if !metadata.isEmpty { table[2] = .tables(metadata) }
    return message(kind: .schema, .table(table), bodyLength: 0)
  }

  /// A record batch's message with its prefix, up to the body.
  ///
  /// - Parameters:
  ///   - nodes: length and number of nulls of each column.
  ///   - buffers: offset and length of each buffer in the body.
  static func batchMessage(rowCount: Int, nodes: [Int64], buffers: [Int64], bodyLength: Int) -> [UInt8] {
    let batch = FlatbufferValue.table([
      0: .int64(Int64(rowCount)), 1: .structs(nodes, width: 2), 2: .structs(buffers, width: 2),
    ])
    return message(kind: .recordBatch, batch, bodyLength: bodyLength)
  }

  private static func message(kind: ArrowMessage.Kind, _ header: FlatbufferValue, bodyLength: Int) -> [UInt8] {
    let table = FlatbufferValue.table([
      0: version, 1: .int8(Int8(kind.rawValue)), 2: header, 3: .int64(Int64(bodyLength)),
    ])
    let bytes = table.flatbuffer()
    var message: [UInt8] = []
    message.reserveCapacity(bytes.count + 8)
    message.appendNumber(UInt32.max)
    message.appendNumber(UInt32(bytes.count))
    message += bytes
    return message
  }

  /// The number and the members of a type that says how values are stored.
  private static func stored(_ type: StoredType?) -> (number: Int8, detail: [Int: FlatbufferValue]) {
    switch type {
    case .integer(let bits, let isSigned): (2, [0: .int32(Int32(bits)), 1: .int8(isSigned ? 1 : 0)])
    case .half: (3, [0: .int16(0)])
    case .single: (3, [0: .int16(1)])
    case .binary: (4, [:])
    case .fixedBinary(let width): (15, [0: .int32(Int32(width))])
    case .decimal(let precision, let scale):
      (7, [0: .int32(Int32(precision)), 1: .int32(Int32(scale)), 2: .int32(128)])
    case .date(let isMilliseconds): (8, [0: .int16(isMilliseconds ? 1 : 0)])
    case .time(let unit): (9, [0: .int16(Int16(unit.rawValue)), 1: .int32(type?.width == 4 ? 32 : 64)])
    case .timestamp(let unit, let zone):
      (10, [0: .int16(Int16(unit.rawValue))].merging(zone.map { [1: .string($0)] } ?? [:]) { $1 })
    case .duration(let unit): (18, [0: .int16(Int16(unit.rawValue))])
    case nil: (1, [:])
    }
  }

  private static func field(_ field: Field) throws(FileError) -> FlatbufferValue {
    let number: Int8
    var detail: [Int: FlatbufferValue] = [:]
    var children: [FlatbufferValue] = []
    switch field.type {
    case _ where field.stored != nil: (number, detail) = stored(field.stored)
    case .null: number = 1
    case .int64:
      number = 2
      detail = [0: .int32(64), 1: .int8(1)]
    case .double:
      number = 3
      detail = [0: .int16(2)]
    case .utf8: number = 5
    case .bool: number = 6
    case .list(let element):
      number = 12
      children = [try self.field(element)]
    case .struct(let fields):
      number = 13
      for part in fields { children.append(try self.field(part)) }
    case .unsupported(let name):
      throw FileError(.invalidInput, "columns of the type \(name) cannot be written").located(
        column: field.name)
    }
    return .table([
      0: .string(field.name), 1: .int8(field.isNullable ? 1 : 0), 2: .int8(number), 3: .table(detail),
      5: .tables(children),
    ])
  }
}
