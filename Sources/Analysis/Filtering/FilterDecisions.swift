import Datasets

/// Which rows of a source are kept: those whose conversation fits or, where rows are pairs, those of which both do.
public struct FilterDecisions: Sendable {
  /// The conversations of the rows, with what rejected rows call them; no name where there is one.
  let sides: [(name: String, rows: FilterCollector.Summary)]

  /// Decides by the only conversation of each row.
  public init(_ rows: FilterCollector.Summary) { sides = [("", rows)] }

  /// Decides by both conversations of each row, so that a pair is kept or rejected as a whole.
  public init(chosen: FilterCollector.Summary, rejected: FilterCollector.Summary) {
    sides = [(SourceSide.chosen.rawValue, chosen), (SourceSide.rejected.rawValue, rejected)]
  }

  /// Whether rows are pairs.
  public var arePairs: Bool { sides.count > 1 }

  /// The names of the columns of lengths that kept rows get where they are asked for.
  var lengthColumns: [String] { sides.map { $0.name.isEmpty ? "length" : "\($0.name)_length" } }

  /// The rows that decisions were made about.
  private var rows: Range<Int> {
    let all = sides.map { $0.rows.rowNumbers }.filter { !$0.isEmpty }
    guard let first = all.map(\.lowerBound).min(), let end = all.map(\.upperBound).max() else { return 0..<0 }
    return first..<end
  }

  /// What is wrong with the conversations of a row; nothing if it is kept.
  func faults(of row: Int) -> RowFaults {
    let faults = sides.map { $0.rows.decision(about: row).faults }
    return faults.contains(.notSelected) ? .notSelected : faults.reduce([]) { $0.union($1) }
  }

  /// The lengths of the conversations of a row in tokens.
  func lengths(of row: Int) -> [Int] { sides.map { $0.rows.decision(about: row).length } }

  /// Whether a row is kept.
  func keeps(_ row: Int) -> Bool { faults(of: row).isEmpty }

  /// The number of rows that are kept, and the tokens of their conversations: of pairs those of the preferred one first.
  public var kept: (rows: Int, tokens: [Int]) {
    var kept = (rows: 0, tokens: [Int](repeating: 0, count: sides.count))
    for row in rows where keeps(row) {
      kept.rows += 1
      for (side, length) in lengths(of: row).enumerated() { kept.tokens[side] += length }
    }
    return kept
  }

  /// The number of rows that are rejected.
  public var rejected: Int { rows.count { row in !faults(of: row).isEmpty && faults(of: row) != .notSelected } }

  /// The number of rows that are rejected for a reason, whatever others there are.
  public func count(of fault: RowFaults) -> Int { rows.count { faults(of: $0).contains(fault) } }
}
