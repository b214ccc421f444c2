public import Support

/// Builds a column of floating-point numbers.
public struct DoubleBuilder: Sendable {
  private var pool = MemoryPool()
  private var values = BlockBuilder()
  private var validity = ValidityBuilder()

  /// Begins an empty column.
  public init() {}

  /// Adds a number, or a null.
  public mutating func append(_ value: Double?) throws(FileError) {
    // By now the previous column has usually been written and released.
    if values.count == 0 { pool.recycle() }
    try values.append(value ?? 0, pool: &pool)
    validity.append(isNull: value == nil)
  }

  /// The column; the builder starts over.
  public mutating func finish() throws(FileError) -> Column {
    let count = validity.count
    let column = PrimitiveColumn<Double>(
      count: count, validity: try validity.finish(pool: &pool), values: try values.slice(pool: &pool))
    values.reset()
    return .double(column)
  }
}

extension Column {
  /// A column of truth values.
  public static func bools(_ values: [Bool?]) throws(FileError) -> Column {
    var pool = MemoryPool()
    let bits = try pool.bits(values.count) { (row) throws(FileError) in values[row] ?? false }
    return .bool(BoolColumn(count: values.count, validity: try validity(values.map { $0 == nil }, &pool), bits: bits))
  }

  /// A column of structs, some of which may be null.
  ///
  /// - Throws: `FileError` if there is not one column for each field, as long as `nulls`.
  public static func structs(_ fields: [Field], _ columns: [Column], nulls: [Bool]) throws(FileError) -> Column {
    guard fields.count == columns.count, columns.allSatisfy({ $0.count == nulls.count }) else {
      throw FileError(.invalidInput, "the parts of a struct have different numbers of values")
    }
    var pool = MemoryPool()
    return .struct(
      StructColumn(count: nulls.count, validity: try validity(nulls, &pool), fields: fields, columns: columns))
  }

  private static func validity(_ nulls: [Bool], _ pool: inout MemoryPool) throws(FileError) -> Validity {
    guard nulls.contains(true) else { return Validity(allValid: nulls.count) }
    return Validity(try pool.bits(nulls.count) { (row) throws(FileError) in !nulls[row] }, count: nulls.count)
  }
}

/// Builds a column of lists of whole numbers, such as the tokens of conversations.
public struct NumberListBuilder: Sendable {
  private var lists = ListBuilder()
  private var pool = MemoryPool()
  private var values = BlockBuilder()

  /// Begins an empty column.
  public init() {}

  /// Number of numbers so far.
  public var numberCount: Int { values.count / MemoryLayout<Int64>.size }

  /// Adds a list.
  ///
  /// - Throws: `FileError` if there are 2^31 numbers or more.
  public mutating func append(_ numbers: Span<Int32>) throws(FileError) {
    if values.count == 0 { pool.recycle() }
    let target = try values.extend(by: numbers.count * MemoryLayout<Int64>.size, pool: &pool)
    numbers.withUnsafeBufferPointer { numbers in
      guard let target = target.baseAddress else { return }
      for (index, number) in numbers.enumerated() {
        (target + index &* MemoryLayout<Int64>.size).storeBytes(of: Int64(number), as: Int64.self)
      }
    }
    try lists.endRow(at: numberCount)
  }

  /// The column; the builder starts over.
  public mutating func finish() throws(FileError) -> Column {
    let count = numberCount
    let column = PrimitiveColumn<Int64>(
      count: count, validity: Validity(allValid: count), values: try values.slice(pool: &pool))
    values.reset()
    return try lists.finish(elements: .int64(column))
  }
}
