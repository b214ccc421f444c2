public import Support

/// The values of a column in one batch: views of memory that the column keeps alive.
public indirect enum Column: Sendable {
  case null(NullColumn)
  case bool(BoolColumn)
  case int64(PrimitiveColumn<Int64>)
  case double(PrimitiveColumn<Double>)
  case utf8(UTF8Column)
  case list(ListColumn)
  case `struct`(StructColumn)

  /// Number of rows.
  public var count: Int {
    switch self {
    case .null(let column): column.count
    case .bool(let column): column.count
    case .int64(let column): column.count
    case .double(let column): column.count
    case .utf8(let column): column.count
    case .list(let column): column.count
    case .struct(let column): column.count
    }
  }

  /// Which rows hold a value.
  var validity: Validity {
    switch self {
    case .null(let column): Validity(allValid: column.count)
    case .bool(let column): column.validity
    case .int64(let column): column.validity
    case .double(let column): column.validity
    case .utf8(let column): column.validity
    case .list(let column): column.validity
    case .struct(let column): column.validity
    }
  }

  /// Number of rows that are null.
  public var nullCount: Int {
    switch self {
    case .null(let column): column.count
    case .bool(let column): column.validity.nullCount
    case .int64(let column): column.validity.nullCount
    case .double(let column): column.validity.nullCount
    case .utf8(let column): column.validity.nullCount
    case .list(let column): column.validity.nullCount
    case .struct(let column): column.validity.nullCount
    }
  }

  /// Whether the row holds no value.
  ///
  /// - Precondition: `row` is a row of the column.
  public func isNull(_ row: Int) -> Bool {
    switch self {
    case .null(let column): row < column.count
    case .bool(let column): column.validity.isNull(row)
    case .int64(let column): column.validity.isNull(row)
    case .double(let column): column.validity.isNull(row)
    case .utf8(let column): column.validity.isNull(row)
    case .list(let column): column.validity.isNull(row)
    case .struct(let column): column.validity.isNull(row)
    }
  }

  /// Some of the rows, which share the column's memory.
  ///
  /// - Precondition: they are rows of the column, and the first is a multiple of 8.
  /// - Complexity: O(1) for each column within, and O(number of rows) if there are nulls.
  func slice(_ rows: Range<Int>) -> Column {
    switch self {
    case .null: .null(NullColumn(count: rows.count))
    case .bool(let column): .bool(column.slice(rows))
    case .int64(let column): .int64(column.slice(rows))
    case .double(let column): .double(column.slice(rows))
    case .utf8(let column): .utf8(column.slice(rows))
    case .list(let column): .list(column.slice(rows))
    case .struct(let column): .struct(column.slice(rows))
    }
  }

  /// The column as texts, nil if it is of another type.
  public var utf8: UTF8Column? { if case .utf8(let column) = self { column } else { nil } }
  /// The column as whole numbers, nil if it is of another type.
  public var int64: PrimitiveColumn<Int64>? { if case .int64(let column) = self { column } else { nil } }
  /// The column as lists, nil if it is of another type.
  public var list: ListColumn? { if case .list(let column) = self { column } else { nil } }
  /// The column as structs, nil if it is of another type.
  public var `struct`: StructColumn? { if case .struct(let column) = self { column } else { nil } }
}

extension Column {
  /// A column whose every row is null.
  public static func nulls(_ count: Int) -> Column { .null(NullColumn(count: max(0, count))) }

  /// A column of structs, none of them null.
  ///
  /// - Throws: `FileError` if there is not one column for each field, all of one length.
  public static func structs(_ fields: [Field], _ columns: [Column]) throws(FileError) -> Column {
    let count = columns.first?.count ?? 0
    guard fields.count == columns.count, columns.allSatisfy({ $0.count == count }) else {
      throw FileError(.invalidInput, "the parts of a struct have different numbers of values")
    }
    return .struct(
      StructColumn(count: count, validity: Validity(allValid: count), fields: fields, columns: columns))
  }
}
