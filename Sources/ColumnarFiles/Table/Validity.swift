/// Which rows of a column hold a value.
public struct Validity: Sendable {
  /// One bit a row, least significant first, set where there is a value; nil where no row is null.
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

  private static func setBits(_ bytes: UnsafeRawBufferPointer, count: Int) -> Int {
    var total = 0
    for word in 0..<count / 64 {
      total += bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self).nonzeroBitCount
    }
    for row in count / 64 * 64..<count where bytes[row >> 3] >> UInt8(row & 7) & 1 == 1 { total += 1 }
    return total
  }
}
