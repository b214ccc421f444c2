/// A column whose type makes every row null.
public struct NullColumn: Sendable {
  /// Number of rows.
  public let count: Int
}

/// A column of truth values.
public struct BoolColumn: Sendable {
  /// Number of rows.
  public let count: Int
  /// Which rows hold a value.
  public let validity: Validity
  let bits: BufferSlice

  /// - Precondition: `bits` holds a bit for each row.
  init(count: Int, validity: Validity, bits: BufferSlice) {
    precondition(validity.count == count && count <= bits.count * 8)
    self.count = count
    self.validity = validity
    self.bits = bits
  }

  /// The value of a row, nil if it is null.
  ///
  /// - Precondition: `row` is a row of the column.
  public subscript(row: Int) -> Bool? {
    validity.isNull(row) ? nil : bits.value(row >> 3, as: UInt8.self) >> UInt8(row & 7) & 1 == 1
  }

  func slice(_ rows: Range<Int>) -> BoolColumn {
    BoolColumn(count: rows.count, validity: validity.slice(rows), bits: bits.sliceBits(rows))
  }
}

/// A column of numbers of 64 bits: `Int64` or `Double`.
public struct PrimitiveColumn<Value: BitwiseCopyable & Sendable>: Sendable {
  /// Number of rows.
  public let count: Int
  /// Which rows hold a number.
  public let validity: Validity
  let values: BufferSlice

  /// - Precondition: `values` holds `count` numbers.
  init(count: Int, validity: Validity, values: BufferSlice) {
    precondition(validity.count == count && values.count / MemoryLayout<Value>.size >= count)
    self.count = count
    self.validity = validity
    self.values = values
  }

  /// The number of a row, nil if it is null.
  ///
  /// - Precondition: `row` is a row of the column.
  @inline(__always)
  public subscript(row: Int) -> Value? { validity.isNull(row) ? nil : values.value(row, as: Value.self) }

  func slice(_ rows: Range<Int>) -> PrimitiveColumn {
    let size = MemoryLayout<Value>.size
    return PrimitiveColumn(
      count: rows.count, validity: validity.slice(rows),
      values: values.slice(rows.lowerBound * size, count: rows.count * size))
  }
}
