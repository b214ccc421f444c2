public import Support

/// Builds a column of whole numbers.
public struct Int64Builder: Sendable {
  private var pool = MemoryPool()
  private var values = BlockBuilder()
  private var validity = ValidityBuilder()

  /// Begins an empty column.
  public init() {}

  /// Number of rows so far.
  public var count: Int { validity.count }

  /// Adds a number, or a null.
  public mutating func append(_ value: Int64?) throws(FileError) {
    // By now the previous column has usually been written and released.
    if values.count == 0 { pool.recycle() }
    try values.append(value ?? 0, pool: &pool)
    validity.append(isNull: value == nil)
  }

  /// The column; the builder starts over.
  public mutating func finish() throws(FileError) -> Column {
    let count = count
    let column = PrimitiveColumn<Int64>(
      count: count, validity: try validity.finish(pool: &pool), values: try values.slice(pool: &pool))
    values.reset()
    return .int64(column)
  }
}

/// Builds a column of texts.
public struct UTF8Builder: Sendable {
  private var pool = MemoryPool()
  private var ends = BlockBuilder()
  private var text = BlockBuilder()
  private var validity = ValidityBuilder()

  /// Begins an empty column.
  public init() {}

  /// Number of rows so far.
  public var count: Int { validity.count }

  /// Number of bytes of text so far.
  public var byteCount: Int { text.count }

  /// Adds a text; nothing checks that it is UTF-8.
  ///
  /// - Throws: `FileError` if the column's texts together would exceed 2 GiB.
  public mutating func append(_ bytes: RawSpan) throws(FileError) {
    guard text.count + bytes.byteCount <= Int(Int32.max) else {
      throw FileError(.invalidInput, "the texts of one batch together exceed 2 GiB")
    }
    try begin()
    let target = try text.extend(by: bytes.byteCount, pool: &pool)
    bytes.withUnsafeBytes { target.copyMemory(from: $0) }
    try endRow(isNull: false)
  }

  /// Adds a text.
  ///
  /// - Throws: `FileError` if the column's texts together would exceed 2 GiB.
  public mutating func append(_ string: String) throws(FileError) {
    try append(string.utf8.span.bytes)
  }

  /// Adds a row without a text.
  public mutating func appendNull() throws(FileError) {
    try begin()
    try endRow(isNull: true)
  }

  @inline(__always)
  private mutating func begin() throws(FileError) {
    guard ends.count == 0 else { return }
    // By now the previous column has usually been written and released.
    pool.recycle()
    try ends.append(Int32(0), pool: &pool)
  }

  @inline(__always)
  private mutating func endRow(isNull: Bool) throws(FileError) {
    try ends.append(Int32(truncatingIfNeeded: text.count), pool: &pool)
    validity.append(isNull: isNull)
  }

  /// The column; the builder starts over.
  public mutating func finish() throws(FileError) -> Column {
    let count = count
    let offsets = try Offsets(ends.slice(pool: &pool), isWide: false, count: count, limit: text.count)
    let column = UTF8Column(
      count: count, validity: try validity.finish(pool: &pool), offsets: offsets, buffer: try text.slice(pool: &pool))
    ends.reset()
    text.reset()
    return .utf8(column)
  }
}

/// Builds a column of lists, beside the builders of its elements.
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

  /// Ends a row, whose elements are those added since the previous row.
  ///
  /// - Parameters:
  ///   - elementCount: number of elements of all rows so far.
  ///   - isNull: whether the row is null; then no elements should have been added since the previous row.
  /// - Throws: `FileError` if `elementCount` is less than before or exceeds 2^31 - 1.
  public mutating func endRow(at elementCount: Int, isNull: Bool = false) throws(FileError) {
    guard elementCount >= last, let end = Int32(exactly: elementCount) else {
      throw FileError(.invalidInput, "a list cannot end at element \(elementCount) after \(last)")
    }
    if validity.count == 0 {
      // By now the previous column has usually been written and released.
      pool.recycle()
      try ends.append(Int32(0), pool: &pool)
    }
    try ends.append(end, pool: &pool)
    validity.append(isNull: isNull)
    last = elementCount
  }

  /// The column; the builder starts over.
  ///
  /// - Throws: `FileError` if there are fewer elements than the rows have.
  public mutating func finish(elements: Column) throws(FileError) -> Column {
    let count = count
    let offsets = try Offsets(ends.slice(pool: &pool), isWide: false, count: count, limit: elements.count)
    let column = ListColumn(
      count: count, validity: try validity.finish(pool: &pool), offsets: offsets, elements: elements)
    ends.reset()
    last = 0
    return .list(column)
  }
}
