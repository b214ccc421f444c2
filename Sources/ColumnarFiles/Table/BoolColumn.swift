/// A column of truth values.
public struct BoolColumn: Sendable {
  /// Number of rows.
  public let count: Int
  /// Which rows hold a value.
  public let validity: Validity
  private let bits: BufferSlice

  /// - Precondition: `bits` holds a bit for each row.
  init(count: Int, validity: Validity, bits: BufferSlice) {
    precondition(validity.count == count && count <= bits.count * 8)
    self.count = count
    self.validity = validity
    self.bits = bits
  }

  /// The value of a row, nil where it is null.
  ///
  /// - Precondition: `row` is a row of the column.
  public subscript(row: Int) -> Bool? {
    validity.isNull(row) ? nil : bits.value(row >> 3, as: UInt8.self) >> UInt8(row & 7) & 1 == 1
  }
}
