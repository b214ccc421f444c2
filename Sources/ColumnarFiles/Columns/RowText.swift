/// Finds rows that have far more text than a short file should hold: most of what a long row costs are copies of it.
enum RowText {
  /// The most bytes of text that a row of a column has; 0 where all rows together have no more than `enough`.
  ///
  /// - Complexity: O(1) for columns of few bytes, else O(number of rows); what rows share is counted by ``SharedText``.
  static func longest(in column: Column, enough: Int) -> Int {
    guard bytes(of: column, 0..<column.count) > enough else { return 0 }
    return (0..<column.count).reduce(0) { max($0, bytes(of: column, $1..<$1 + 1)) }
  }

  private static func bytes(of column: Column, _ rows: Range<Int>) -> Int {
    guard let first = rows.first, let last = rows.last else { return 0 }
    switch column {
    case .null, .bool, .int64, .double: return 0
    case .utf8(let column):
      if column.offsets.isScattered { return rows.reduce(0) { $0 + column.range($1).count } }
      return column.range(last).upperBound - column.range(first).lowerBound
    case .list(let column):
      if column.offsets.isScattered { return rows.reduce(0) { $0 + bytes(of: column.elements, column.range($1)) } }
      return bytes(of: column.elements, column.range(first).lowerBound..<column.range(last).upperBound)
    case .struct(let column): return column.columns.reduce(0) { $0 + bytes(of: $1, rows) }
    }
  }
}
