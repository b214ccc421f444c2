/// Collects which rows are null.
struct ValidityBuilder: Sendable {
  /// Number of rows.
  private(set) var count = 0
  private var nullCount = 0
  /// One bit a row, set where there is a value; empty as long as no row is null.
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

  /// What was collected; the builder begins anew.
  mutating func finish(pool: inout MemoryPool) throws(ColumnarFileError) -> Validity {
    defer { self = ValidityBuilder() }
    guard nullCount > 0 else { return Validity(allValid: count) }
    let bits = bits
    let slice = try pool.values(bits.count) { (index) throws(ColumnarFileError) in bits[index] }
    return Validity(slice, count: count)
  }
}
