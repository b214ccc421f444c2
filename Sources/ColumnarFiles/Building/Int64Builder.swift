/// Puts a column of whole numbers together.
public struct Int64Builder: Sendable {
  private var pool = MemoryPool()
  private var values = BlockBuilder()
  private var validity = ValidityBuilder()

  /// Begins an empty column.
  public init() {}

  /// Number of rows so far.
  public var count: Int { validity.count }

  /// Adds a number, or a null.
  public mutating func append(_ value: Int64?) throws(ColumnarFileError) {
    // By now the column before has most often been written and let go.
    if values.count == 0 { pool.recycle() }
    try values.append(value ?? 0, pool: &pool)
    validity.append(isNull: value == nil)
  }

  /// The column; the builder begins anew.
  public mutating func finish() throws(ColumnarFileError) -> Column {
    let count = count
    let column = Int64Column(
      count: count, validity: try validity.finish(pool: &pool), values: try values.slice(pool: &pool))
    values.reset()
    return .int64(column)
  }
}
