import Support

/// An entry of the flat list in which Parquet writes its tree of columns, parents before children.
///
/// Numbers: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.
struct ParquetSchemaElement: Sendable {
  enum PhysicalType: Int64, Sendable {
    case boolean = 0
    case int32, int64, int96, float, double, byteArray, fixedLengthByteArray
  }

  enum Repetition: Int64, Sendable {
    case required = 0
    case optional, repeated
  }

  /// What the values mean, from the converted or the logical type.
  enum Meaning: Sendable, Hashable {
    case none
    case text
    case list
    case map
    case null
    case integer(isSigned: Bool)
    /// A type that is skipped.
    case other(String)
  }

  var physicalType: PhysicalType?
  var repetition = Repetition.required
  var name = ""
  var childCount = 0
  var meaning = Meaning.none

  init(_ reader: inout ThriftCompactReader) throws(FileError) {
    var last = 0
    var logical: Meaning?
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: physicalType = try Self.known(reader.integer(field), "physical type", reader)
      case 3: repetition = try Self.known(reader.integer(field), "repetition", reader)
      case 4: name = try reader.text(field)
      case 5: childCount = try reader.size(field)
      case 6: meaning = Self.converted(try reader.integer(field))
      case 10:
        try reader.structField(field)
        logical = try Self.logical(&reader)
      default: try reader.skip(field)
      }
    }
    if let logical, logical != .none { meaning = logical }
  }

  private static func known<Value: RawRepresentable>(
    _ number: Int64, _ what: String, _ reader: borrowing ThriftCompactReader
  ) throws(FileError) -> Value where Value.RawValue == Int64 {
    guard let value = Value(rawValue: number) else {
      throw .damaged("the \(what) \(number) is not known", at: reader.origin + reader.position)
    }
    return value
  }

  /// The enumeration `ConvertedType`.
  private static func converted(_ number: Int64) -> Meaning {
    switch number {
    case 0, 4, 19, 20: .text
    case 1, 2: .map
    case 3: .list
    case 5: .other("decimal")
    case 6: .other("date")
    case 7, 8: .other("time")
    case 9, 10: .other("timestamp")
    case 11...14: .integer(isSigned: false)
    case 15...18: .integer(isSigned: true)
    case 21: .other("interval")
    default: .none
    }
  }

  /// The union `LogicalType`: a struct with one field.
  private static func logical(_ reader: inout ThriftCompactReader) throws(FileError) -> Meaning {
    var meaning = Meaning.none
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1, 4, 12, 13: meaning = .text
      case 2: meaning = .map
      case 3: meaning = .list
      case 5: meaning = .other("decimal")
      case 6: meaning = .other("date")
      case 7: meaning = .other("time")
      case 8: meaning = .other("timestamp")
      case 10:
        try reader.structField(field)
        meaning = .integer(isSigned: try isSigned(&reader))
        continue
      case 11: meaning = .null
      case 14: meaning = .other("uuid")
      case 15: meaning = .other("float16")
      default: break
      }
      try reader.skip(field)
    }
    return meaning
  }

  /// The struct `IntType`.
  private static func isSigned(_ reader: inout ThriftCompactReader) throws(FileError) -> Bool {
    var isSigned = true
    var last = 0
    while let field = try reader.field(after: &last) {
      if field.id == 2 { isSigned = try reader.bool(field) } else { try reader.skip(field) }
    }
    return isSigned
  }
}

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
