/// A leaf of a Parquet file's tree of columns: what is written as a column chunk.
struct ParquetLeaf: Sendable {
  enum Kind: Sendable {
    case null
    case bool
    case int64(isSigned: Bool)
    case double
    case utf8
    case unsupported(String)
  }

  /// Names from the top column down, joined with dots.
  let path: String
  let physicalType: ParquetSchemaElement.PhysicalType
  let kind: Kind
  /// Definition level of a value that is there.
  let definition: Int
  /// Definition level from which on there is a place for a value.
  let slotDefinition: Int
  /// The highest repetition level: the number of lists around the leaf.
  let repetition: Int

  /// What the leaf holds, as this module tells types apart.
  var columnType: ColumnType {
    switch kind {
    case .null: .null
    case .bool: .bool
    case .int64: .int64
    case .double: .double
    case .utf8: .utf8
    case .unsupported(let name): .unsupported(name)
    }
  }

  /// What the values of an element mean.
  static func kind(
    _ element: ParquetSchemaElement, _ type: ParquetSchemaElement.PhysicalType
  ) -> Kind {
    switch element.meaning {
    case .null: return .null
    case .other(let name): return .unsupported(name)
    default: break
    }
    switch type {
    case .boolean: return .bool
    case .int32, .int64:
      if case .integer(let isSigned) = element.meaning { return .int64(isSigned: isSigned) }
      return .int64(isSigned: true)
    case .int96: return .unsupported("INT96")
    case .float, .double: return .double
    case .byteArray: return .utf8
    case .fixedLengthByteArray: return .unsupported("FIXED_LEN_BYTE_ARRAY")
    }
  }
}
