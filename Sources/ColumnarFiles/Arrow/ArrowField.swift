/// A column of an Arrow file with all that is needed to find and read its buffers.
struct ArrowField: Sendable {
  /// The name alone.
  let name: String
  /// Names from the top column down, joined with dots.
  let path: String
  let isNullable: Bool
  let type: ArrowType
  let children: [ArrowField]
  /// Where the column holds indices into a dictionary: the dictionary's number. `type` is then the type of the indices.
  var dictionary: Int64?
  /// Where the column holds indices: the type of what they stand for, with its children.
  let valueType: ArrowType
  /// How many fields there are, this one and all below it.
  var size: Int { children.reduce(1) { $0 + $1.size } }

  /// The field as the dictionary's own messages lay it out.
  var dictionaryValues: ArrowField {
    ArrowField(
      name: name, path: path, isNullable: true, type: valueType, children: children, dictionary: nil,
      valueType: valueType)
  }

  /// What the column holds, as this module tells types apart.
  var columnType: ColumnType {
    switch valueType {
    case .null: .null
    case .bool: .bool
    case .integer: .int64
    case .float, .double: .double
    case .utf8, .view: .utf8
    case .list, .fixedSizeList: .list(children[0].field)
    case .structure: .structure(children.map(\.field))
    case .other(let name, _): .unsupported(name)
    }
  }

  /// The field in the terms of the public schema.
  var field: Field { Field(name, columnType, isNullable: isNullable) }

  /// This field and all below it that are dictionary-encoded.
  var dictionaries: [ArrowField] {
    (dictionary == nil ? [] : [self]) + children.flatMap(\.dictionaries)
  }
}
