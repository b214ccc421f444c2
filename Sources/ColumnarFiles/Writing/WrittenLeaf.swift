/// A leaf of a schema as it is written: its place in the tree and its physical type.
struct WrittenLeaf: Sendable {
  /// Names from the top column down.
  let path: [String]
  let column: Int
  let steps: [LeafLevels.Step]
  let type: ColumnType
  let definition: Int
  let repetition: Int

  /// Number in the enumeration `Type` of parquet.thrift.
  var physicalType: Int {
    switch type {
    case .bool: 0
    case .null: 1
    case .int64: 2
    case .double: 5
    default: 6
    }
  }

  /// The leaves of a schema, in their order.
  static func leaves(_ schema: Schema) throws(ColumnarFileError) -> [WrittenLeaf] {
    var leaves: [WrittenLeaf] = []
    for (index, field) in schema.fields.enumerated() {
      try collect(field, index, path: [field.name], steps: [], into: &leaves)
    }
    return leaves
  }

  private static func collect(
    _ field: Field, _ column: Int, path: [String], steps: [LeafLevels.Step], into leaves: inout [WrittenLeaf]
  ) throws(ColumnarFileError) {
    let steps = steps + [field.isNullable || field.type == .null ? .optional : .required]
    switch field.type {
    case .list(let element):
      try collect(element, column, path: path + ["list", "element"], steps: steps + [.list], into: &leaves)
    case .structure(let fields):
      guard !fields.isEmpty else {
        throw ColumnarFileError(.invalidInput, "structs without parts cannot be written").located(column: field.name)
      }
      for (index, part) in fields.enumerated() {
        try collect(
          part, column, path: path + [part.name], steps: steps + [.part(index, name: part.name)], into: &leaves)
      }
    case .unsupported(let name):
      throw ColumnarFileError(.invalidInput, "columns of the type \(name) cannot be written")
        .located(column: path.joined(separator: "."))
    case .null, .bool, .int64, .double, .utf8:
      let definition = steps.reduce(0) { $0 + ($1.isDefining ? 1 : 0) }
      let repetition = steps.reduce(0) { $0 + ($1.isList ? 1 : 0) }
      leaves.append(
        WrittenLeaf(
          path: path, column: column, steps: steps, type: field.type, definition: definition, repetition: repetition))
    }
  }
}

extension LeafLevels.Step {
  fileprivate var isList: Bool { if case .list = self { true } else { false } }
  fileprivate var isDefining: Bool {
    switch self {
    case .optional, .list: true
    case .required, .part: false
    }
  }
}
