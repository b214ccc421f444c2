/// A named column of a table, or a named part of a nested column.
public struct Field: Sendable, Hashable, CustomStringConvertible {
  public var name: String
  public var type: ColumnType
  public var isNullable: Bool

  /// Describes a column.
  public init(_ name: String, _ type: ColumnType, isNullable: Bool = true) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
  }

  public var description: String { "\(name): \(type)\(isNullable ? "" : " not null")" }
}
