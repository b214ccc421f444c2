/// Puts a column of lists together; the elements are put together beside it.
///
/// ```swift
/// for message in messages { try contents.append(message.content) }
/// try lists.endRow(at: contents.count)
/// ...
/// let column = try lists.finish(elements: contents.finish())
/// ```
public struct ListBuilder: Sendable {
  private var pool = MemoryPool()
  private var ends = BlockBuilder()
  private var validity = ValidityBuilder()
  private var last = 0

  /// Begins an empty column.
  public init() {}

  /// Number of rows so far.
  public var count: Int { validity.count }

  /// Ends a row whose elements are those since the row before.
  ///
  /// - Parameters:
  ///   - elementCount: number of elements of all rows so far.
  ///   - isNull: whether there is no list; there should be no elements since the row before then.
  /// - Throws: where `elementCount` is less than before or exceeds 2^31 - 1.
  public mutating func endRow(at elementCount: Int, isNull: Bool = false) throws(ColumnarFileError) {
    guard elementCount >= last, let end = Int32(exactly: elementCount) else {
      throw ColumnarFileError(.invalidInput, "a list cannot end at element \(elementCount) after \(last)")
    }
    if validity.count == 0 {
      // By now the column before has most often been written and let go.
      pool.recycle()
      try ends.append(Int32(0), pool: &pool)
    }
    try ends.append(end, pool: &pool)
    validity.append(isNull: isNull)
    last = elementCount
  }

  /// The column; the builder begins anew.
  ///
  /// - Throws: where there are fewer elements than the rows have.
  public mutating func finish(elements: Column) throws(ColumnarFileError) -> Column {
    let count = count
    let offsets = try Offsets(ends.slice(pool: &pool), isWide: false, count: count, limit: elements.count)
    let column = ListColumn(
      count: count, validity: try validity.finish(pool: &pool), offsets: offsets, elements: elements)
    ends.reset()
    last = 0
    return .list(column)
  }
}
