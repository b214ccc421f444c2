import JSON
import Support

/// The rows with the greatest and the smallest lengths of a dataset.
///
/// Among rows of the same length those with the smaller numbers are kept.
public struct LengthExtremes: Sendable, Equatable {
  /// A row and its length.
  public struct Row: Sendable, Hashable {
    /// The row's number in the dataset, from 0.
    public let row: Int
    /// Its length in tokens.
    public let tokens: Int

    /// Makes a row from its parts.
    public init(row: Int, tokens: Int) {
      self.row = row
      self.tokens = tokens
    }
  }

  /// The number of rows that are kept at each end.
  public static let kept = 5

  /// The longest rows, longest first.
  public private(set) var longest: [Row] = []
  /// The shortest rows, shortest first.
  public private(set) var shortest: [Row] = []

  /// Makes extremes of no rows.
  public init() {}

  /// Takes a row.
  public mutating func add(_ row: Row) {
    if longest.count < Self.kept || longest.last.map({ Self.isLonger(row, $0) }) ?? true {
      Self.insert(row, into: &longest, by: Self.isLonger)
    }
    if shortest.count < Self.kept || shortest.last.map({ Self.isShorter(row, $0) }) ?? true {
      Self.insert(row, into: &shortest, by: Self.isShorter)
    }
  }

  /// Takes the extremes of other rows.
  public mutating func merge(_ other: LengthExtremes) {
    for row in other.longest { Self.insert(row, into: &longest, by: Self.isLonger) }
    for row in other.shortest { Self.insert(row, into: &shortest, by: Self.isShorter) }
  }

  private static func insert(_ row: Row, into rows: inout [Row], by isBefore: (Row, Row) -> Bool) {
    rows.insert(row, at: rows.firstIndex { isBefore(row, $0) } ?? rows.count)
    if rows.count > kept { rows.removeLast() }
  }

  static func isLonger(_ left: Row, _ right: Row) -> Bool {
    (right.tokens, left.row) < (left.tokens, right.row)
  }

  static func isShorter(_ left: Row, _ right: Row) -> Bool {
    (left.tokens, left.row) < (right.tokens, right.row)
  }
}

extension LengthExtremes {
  var json: JSONValue {
    func list(_ rows: [Row]) -> JSONValue {
      .array(rows.map { .fields([("row", .number($0.row)), ("tokens", .number($0.tokens))]) })
    }
    return .fields([("longest", list(longest)), ("shortest", list(shortest))])
  }

  init(_ fields: FieldReader) throws(FileError) {
    func rows(_ key: String) throws(FileError) -> [Row] {
      var rows: [Row] = []
      for value in try fields.optionalArray(key) ?? [] {
        let row = try FieldReader(value, place: "\(fields.place).\(key)")
        rows.append(Row(row: try row.count("row"), tokens: try row.count("tokens")))
      }
      return rows
    }
    for row in try rows("longest") { Self.insert(row, into: &longest, by: Self.isLonger) }
    for row in try rows("shortest") { Self.insert(row, into: &shortest, by: Self.isShorter) }
  }
}
