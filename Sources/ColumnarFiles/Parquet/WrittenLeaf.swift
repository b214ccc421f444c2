import Support

/// A leaf of a schema as it is written: its path in the tree and its physical type.
struct WrittenLeaf: Sendable {
  /// Names from the top column down.
  let path: [String]
  let column: Int
  let steps: [ColumnLevels.Step]
  let type: ColumnType
  /// How the values are stored where the type does not say it.
  let stored: StoredType?
  let definition: Int
  let repetition: Int

  /// Number in the enumeration `Type` of parquet.thrift.
  var physicalType: Int {
    if let stored { return ParquetStoredType(stored).physicalType }
    switch type {
    case .bool: return 0
    case .null: return 1
    case .int64: return 2
    case .double: return 5
    default: return 6
    }
  }

  /// The leaves of a schema, in their order.
  static func leaves(_ schema: Schema) throws(FileError) -> [WrittenLeaf] {
    var leaves: [WrittenLeaf] = []
    for (index, field) in schema.fields.enumerated() {
      try collect(field, index, path: [field.name], steps: [], into: &leaves)
    }
    return leaves
  }

  private static func collect(
    _ field: Field, _ column: Int, path: [String], steps: [ColumnLevels.Step], into leaves: inout [WrittenLeaf]
  ) throws(FileError) {
    let steps = steps + [field.isNullable || field.type == .null ? .optional : .required]
    switch field.type {
    case .list(let element):
      try collect(element, column, path: path + ["list", "element"], steps: steps + [.list], into: &leaves)
    case .struct(let fields):
      guard !fields.isEmpty else {
        throw FileError(.invalidInput, "structs without parts cannot be written").located(column: field.name)
      }
      for (index, part) in fields.enumerated() {
        try collect(
          part, column, path: path + [part.name], steps: steps + [.part(index, name: part.name)], into: &leaves)
      }
    case .unsupported(let name):
      throw FileError(.invalidInput, "columns of the type \(name) cannot be written")
        .located(column: path.joined(separator: "."))
    case .null, .bool, .int64, .double, .utf8:
      let definition = steps.reduce(0) { $0 + ($1.isDefining ? 1 : 0) }
      let repetition = steps.reduce(0) { $0 + ($1.isList ? 1 : 0) }
      leaves.append(
        WrittenLeaf(
          path: path, column: column, steps: steps, type: field.type, stored: field.stored, definition: definition,
          repetition: repetition))
    }
  }
}

extension ColumnLevels.Step {
  fileprivate var isList: Bool { if case .list = self { true } else { false } }
  fileprivate var isDefining: Bool {
    switch self {
    case .optional, .list: true
    case .required, .part: false
    }
  }
}

/// The levels of a leaf's values, and the rows of its column that hold the values.
struct ColumnLevels: Sendable {
  private(set) var repetitions: [UInt8] = []
  private(set) var definitions: [UInt8] = []
  /// Row of the leaf's column, -1 if there is no value.
  private(set) var rows: [Int] = []

  /// A step on the way from the top column to a leaf.
  enum Step: Sendable {
    /// A column that may be null.
    case optional
    /// A column that may not.
    case required
    case list
    case part(Int, name: String)
  }

  /// Follows `steps` down from a top column.
  ///
  /// - Returns: the leaf's column.
  /// - Throws: `FileError` if the columns have other types than the steps, or a required one holds a null.
  mutating func descend(
    _ column: Column, rowCount: Int, steps: [Step]
  ) throws(FileError) -> Column {
    repetitions = [UInt8](repeating: 0, count: rowCount)
    definitions = [UInt8](repeating: 0, count: rowCount)
    rows = Array(0..<rowCount)
    var column = column
    var depth: UInt8 = 0
    for step in steps {
      switch step {
      case .optional: dropNulls(column)
      case .required: try refuseNulls(column)
      case .part(let index, let name):
        guard case .struct(let parent) = column, index < parent.columns.count, parent.fields[index].name == name
        else { throw FileError(.invalidInput, "the values are not of the schema's type: no part \(name)") }
        column = parent.columns[index]
      case .list:
        guard case .list(let list) = column else {
          throw FileError(.invalidInput, "the values are not of the schema's type: no list")
        }
        depth += 1
        expand(list, depth)
        column = list.elements
      }
    }
    return column
  }

  private mutating func dropNulls(_ column: Column) {
    let hasNulls = column.nullCount > 0
    for index in rows.indices where rows[index] >= 0 {
      if hasNulls && column.isNull(rows[index]) { rows[index] = -1 } else { definitions[index] += 1 }
    }
  }

  private func refuseNulls(_ column: Column) throws(FileError) {
    guard column.nullCount > 0 else { return }
    for row in rows where row >= 0 && column.isNull(row) {
      throw FileError(.invalidInput, "a column that may not be null is null in row \(row)")
    }
  }

  private mutating func expand(_ list: ListColumn, _ depth: UInt8) {
    var expanded = ColumnLevels()
    for index in rows.indices {
      let row = rows[index]
      let range = row < 0 ? 0..<0 : list.range(row)
      if range.isEmpty {
        expanded.append(repetitions[index], definitions[index], -1)
        continue
      }
      expanded.append(repetitions[index], definitions[index] + 1, range.lowerBound)
      for element in range.dropFirst() { expanded.append(depth, definitions[index] + 1, element) }
    }
    self = expanded
  }

  private mutating func append(_ repetition: UInt8, _ definition: UInt8, _ row: Int) {
    repetitions.append(repetition)
    definitions.append(definition)
    rows.append(row)
  }
}
