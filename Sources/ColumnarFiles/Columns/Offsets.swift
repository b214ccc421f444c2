import Support

/// Where the values of each row of a column of texts or lists begin and end; checked when it is made.
///
/// There are three forms: offsets, where a row ends at the start of the next; pairs of start and end, where rows may
/// share values or skip some; and rows that all have the same number of values, for which nothing is stored.
struct Offsets: Sendable {
  /// Offsets or pairs; nil if all rows have `step` values.
  private let values: BufferSlice?
  private let isWide: Bool
  /// 0 for offsets, 1 for pairs: the binary logarithm of how many numbers a row takes.
  private let shift: Int
  private let start: Int
  private let step: Int
  /// No row ends after this value.
  let end: Int

  private init(
    values: BufferSlice? = nil, isWide: Bool = false, shift: Int = 0, start: Int = 0, step: Int = 0, end: Int
  ) {
    self.values = values
    self.isWide = isWide
    self.shift = shift
    self.start = start
    self.step = step
    self.end = end
  }

  /// Checks `count + 1` offsets of 32 or 64 bits.
  ///
  /// - Throws: `FileError` if they are too few, decrease, or lead beyond `limit`.
  /// - Complexity: O(`count`).
  init(_ values: BufferSlice, isWide: Bool, count: Int, limit: Int) throws(FileError) {
    // Writers may leave out the single offset of a column without rows.
    guard count > 0 else {
      self.init(end: 0)
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
    self.init(values: values, isWide: isWide, end: last)
  }

  /// Checks `count` pairs of start and end, of 64 bits each.
  ///
  /// - Throws: `FileError` if a pair decreases or leads beyond `limit`.
  /// - Precondition: `pairs` holds as many.
  /// - Complexity: O(`count`).
  init(pairs: BufferSlice, count: Int, limit: Int) throws(FileError) {
    var isValid = true
    for row in 0..<count {
      let (start, end) = (pairs.value(2 * row, as: Int64.self), pairs.value(2 * row + 1, as: Int64.self))
      isValid = isValid && start >= 0 && start <= end && end <= Int64(limit)
    }
    guard isValid else { throw .damaged("rows lead beyond the \(limit) values that there are") }
    self.init(values: pairs, isWide: true, shift: 1, end: limit)
  }

  /// Rows that all have `step` values; takes no memory, however many there are.
  ///
  /// - Throws: `FileError` if `limit` values are too few for them.
  init(count: Int, step: Int, limit: Int) throws(FileError) {
    let (end, overflow) = count.multipliedReportingOverflow(by: step)
    guard !overflow, end <= limit else {
      throw .damaged("\(count) lists of \(step) elements have only \(limit) in all")
    }
    self.init(step: step, end: end)
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
    guard let values else {
      let lower = start + row * step
      return Range(uncheckedBounds: (lower, lower + step))
    }
    let index = row &<< shift
    let bounds =
      isWide
      ? (Int(values.value(index, as: Int64.self)), Int(values.value(index + 1, as: Int64.self)))
      : (Int(values.value(index, as: Int32.self)), Int(values.value(index + 1, as: Int32.self)))
    // Never decreasing: the initializers have checked it.
    return Range(uncheckedBounds: bounds)
  }

  /// Whether rows may share values or skip some.
  var isScattered: Bool { shift > 0 }

  /// Some of the rows, counted from 0 again.
  ///
  /// - Precondition: they are rows that were checked.
  func slice(_ rows: Range<Int>) -> Offsets {
    guard let values, !rows.isEmpty else {
      return Offsets(start: start + rows.lowerBound * step, step: step, end: end)
    }
    return Offsets(values: Self.numbers(values, rows, isWide, shift), isWide: isWide, shift: shift, end: end)
  }

  /// The offsets of some rows as they are stored; nil if they are not stored, or not in 32 bits.
  ///
  /// - Precondition: they are rows that were checked.
  func narrow(_ rows: Range<Int>) -> BufferSlice? {
    guard let values, !isWide, shift == 0 else { return nil }
    return Self.numbers(values, rows, false, 0)
  }

  /// The numbers of some rows, which for offsets include the end of the last.
  private static func numbers(_ values: BufferSlice, _ rows: Range<Int>, _ isWide: Bool, _ shift: Int) -> BufferSlice {
    let size = isWide ? 8 : 4
    let count = (rows.count << shift) + (shift == 0 ? 1 : 0)
    return values.slice((rows.lowerBound << shift) * size, count: count * size)
  }
}
