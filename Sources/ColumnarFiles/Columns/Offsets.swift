/// Where each row of a column of texts or lists begins and ends; never decreasing, checked when it is made.
struct Offsets: Sendable {
  let values: BufferSlice?
  let isWide: Bool
  /// Where the first row begins.
  let first: Int
  /// Where the last row ends.
  let last: Int

  /// Checks `count + 1` offsets of 32 or 64 bits.
  ///
  /// - Throws: where they are too few, decrease, or lead beyond `limit`.
  init(_ values: BufferSlice, isWide: Bool, count: Int, limit: Int) throws(ColumnarFileError) {
    // Writers may leave out the single offset of a column without rows.
    guard count > 0 else {
      self.values = nil
      self.isWide = isWide
      first = 0
      last = 0
      return
    }
    let size = isWide ? 8 : 4
    guard count < values.count / size else {
      throw .damaged("\(count) rows need \(count + 1) offsets, but there are \(values.count / size)")
    }
    let ascending =
      isWide ? Self.ascend(values, count: count, as: Int64.self) : Self.ascend(values, count: count, as: Int32.self)
    let first = isWide ? Int(values.value(0, as: Int64.self)) : Int(values.value(0, as: Int32.self))
    let last = isWide ? Int(values.value(count, as: Int64.self)) : Int(values.value(count, as: Int32.self))
    guard ascending, first >= 0, last <= limit else {
      throw .damaged("offsets decrease or lead beyond the \(limit) values that there are")
    }
    self.values = values
    self.isWide = isWide
    self.first = first
    self.last = last
  }

  private static func ascend<Offset: FixedWidthInteger & BitwiseCopyable>(
    _ values: BufferSlice, count: Int, as type: Offset.Type
  ) -> Bool {
    var ascending = true
    var previous = values.value(0, as: type)
    for index in 1...count {
      let value = values.value(index, as: type)
      ascending = ascending && previous <= value
      previous = value
    }
    return ascending
  }

  /// - Precondition: `row` is one of the rows that were checked.
  @inline(__always)
  func range(_ row: Int) -> Range<Int> {
    guard let values else { preconditionFailure("a column without rows was asked for a row") }
    let bounds =
      isWide
      ? (Int(values.value(row, as: Int64.self)), Int(values.value(row + 1, as: Int64.self)))
      : (Int(values.value(row, as: Int32.self)), Int(values.value(row + 1, as: Int32.self)))
    // Never decreasing: the initialiser saw to it.
    return Range(uncheckedBounds: bounds)
  }
}
