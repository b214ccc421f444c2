/// The type of a column as far as this module tells types apart.
public indirect enum ColumnType: Sendable, Hashable {
  /// Nothing but nulls.
  case null
  case bool
  /// Whole numbers of any width, widened to 64 bits.
  case int64
  /// Floating-point numbers of single or double precision, widened to double.
  case double
  /// Text or bytes. What a file calls text is passed through as it is, ill-formed UTF-8 included.
  case utf8
  case list(Field)
  case structure([Field])
  /// A type whose values cannot be read, by the name that the file's format gives it.
  case unsupported(String)
}

extension ColumnType: CustomStringConvertible {
  /// The type in the words of Arrow.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int64: "int64"
    case .double: "double"
    case .utf8: "string"
    case .list(let element): "list<\(element)>"
    case .structure(let fields): "struct<\(fields.map(\.description).joined(separator: ", "))>"
    case .unsupported(let name): name
    }
  }
}
