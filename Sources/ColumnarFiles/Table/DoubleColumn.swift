/// A column of floating-point numbers.
public struct DoubleColumn: Sendable {
  /// Number of rows.
  public let count: Int
  /// Which rows hold a number.
  public let validity: Validity
  let values: BufferSlice

  /// - Precondition: `values` holds `count` numbers of double precision.
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
  public subscript(row: Int) -> Double? { validity.isNull(row) ? nil : values.value(row, as: Double.self) }
}
