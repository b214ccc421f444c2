/// The levels of a leaf's values, and where the values stand in its column.
struct LeafLevels: Sendable {
  private(set) var repetitions: [UInt8] = []
  private(set) var definitions: [UInt8] = []
  /// Row of the leaf's column, -1 where there is no value.
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
  /// - Throws: where the columns are of other types than the steps say, or a required one holds a null.
  mutating func descend(
    _ column: Column, rowCount: Int, steps: [Step]
  ) throws(ColumnarFileError) -> Column {
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
        guard case .structure(let structure) = column, index < structure.columns.count,
          structure.fields[index].name == name
        else { throw ColumnarFileError(.invalidInput, "the values are not of the schema's type: no part \(name)") }
        column = structure.columns[index]
      case .list:
        guard case .list(let list) = column else {
          throw ColumnarFileError(.invalidInput, "the values are not of the schema's type: no list")
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

  private func refuseNulls(_ column: Column) throws(ColumnarFileError) {
    guard column.nullCount > 0 else { return }
    for row in rows where row >= 0 && column.isNull(row) {
      throw ColumnarFileError(.invalidInput, "a column that may not be null is null in row \(row)")
    }
  }

  private mutating func expand(_ list: ListColumn, _ depth: UInt8) {
    var expanded = LeafLevels()
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
