/// The columns of a table and its key-value metadata.
public struct Schema: Sendable, Hashable {
  /// A pair of the file's key-value metadata, such as the features under the key `huggingface`.
  public struct KeyValue: Sendable, Hashable {
    /// The name of the value.
    public var key: String
    /// The value, which is text in every known file.
    public var value: String

    /// Pairs a key with its value.
    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  /// The top columns, in the file's order.
  public var fields: [Field]
  /// Key-value metadata in the file's order; keys may repeat.
  public var metadata: [KeyValue]

  /// Describes a table.
  public init(_ fields: [Field], metadata: [KeyValue] = []) {
    self.fields = fields
    self.metadata = metadata
  }

  /// Position of the first column of that name, compared byte by byte.
  public func index(of name: String) -> Int? {
    fields.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
  }

  /// The first column of that name, or the member of structs that `NAME.MEMBER` names.
  public subscript(name: String) -> Field? { place(of: name).map { field(at: $0, name: name) } }

  /// The value of the first pair with that key.
  public func metadata(_ key: String) -> String? {
    metadata.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }
}

/// A named column of a table, or a named part of a nested column.
public struct Field: Sendable, Hashable, CustomStringConvertible {
  /// The name alone, without those of the columns around it.
  public var name: String
  /// What the column holds.
  public var type: ColumnType
  /// Whether the schema allows nulls.
  public var isNullable: Bool
  /// Whether the texts are JSON documents, as the file says.
  public var holdsJSON = false
  /// How the values are stored where the type does not say it; nil where it does, or where nobody asked.
  public var stored: StoredType?

  /// Describes a column.
  public init(_ name: String, _ type: ColumnType, isNullable: Bool = true) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
  }

  /// The name and the type.
  public var description: String { "\(name): \(type)\(isNullable ? "" : " not null")" }
}

/// The type of a column, as far as this module distinguishes types.
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
  case `struct`([Field])
  /// A type whose values cannot be read, by the name that the file's format gives it.
  case unsupported(String)
}

extension ColumnType: CustomStringConvertible {
  /// The type's name in Arrow.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int64: "int64"
    case .double: "double"
    case .utf8: "string"
    case .list(let element): "list<\(element)>"
    case .struct(let fields): "struct<\(fields.map(\.description).joined(separator: ", "))>"
    case .unsupported(let name): name
    }
  }
}
