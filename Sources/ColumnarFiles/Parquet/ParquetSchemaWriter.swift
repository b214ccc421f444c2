import Support

/// Writes the flat list of the struct `SchemaElement`, parents before children.
enum ParquetSchemaWriter {
  /// How many elements the fields take, without the root.
  static func count(_ fields: [Field]) -> Int {
    fields.reduce(0) { total, field in
      switch field.type {
      case .list(let element): total + 2 + count([element])
      case .struct(let parts): total + 1 + count(parts)
      default: total + 1
      }
    }
  }

  /// Writes the root and all below it.
  static func write(_ schema: Schema, _ writer: inout ThriftCompactWriter) {
    element("schema", repetition: 0, childCount: schema.fields.count, &writer)
    for field in schema.fields { write(field, name: field.name, &writer) }
  }

  private static func write(_ field: Field, name: String, _ writer: inout ThriftCompactWriter) {
    let repetition = field.isNullable || field.type == .null ? 1 : 0
    if let stored = field.stored {
      return ParquetStoredType(stored).write(name, repetition: repetition, &writer)
    }
    switch field.type {
    case .list(let item):
      element(name, repetition: repetition, childCount: 1, converted: 3, logical: 3, &writer)
      element("list", repetition: 2, childCount: 1, &writer)
      write(item, name: "element", &writer)
    case .struct(let parts):
      element(name, repetition: repetition, childCount: parts.count, &writer)
      for part in parts { write(part, name: part.name, &writer) }
    case .null: element(name, type: 1, repetition: repetition, logical: 11, &writer)
    case .bool: element(name, type: 0, repetition: repetition, &writer)
    case .int64: element(name, type: 2, repetition: repetition, &writer)
    case .double: element(name, type: 5, repetition: repetition, &writer)
    case .utf8, .unsupported: element(name, type: 6, repetition: repetition, converted: 0, logical: 1, &writer)
    }
  }

  /// - Parameters:
  ///   - converted: number in the enumeration `ConvertedType`.
  ///   - logical: number of the field in the union `LogicalType`.
  private static func element(
    _ name: String, type: Int? = nil, repetition: Int, childCount: Int? = nil, converted: Int? = nil,
    logical: Int? = nil, _ writer: inout ThriftCompactWriter
  ) {
    writer.structElement { writer in
      if let type { writer.int32(1, type) }
      writer.int32(3, repetition)
      writer.binary(4, name.utf8)
      if let childCount { writer.int32(5, childCount) }
      if let converted { writer.int32(6, converted) }
      if let logical { writer.structField(10) { $0.structField(logical) { _ in } } }
    }
  }
}
