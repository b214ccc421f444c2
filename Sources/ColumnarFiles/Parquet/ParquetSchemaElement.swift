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
    /// A type that is passed over.
    case other(String)
  }

  var physicalType: PhysicalType?
  var repetition = Repetition.required
  var name = ""
  var childCount = 0
  var meaning = Meaning.none

  init(_ reader: inout CompactReader) throws(ColumnarFileError) {
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
        try reader.structure(field)
        logical = try Self.logical(&reader)
      default: try reader.skip(field)
      }
    }
    if let logical, logical != .none { meaning = logical }
  }

  private static func known<Value: RawRepresentable>(
    _ number: Int64, _ what: String, _ reader: borrowing CompactReader
  ) throws(ColumnarFileError) -> Value where Value.RawValue == Int64 {
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
  private static func logical(_ reader: inout CompactReader) throws(ColumnarFileError) -> Meaning {
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
        try reader.structure(field)
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
  private static func isSigned(_ reader: inout CompactReader) throws(ColumnarFileError) -> Bool {
    var isSigned = true
    var last = 0
    while let field = try reader.field(after: &last) {
      if field.id == 2 { isSigned = try reader.bool(field) } else { try reader.skip(field) }
    }
    return isSigned
  }
}
