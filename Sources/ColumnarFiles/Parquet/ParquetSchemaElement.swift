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
    case json
    case list
    case map
    case null
    case integer(isSigned: Bool)
    case decimal
    case date
    case half
    /// A type that is skipped.
    case other(String)
  }

  var physicalType: PhysicalType?
  var repetition = Repetition.required
  var name = ""
  var childCount = 0
  var meaning = Meaning.none
  /// The length of values that all have the same.
  var typeLength = 0
  /// The digits after the point of a decimal.
  var scale = 0
  /// The digits of a decimal.
  var precision = 0
  /// The unit of times, and whether they are those of UTC.
  var unit = StoredType.TimeUnit.millisecond
  var isUTC = true
  /// The bits of whole numbers; nil for all.
  var bits: Int?

  init(_ reader: inout ThriftCompactReader) throws(FileError) {
    var last = 0
    var logical: Meaning?
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: physicalType = try Self.known(reader.integer(field), "physical type", reader)
      case 2: typeLength = try reader.size(field)
      case 3: repetition = try Self.known(reader.integer(field), "repetition", reader)
      case 4: name = try reader.text(field)
      case 5: childCount = try reader.size(field)
      case 6:
        let number = try reader.integer(field)
        meaning = Self.converted(number)
        // TIME_MICROS and TIMESTAMP_MICROS; UINT_8 and INT_8 begin four widths each.
        if number == 8 || number == 10 { unit = .microsecond }
        if (11...18).contains(number) { bits = 8 << Int((number - 11) % 4) }
      case 7: scale = Int(truncatingIfNeeded: try reader.integer(field))
      case 10:
        try reader.structField(field)
        logical = try readLogical(&reader)
      case 8: precision = Int(truncatingIfNeeded: try reader.integer(field))
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
    case 0, 4, 20: .text
    case 19: .json
    case 1, 2: .map
    case 3: .list
    case 5: .decimal
    case 6: .date
    case 7, 8: .other("time")
    case 9, 10: .other("timestamp")
    case 11...14: .integer(isSigned: false)
    case 15...18: .integer(isSigned: true)
    case 21: .other("interval")
    default: .none
    }
  }

  /// The union `LogicalType`: a struct with one field.
  private mutating func readLogical(_ reader: inout ThriftCompactReader) throws(FileError) -> Meaning {
    var meaning = Meaning.none
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1, 4, 13: meaning = .text
      case 12: meaning = .json
      case 2: meaning = .map
      case 3: meaning = .list
      case 5:
        try reader.structField(field)
        try readDecimal(&reader)
        meaning = .decimal
        continue
      case 6: meaning = .date
      case 7, 8:
        try reader.structField(field)
        try readTime(&reader)
        meaning = .other(field.id == 7 ? "time" : "timestamp")
        continue
      case 10:
        try reader.structField(field)
        meaning = .integer(isSigned: try readInteger(&reader))
        continue
      case 11: meaning = .null
      case 15: meaning = .half
      default: break
      }
      try reader.skip(field)
    }
    return meaning
  }

  /// The struct `DecimalType`.
  private mutating func readDecimal(_ reader: inout ThriftCompactReader) throws(FileError) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: scale = Int(truncatingIfNeeded: try reader.integer(field))
      case 2: precision = Int(truncatingIfNeeded: try reader.integer(field))
      default: try reader.skip(field)
      }
    }
  }

  /// The structs `TimeType` and `TimestampType`: whether times are those of UTC, and the union of units.
  private mutating func readTime(_ reader: inout ThriftCompactReader) throws(FileError) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: isUTC = try reader.bool(field)
      case 2:
        try reader.structField(field)
        var lastUnit = 0
        while let member = try reader.field(after: &lastUnit) {
          if let unit = StoredType.TimeUnit(rawValue: Int(member.id)) { self.unit = unit }
          try reader.skip(member)
        }
      default: try reader.skip(field)
      }
    }
  }

  /// The struct `IntType`; returns whether the numbers have a sign.
  private mutating func readInteger(_ reader: inout ThriftCompactReader) throws(FileError) -> Bool {
    var isSigned = true
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: bits = Int(truncatingIfNeeded: try reader.integer(field))
      case 2: isSigned = try reader.bool(field)
      default: try reader.skip(field)
      }
    }
    return isSigned
  }

  /// How values are stored, where the type that they are read into does not say it.
  func storedType(_ type: PhysicalType) -> StoredType? {
    switch (meaning, type) {
    case (.integer(let isSigned), .int32), (.integer(let isSigned), .int64):
      let bits = bits ?? (type == .int32 ? 32 : 64)
      return bits == 64 && isSigned ? nil : .integer(bits: bits, isSigned: isSigned)
    case (.decimal, _): return .decimal(precision: precision, scale: scale)
    case (.date, .int32): return .date(isMilliseconds: false)
    case (.half, .fixedLengthByteArray): return .half
    case (.other("time"), .int32), (.other("time"), .int64): return .time(unit)
    case (.other("timestamp"), .int64): return .timestamp(unit, zone: isUTC ? "UTC" : nil)
    case (_, .int96): return .timestamp(.nanosecond, zone: nil)
    case (.none, .int32): return .integer(bits: 32, isSigned: true)
    case (_, .float): return .single
    case (.none, .byteArray): return .binary
    case (.none, .fixedLengthByteArray), (.other, .fixedLengthByteArray): return .fixedBinary(typeLength)
    default: return nil
    }
  }
}
