import ColumnarFiles
import JSON
import Support

/// The values of a column or a member beside a row's conversation, in one batch.
enum ValueColumn: Sendable {
  /// A column of a table; names stand for the numbers of classes, if there are some.
  case column(Column, field: Field, names: [String]?)
  /// The values of JSON or of fields between delimiters.
  case values([JSONValue])

  /// The value as a text; nil if it is null, a list or an object.
  func text(_ row: Int) -> String? {
    switch self {
    case .column(.utf8(let column), _, _): return column.string(row)
    case .column(.int64(let column), _, let names):
      guard let number = column[row] else { return nil }
      if let names, let index = Int(exactly: number), names.indices.contains(index) { return names[index] }
      return String(number)
    case .column(.double(let column), _, _): return column[row].map { String($0) }
    case .column(.bool(let column), _, _): return column[row].map { $0 ? "true" : "false" }
    case .column(.null, _, _), .column(.list, _, _), .column(.struct, _, _): return nil
    case .values(let values):
      switch values[row] {
      case .string(let text): return text
      case .integer(let number): return String(number)
      case .bigInteger(let digits): return digits
      case .double(let number): return String(number)
      case .bool(let flag): return flag ? "true" : "false"
      case .null, .array, .object: return nil
      }
    }
  }

  /// The bytes of the value if it is a text; 0 if it is anything else.
  func textBytes(_ row: Int) -> Int {
    switch self {
    case .column(.utf8(let column), _, _): return column.isNull(row) ? 0 : column.range(row).count
    case .column: return 0
    case .values(let values):
      if case .string(let text) = values[row] { return text.utf8.count }
      return 0
    }
  }

  /// The value as a whole number; nil if it is null or no such number.
  func integer(_ row: Int) -> Int64? {
    switch self {
    case .column(.int64(let column), _, _): column[row]
    case .column(.double(let column), _, _): column[row].flatMap { Int64(exactly: $0) }
    case .column, .values:
      switch scalar(row) {
      case .integer(let number): number
      case .double(let number): Int64(exactly: number)
      case .string(let text): Int64(text)
      default: nil
      }
    }
  }

  /// What a value of JSON is called that is a list or an object; nil for others, and in tables, whose types say it.
  func compound(_ row: Int) -> String? {
    guard case .values(let values) = self else { return nil }
    switch values[row] {
    case .array, .object: return values[row].kindName
    default: return nil
    }
  }

  /// The value as JSON if it is no list or object; null if it is one.
  func scalar(_ row: Int) -> JSONValue {
    switch self {
    case .values(let values):
      switch values[row] {
      case .array, .object: return .null
      case let value: return value
      }
    case .column(.utf8(let column), _, _): return column.string(row).map { .string($0) } ?? .null
    case .column(.int64(let column), _, _): return column[row].map { .integer($0) } ?? .null
    case .column(.double(let column), _, _): return column[row].map { .double($0) } ?? .null
    case .column(.bool(let column), _, _): return column[row].map { .bool($0) } ?? .null
    case .column(.null, _, _), .column(.list, _, _), .column(.struct, _, _): return .null
    }
  }

  /// The value as JSON, as Python would see it.
  ///
  /// - Throws: `InputError` if a text in it is not UTF-8, or no JSON where the column is marked as JSON.
  func json(_ row: Int) throws(InputError) -> JSONValue {
    switch self {
    case .values(let values): values[row]
    case .column(let column, let field, _): try column.json(row, of: field)
    }
  }
}
