import Support

/// How stored numbers and bytes are shown, where that is not what they are.
enum Presentation: Sendable, Hashable {
  case plain
  /// Whole numbers, or numbers in big-endian two's complement, with digits after a point: texts such as `12.50`.
  case decimal(scale: Int)
  /// Days since 1970: texts such as `2025-01-31`.
  case date
  /// Floating-point numbers of 16 bits.
  case half

  /// The type of the shown values, which are stored as `type`.
  func columnType(_ type: ColumnType) -> ColumnType {
    switch self {
    case .plain: type
    case .decimal, .date: .utf8
    case .half: .double
    }
  }

  /// The column of the shown values.
  ///
  /// - Throws: `FileError` if a date is beyond the years that have four digits.
  func column(_ stored: Column, pool: inout MemoryPool) throws(FileError) -> Column {
    switch (self, stored) {
    case (.plain, _): return stored
    case (.half, .utf8(let column)):
      let values = try pool.values(column.count) { (row) throws(FileError) -> Double in
        let bytes = column.bytes(row)
        return bytes.byteCount == 2 ? Self.half(try bytes.integer(at: 0, as: UInt16.self)) : 0
      }
      return .double(PrimitiveColumn<Double>(count: column.count, validity: column.validity, values: values))
    case (.decimal(let scale), .int64(let column)):
      return try Self.texts(column.count) { (row) throws(FileError) in
        column[row].map { Self.decimal(Int128($0), scale: scale) }
      }
    case (.decimal(let scale), .utf8(let column)):
      return try Self.texts(column.count) { (row) throws(FileError) in
        column.isNull(row) ? nil : Self.decimal(bigEndian: column.bytes(row), scale: scale)
      }
    case (.date, .int64(let column)):
      return try Self.texts(column.count) { (row) throws(FileError) in
        guard let days = column[row] else { return nil }
        return try Self.date(days)
      }
    case (.half, _), (.decimal, _), (.date, _): return stored
    }
  }

  private static func texts(
    _ count: Int, _ text: (Int) throws(FileError) -> String?
  ) throws(FileError) -> Column {
    var builder = UTF8Builder()
    for row in 0..<count {
      if let text = try text(row) { try builder.append(text) } else { try builder.appendNull() }
    }
    return try builder.finish()
  }

  /// A number in big-endian two's complement of any width, with a point before its last digits.
  static func decimal(bigEndian bytes: RawSpan, scale: Int) -> String {
    guard bytes.byteCount > 16 else {
      let number = bytes.withUnsafeBytes { bytes in
        let sign: Int128 = (bytes.first ?? 0) & 0x80 == 0 ? 0 : -1
        return bytes.reduce(sign) { $0 << 8 | Int128($1) }
      }
      return decimal(number, scale: scale)
    }
    var limbs = bytes.withUnsafeBytes { Array($0) }
    let isNegative = limbs[0] & 0x80 != 0
    if isNegative {
      // The magnitude is the complement and one.
      var carry: UInt16 = 1
      for index in limbs.indices.reversed() {
        carry += UInt16(~limbs[index])
        limbs[index] = UInt8(truncatingIfNeeded: carry)
        carry >>= 8
      }
    }
    return decimal(digits: digits(of: limbs), isNegative: isNegative, scale: scale)
  }

  /// The decimal digits of a big-endian magnitude, nine at a time.
  private static func digits(of bytes: [UInt8]) -> String {
    var rest = Array(bytes.drop { $0 == 0 })
    var groups: [String] = []
    while !rest.isEmpty {
      var remainder: UInt64 = 0
      for index in rest.indices {
        let value = remainder << 8 | UInt64(rest[index])
        rest[index] = UInt8(value / 1_000_000_000)
        remainder = value % 1_000_000_000
      }
      rest = Array(rest.drop { $0 == 0 })
      let group = String(remainder)
      groups.append(rest.isEmpty ? group : String(repeating: "0", count: 9 - group.utf8.count) + group)
    }
    return groups.isEmpty ? "0" : groups.reversed().joined()
  }

  /// A whole number with a point before its last digits, as Python's `str(Decimal)` writes it.
  static func decimal(_ number: Int128, scale: Int) -> String {
    decimal(digits: String(number.magnitude), isNegative: number < 0, scale: scale)
  }

  private static func decimal(digits: String, isNegative: Bool, scale: Int) -> String {
    let sign = isNegative ? "-" : ""
    // Files in which this is beyond all reason are not worth a longer text.
    guard (1...76).contains(scale) else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
    return "\(sign)\(padded.dropLast(scale)).\(padded.suffix(scale))"
  }

  /// A day in the proleptic Gregorian calendar.
  ///
  /// Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, `civil_from_days`.
  static func date(_ days: Int64) throws(FileError) -> String {
    guard (-719_162...2_932_896).contains(days) else {
      throw .unsupported("a date is \(days) days from 1970, beyond the years from 1 to 9999")
    }
    let shifted = Int(days) + 719_468
    let era = shifted / 146_097
    let day = shifted - era * 146_097
    let yearOfEra = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
    let civilMonth = month < 10 ? month + 3 : month - 9
    let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(civilMonth, 2))-\(padded(dayOfMonth, 2))"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  /// The value of a floating-point number of 16 bits (IEEE 754 binary16).
  static func half(_ bits: UInt16) -> Double {
    let sign = bits & 0x8000 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
