import Support

/// How a file stores the values of a column where that is not what the column's type says.
///
/// Tables are read into few types: whole numbers are widened, dates and decimals become texts. Who copies a table asks
/// for the stored types and passes them on, so that the copy has the same ones.
public enum StoredType: Sendable, Hashable {
  /// Whole numbers of fewer than 64 bits, or without a sign.
  case integer(bits: Int, isSigned: Bool)
  /// Floating-point numbers of 16 bits.
  case half
  /// Floating-point numbers of 32 bits.
  case single
  /// Bytes that are no text.
  case binary
  /// Bytes, as many in each row.
  case fixedBinary(Int)
  /// Whole numbers with digits after a point.
  case decimal(precision: Int, scale: Int)
  /// Days since 1970; milliseconds that are whole days in some Arrow files.
  case date(isMilliseconds: Bool)
  /// Time since midnight.
  case time(TimeUnit)
  /// Time since 1970, in a zone if one is named.
  case timestamp(TimeUnit, zone: String?)
  /// A span of time.
  case duration(TimeUnit)

  /// What times are counted in, numbered as in Arrow.
  public enum TimeUnit: Int, Sendable, Hashable {
    case second, millisecond, microsecond, nanosecond
  }

  /// Whole numbers of 32 bits, as tokens are stored.
  public static let token = StoredType.integer(bits: 32, isSigned: true)
}

// Values as they are stored, of values as they are shown.
extension StoredType {
  /// The bytes of a value in an Arrow buffer; nil where that differs from value to value.
  var width: Int? {
    switch self {
    case .integer(let bits, _): bits / 8
    case .half: 2
    case .single: 4
    case .binary: nil
    case .fixedBinary(let width): width
    case .decimal: 16
    case .date(let isMilliseconds): isMilliseconds ? 8 : 4
    case .time(let unit): unit == .second || unit == .millisecond ? 4 : 8
    case .timestamp, .duration: 8
    }
  }

  /// The values of some rows of a column one after another, little-endian; zeros for nulls.
  ///
  /// - Throws: `FileError` if a value cannot be stored in this type.
  func values(of column: Column, _ rows: Range<Int>) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    let width = width ?? 0
    if self == .token, case .int64(let column) = column { return try Self.tokens(of: column, rows) }
    bytes.reserveCapacity(rows.count * width)
    for row in rows {
      guard !column.isNull(row) else {
        bytes.append(contentsOf: repeatElement(0, count: width))
        continue
      }
      try append(row, of: column, to: &bytes)
    }
    return bytes
  }

  /// Whole numbers of 32 bits, of which tables of tokens have the most.
  private static func tokens(of column: PrimitiveColumn<Int64>, _ rows: Range<Int>) throws(FileError) -> [UInt8] {
    var lost: Int64?
    let bytes = [UInt8](unsafeUninitializedCapacity: rows.count * 4) { buffer, count in
      let output = UnsafeMutableRawBufferPointer(buffer)
      for (index, row) in rows.enumerated() {
        let number = column[row] ?? 0
        if Int64(Int32(truncatingIfNeeded: number)) != number { lost = number }
        output.storeBytes(of: Int32(truncatingIfNeeded: number).littleEndian, toByteOffset: 4 * index, as: Int32.self)
      }
      count = rows.count * 4
    }
    if let lost { throw FileError(.invalidInput, "\(lost) does not fit into 32 bits") }
    return bytes
  }

  /// Appends a value, little-endian.
  ///
  /// - Precondition: the row is not null.
  func append(_ row: Int, of column: Column, to bytes: inout [UInt8]) throws(FileError) {
    switch (self, column) {
    case (.single, .double(let column)): bytes.appendNumber(Float(column[row] ?? 0).bitPattern)
    case (.half, .double(let column)): bytes.appendNumber(Self.half(column[row] ?? 0))
    case (.date(let isMilliseconds), .utf8(let column)):
      let days = try Self.days(column.bytes(row))
      try append(isMilliseconds ? days * 86_400_000 : days, to: &bytes)
    case (.decimal, .utf8(let column)):
      let number = try Self.digits(column.bytes(row))
      bytes.appendNumber(UInt64(truncatingIfNeeded: number))
      bytes.appendNumber(UInt64(truncatingIfNeeded: number >> 64))
    case (.fixedBinary(let width), .utf8(let column)):
      let value = column.bytes(row)
      guard value.byteCount == width else {
        throw FileError(.invalidInput, "a value of \(value.byteCount) bytes where all have \(width)")
      }
      value.withUnsafeBytes { bytes.append(contentsOf: $0) }
    case (_, .int64(let column)): try append(column[row] ?? 0, to: &bytes)
    default: throw FileError(.invalidInput, "the values are not of the type that they are to be stored in")
    }
  }

  /// Appends a whole number in the type's width.
  private func append(_ number: Int64, to bytes: inout [UInt8]) throws(FileError) {
    let bits = (width ?? 8) * 8
    var range = bits == 64 ? Int64.min...Int64.max : -(1 << (bits - 1))...(1 << (bits - 1)) - 1
    if case .integer(_, false) = self { range = 0...(bits == 64 ? Int64.max : (1 << bits) - 1) }
    guard range.contains(number) else { throw FileError(.invalidInput, "\(number) does not fit into \(bits) bits") }
    for byte in 0..<bits / 8 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
  }

  /// The days since 1970 of a date such as `2025-01-31`.
  ///
  /// Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, `days_from_civil`.
  static func days(_ text: RawSpan) throws(FileError) -> Int64 {
    let parts = string(text).split(separator: "-").compactMap { Int64($0) }
    guard parts.count == 3 else { throw FileError(.invalidInput, "\"\(string(text))\" is no date") }
    let year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (parts[1] > 2 ? parts[1] - 3 : parts[1] + 9) + 2) / 5 + parts[2] - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The digits of a decimal such as `12.50`, without the point.
  static func digits(_ text: RawSpan) throws(FileError) -> Int128 {
    let digits = string(text)
    guard let number = Int128(digits.filter { $0 != "." }) else {
      throw FileError(.invalidInput, "\"\(digits)\" is no decimal")
    }
    return number
  }

  private static func string(_ text: RawSpan) -> String {
    String(decoding: text.withUnsafeBytes { Array($0) }, as: UTF8.self)
  }

  /// The 16 bits of a number that was read from 16 bits.
  static func half(_ value: Double) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    let magnitude = value.magnitude
    if value.isNaN { return sign | 0x7E00 }
    if magnitude > 65504 { return sign | 0x7C00 }
    if magnitude < 0x1p-14 { return sign | UInt16(magnitude * 0x1p24) }
    let exponent = Int(magnitude.exponent)
    return sign | UInt16(exponent + 15) << 10 | UInt16((magnitude.significand - 1) * 1024)
  }
}
