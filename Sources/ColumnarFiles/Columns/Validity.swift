import Support

/// Which rows of a column hold a value.
public struct Validity: Sendable {
  /// One bit for each row, least significant first, set for rows with a value; nil if no row is null.
  let bits: BufferSlice?
  /// Number of rows.
  let count: Int
  /// Number of rows without a value.
  public let nullCount: Int

  /// Every row holds a value.
  init(allValid count: Int) {
    bits = nil
    self.count = count
    nullCount = 0
  }

  /// - Precondition: `bits` has a bit for each row.
  init(_ bits: BufferSlice, count: Int) {
    precondition(count <= bits.count * 8)
    self.count = count
    let valid = bits.bytes.withUnsafeBytes { Self.setBits($0, count: count) }
    nullCount = count - valid
    self.bits = nullCount == 0 ? nil : bits
  }

  /// Whether the row holds no value.
  ///
  /// - Precondition: `row` is a row of the column.
  @inline(__always)
  public func isNull(_ row: Int) -> Bool {
    precondition(row >= 0 && row < count)
    guard let bits else { return false }
    return bits.value(row >> 3, as: UInt8.self) >> UInt8(truncatingIfNeeded: row & 7) & 1 == 0
  }

  /// Some of the rows, counted from 0 again.
  ///
  /// - Precondition: they are rows of the column, and the first is a multiple of 8.
  func slice(_ rows: Range<Int>) -> Validity {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count)
    guard let bits else { return Validity(allValid: rows.count) }
    return Validity(bits.sliceBits(rows), count: rows.count)
  }

  private static func setBits(_ bytes: UnsafeRawBufferPointer, count: Int) -> Int {
    var total = 0
    for word in 0..<count / 64 {
      total += bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self).nonzeroBitCount
    }
    for row in count / 64 * 64..<count where bytes[row >> 3] >> UInt8(row & 7) & 1 == 1 { total += 1 }
    return total
  }
}

/// Collects which rows are null.
struct ValidityBuilder: Sendable {
  /// Number of rows.
  private(set) var count = 0
  private var nullCount = 0
  /// One bit for each row, set for rows with a value; empty as long as no row is null.
  private var bits: [UInt8] = []

  @inline(__always)
  mutating func append(isNull: Bool) {
    if isNull || nullCount > 0 { appendBit(isNull: isNull) }
    count += 1
  }

  @inline(never)
  private mutating func appendBit(isNull: Bool) {
    if nullCount == 0 {
      bits = [UInt8](repeating: 0xFF, count: count / 8)
      if count % 8 > 0 { bits.append(1 << UInt8(count % 8) - 1) }
    }
    if isNull { nullCount += 1 }
    if count % 8 == 0 { bits.append(0) }
    if !isNull { bits[count / 8] |= 1 << UInt8(count % 8) }
  }

  /// What was collected; the builder starts over.
  mutating func finish(pool: inout MemoryPool) throws(FileError) -> Validity {
    defer { self = ValidityBuilder() }
    guard nullCount > 0 else { return Validity(allValid: count) }
    let bits = bits
    let slice = try pool.values(bits.count) { (index) throws(FileError) in bits[index] }
    return Validity(slice, count: count)
  }
}
