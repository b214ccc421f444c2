/// A named column of a table, or a named part of a nested column.
public struct Field: Sendable, Hashable, CustomStringConvertible {
  /// The name alone, without those of the columns around it.
  public var name: String
  /// What the column holds.
  public var type: ColumnType
  /// Whether the schema allows nulls.
  public var isNullable: Bool

  /// Describes a column.
  public init(_ name: String, _ type: ColumnType, isNullable: Bool = true) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
  }

  /// The name and the type.
  public var description: String { "\(name): \(type)\(isNullable ? "" : " not null")" }
}
