/// Where a column is: its position among the top columns, and the positions of the members that lead to it from there.
struct ColumnPlace: Sendable, Hashable, Comparable {
  var column: Int
  var members: [Int] = []

  static func < (left: ColumnPlace, right: ColumnPlace) -> Bool {
    left.column == right.column
      ? left.members.lexicographicallyPrecedes(right.members) : left.column < right.column
  }
}

/// A column that is read: where it is, and the field that it becomes.
struct SelectedColumn: Sendable {
  let place: ColumnPlace
  let field: Field
}

extension Schema {
  /// The place of the first column of a name, or of the member of structs that `NAME.MEMBER` names; nil if there is none.
  func place(of name: String) -> ColumnPlace? {
    if let column = index(of: name) { return ColumnPlace(column: column) }
    guard name.utf8.contains(UInt8(ascii: ".")), var path = Self.path(name.utf8[...], in: fields) else { return nil }
    return ColumnPlace(column: path.removeFirst(), members: path)
  }

  /// The positions that lead to a name; names may hold dots themselves.
  private static func path(_ name: Substring.UTF8View, in fields: [Field]) -> [Int]? {
    for (index, field) in fields.enumerated() where name.starts(with: field.name.utf8) {
      let rest = name.dropFirst(field.name.utf8.count)
      if rest.isEmpty { return [index] }
      guard rest.first == UInt8(ascii: "."), case .struct(let members) = field.type else { continue }
      if let path = path(rest.dropFirst(), in: members) { return [index] + path }
    }
    return nil
  }

  /// The field at a place, under the name that leads there.
  func field(at place: ColumnPlace, name: String) -> Field {
    var field = fields[place.column]
    for member in place.members {
      guard case .struct(let members) = field.type else { break }
      let isNullable = field.isNullable || members[member].isNullable
      field = members[member]
      field.isNullable = isNullable
    }
    if !place.members.isEmpty { field.name = name }
    return field
  }
}

extension ColumnType {
  /// The type without members of structs that cannot be read; nil where nothing is left of it.
  var readable: ColumnType? {
    switch self {
    case .null, .bool, .int64, .double, .utf8: return self
    case .unsupported: return nil
    case .list(var element):
      guard let type = element.type.readable else { return nil }
      element.type = type
      return .list(element)
    case .struct(let members):
      let kept = members.compactMap(\.readable)
      return kept.isEmpty ? nil : .struct(kept)
    }
  }
}

extension Field {
  /// The field without members of structs that cannot be read; nil where nothing is left of it.
  fileprivate var readable: Field? {
    guard let type = type.readable else { return nil }
    var field = self
    field.type = type
    return field
  }

  /// The field without members that cannot be read; as it is where nothing would be left, so that it can be named.
  var passingOverMembers: Field { readable ?? self }
}
