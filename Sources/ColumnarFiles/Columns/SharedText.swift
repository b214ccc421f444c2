/// Counts the bytes of texts that rows share, such as entries of a dictionary, as often as rows have them: a short file can
/// hold very long rows.
struct SharedText {
  /// Bytes so far.
  private(set) var bytes = 0
  /// Beyond this nothing is counted any more.
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Adds the shared texts and elements of some rows of a column.
  ///
  /// - Complexity: O(1) for each column without shared values, else O(number of values, up to the limit).
  mutating func add(_ column: Column, _ rows: Range<Int>, isShared: Bool = false) {
    guard bytes <= limit else { return }
    switch column {
    case .null, .bool, .int64, .double:
      if isShared { bytes += rows.count }
    case .utf8(let column):
      guard isShared || column.offsets.isScattered else { return }
      for row in rows {
        bytes += column.range(row).count
        if bytes > limit { return }
      }
    case .list(let column):
      guard isShared || column.offsets.isScattered else {
        guard let first = rows.first, let last = rows.last else { return }
        add(column.elements, column.range(first).lowerBound..<column.range(last).upperBound)
        return
      }
      for row in rows {
        // An element costs time even if it is empty.
        bytes += column.range(row).count
        add(column.elements, column.range(row), isShared: true)
        if bytes > limit { return }
      }
    case .struct(let column):
      for part in column.columns { add(part, rows, isShared: isShared) }
    }
  }
}
