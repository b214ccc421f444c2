/// Makes the metadata messages of the Arrow format, numbered as in `Schema.fbs` and `Message.fbs`.
enum ArrowMetadata {
  /// Metadata version V5.
  private static let version = FlatValue.int16(4)

  /// The schema message with its prefix.
  ///
  /// - Throws: where a column's type is one that this module does not write.
  static func schemaMessage(_ schema: Schema) throws(ColumnarFileError) -> [UInt8] {
    var fields: [FlatValue] = []
    for field in schema.fields { fields.append(try self.field(field)) }
    let notes = schema.metadata.map { FlatValue.table([0: .string($0.key), 1: .string($0.value)]) }
    var table: [Int: FlatValue] = [1: .tables(fields)]
    if !notes.isEmpty { table[2] = .tables(notes) }
    return message(kind: .schema, .table(table), bodyLength: 0)
  }

  /// A record batch's message with its prefix, up to the body.
  ///
  /// - Parameters:
  ///   - nodes: length and number of nulls of each column.
  ///   - buffers: place and length of each buffer in the body.
  static func batchMessage(rowCount: Int, nodes: [Int64], buffers: [Int64], bodyLength: Int) -> [UInt8] {
    let batch = FlatValue.table([
      0: .int64(Int64(rowCount)), 1: .structs(nodes, width: 2), 2: .structs(buffers, width: 2),
    ])
    return message(kind: .recordBatch, batch, bodyLength: bodyLength)
  }

  private static func message(kind: ArrowMessage.Kind, _ header: FlatValue, bodyLength: Int) -> [UInt8] {
    let table = FlatValue.table([
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

  private static func field(_ field: Field) throws(ColumnarFileError) -> FlatValue {
    let number: Int8
    var detail: [Int: FlatValue] = [:]
    var children: [FlatValue] = []
    switch field.type {
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
    case .structure(let fields):
      number = 13
      for part in fields { children.append(try self.field(part)) }
    case .unsupported(let name):
      throw ColumnarFileError(.invalidInput, "columns of the type \(name) cannot be written").located(
        column: field.name)
    }
    return .table([
      0: .string(field.name), 1: .int8(field.isNullable ? 1 : 0), 2: .int8(number), 3: .table(detail),
      5: .tables(children),
    ])
  }
}
