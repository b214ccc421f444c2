import Support

/// How Parquet stores the values of a type that says how they are stored.
struct ParquetStoredType {
  private let type: StoredType

  init(_ type: StoredType) { self.type = type }

  /// Number in the enumeration `Type` of parquet.thrift.
  var physicalType: Int {
    switch type {
    case .integer(let bits, _): bits == 64 ? 2 : 1
    case .half, .fixedBinary, .decimal: 7
    case .single: 4
    case .binary: 6
    case .date: 1
    case .time(let unit): unit == .second || unit == .millisecond ? 1 : 2
    case .timestamp, .duration: 2
    }
  }

  /// The length of values that all have the same; nil for others.
  private var length: Int? {
    switch type {
    case .half: 2
    case .fixedBinary(let width): width
    case .decimal: 16
    case .integer, .single, .binary, .date, .time, .timestamp, .duration: nil
    }
  }

  /// Appends a value in PLAIN encoding.
  ///
  /// - Precondition: the row is not null.
  func append(_ row: Int, of column: Column, to bytes: inout [UInt8]) throws(FileError) {
    let start = bytes.count
    switch type {
    case .integer(let bits, _) where bits < 32:
      // Narrow numbers take 32 bits; whether they fit is what appending them narrow checks.
      try type.append(row, of: column, to: &bytes)
      bytes.removeSubrange(start...)
      if case .int64(let column) = column { bytes.appendNumber(Int32(truncatingIfNeeded: column[row] ?? 0)) }
    case .date:
      try StoredType.date(isMilliseconds: false).append(row, of: column, to: &bytes)
    case .decimal:
      try type.append(row, of: column, to: &bytes)
      bytes[start...].reverse()
    case .time(.second), .timestamp(.second, _):
      // There are no whole seconds in Parquet.
      guard case .int64(let column) = column else { return try type.append(row, of: column, to: &bytes) }
      let (number, overflows) = (column[row] ?? 0).multipliedReportingOverflow(by: 1_000)
      guard !overflows else { throw FileError(.invalidInput, "a time does not fit into milliseconds of 64 bits") }
      if physicalType == 1 {
        bytes.appendNumber(Int32(truncatingIfNeeded: number))
      } else {
        bytes.appendNumber(number)
      }
    default: try type.append(row, of: column, to: &bytes)
    }
  }

  /// Writes the struct `SchemaElement`.
  func write(_ name: String, repetition: Int, _ writer: inout ThriftCompactWriter) {
    writer.structElement { writer in
      writer.int32(1, physicalType)
      if let length { writer.int32(2, length) }
      writer.int32(3, repetition)
      writer.binary(4, name.utf8)
      if let converted { writer.int32(6, converted) }
      if case .decimal(let precision, let scale) = type {
        writer.int32(7, scale)
        writer.int32(8, precision)
      }
      writeLogicalType(&writer)
    }
  }

  /// Number in the enumeration `ConvertedType`, which older readers know; nil where there is none.
  private var converted: Int? {
    switch type {
    case .integer(let bits, let isSigned): (isSigned ? 15 : 11) + (bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3)
    case .decimal: 5
    case .date: 6
    case .time(.second), .time(.millisecond): 7
    case .time(.microsecond): 8
    case .timestamp(.second, .some), .timestamp(.millisecond, .some): 9
    case .timestamp(.microsecond, .some): 10
    case .half, .single, .binary, .fixedBinary, .time, .timestamp, .duration: nil
    }
  }

  /// Writes the union `LogicalType`.
  private func writeLogicalType(_ writer: inout ThriftCompactWriter) {
    switch type {
    case .integer(let bits, let isSigned):
      writer.structField(10) { writer in
        writer.structField(10) { writer in
          writer.int8(1, bits)
          writer.bool(2, isSigned)
        }
      }
    case .decimal(let precision, let scale):
      writer.structField(10) { writer in
        writer.structField(5) { writer in
          writer.int32(1, scale)
          writer.int32(2, precision)
        }
      }
    case .date: writer.structField(10) { $0.structField(6) { _ in } }
    case .half: writer.structField(10) { $0.structField(15) { _ in } }
    case .time(let unit): writeTime(7, unit, isUTC: true, &writer)
    case .timestamp(let unit, let zone): writeTime(8, unit, isUTC: zone != nil, &writer)
    case .single, .binary, .fixedBinary, .duration: return
    }
  }

  private func writeTime(_ field: Int, _ unit: StoredType.TimeUnit, isUTC: Bool, _ writer: inout ThriftCompactWriter) {
    writer.structField(10) { writer in
      writer.structField(field) { writer in
        writer.bool(1, isUTC)
        writer.structField(2) { $0.structField(max(1, unit.rawValue)) { _ in } }
      }
    }
  }
}
