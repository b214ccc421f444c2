/// The values of a column in one batch: views of memory that the column keeps alive.
public indirect enum Column: Sendable {
  case null(NullColumn)
  case bool(BoolColumn)
  case int64(Int64Column)
  case double(DoubleColumn)
  case utf8(UTF8Column)
  case list(ListColumn)
  case structure(StructColumn)

  /// Number of rows.
  public var count: Int {
    switch self {
    case .null(let column): column.count
    case .bool(let column): column.count
    case .int64(let column): column.count
    case .double(let column): column.count
    case .utf8(let column): column.count
    case .list(let column): column.count
    case .structure(let column): column.count
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
    case .structure(let column): column.validity.nullCount
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
    case .structure(let column): column.validity.isNull(row)
    }
  }

  /// The column as texts, nil where it is of another type.
  public var utf8: UTF8Column? { if case .utf8(let column) = self { column } else { nil } }
  /// The column as whole numbers, nil where it is of another type.
  public var int64: Int64Column? { if case .int64(let column) = self { column } else { nil } }
  /// The column as lists, nil where it is of another type.
  public var list: ListColumn? { if case .list(let column) = self { column } else { nil } }
  /// The column as structs, nil where it is of another type.
  public var structure: StructColumn? { if case .structure(let column) = self { column } else { nil } }
}
