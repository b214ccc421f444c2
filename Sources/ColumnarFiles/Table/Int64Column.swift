/// A column of whole numbers.
public struct Int64Column: Sendable {
  /// Number of rows.
  public let count: Int
  /// Which rows hold a number.
  public let validity: Validity
  let values: BufferSlice

  /// - Precondition: `values` holds `count` numbers of 64 bits.
  init(count: Int, validity: Validity, values: BufferSlice) {
    precondition(validity.count == count && values.count / 8 >= count)
    self.count = count
    self.validity = validity
    self.values = values
  }

  /// The number of a row, nil where it is null.
  ///
  /// - Precondition: `row` is a row of the column.
  @inline(__always)
  public subscript(row: Int) -> Int64? { validity.isNull(row) ? nil : values.value(row, as: Int64.self) }
}
