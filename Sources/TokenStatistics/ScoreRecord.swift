import JSON
import Support

/// The column of the scores and their scale.
public struct ScoreRecord: Sendable, Hashable {
  /// The column where nothing else is said.
  public static let usualColumn = "extract_score"
  /// The member that holds it.
  static let key = "score"

  /// The column.
  public var column: String
  /// The scale; nil where the scores are on none.
  public var scale: ScoreScale?

  /// Makes a record from its parts.
  public init(column: String, scale: ScoreScale?) {
    self.column = column
    self.scale = scale
  }

  /// What a record says that the kind of its dataset does not say; nil if that is nothing.
  public func beyond(_ kind: DatasetKind) -> ScoreRecord? {
    let record = ScoreRecord(column: column, scale: scale == kind.scoreScale ? nil : scale)
    return record == ScoreRecord(column: Self.usualColumn, scale: nil) ? nil : record
  }
}

extension ScoreScale {
  /// A scale of whole numbers with a band for each, or, where there are more than ten, five bands of about one width; nil
  /// beyond ``greatestScore``.
  public init?(dividing range: ClosedRange<Int>) {
    guard range.lowerBound >= -Self.greatestScore, range.upperBound <= Self.greatestScore else { return nil }
    let count = range.count <= Self.mostBands ? range.count : 5
    let border = { (band: Int) in range.lowerBound + range.count * band / count }
    self.init(range: range, bands: (0..<count).map { ScoreBand(border($0)...border($0 + 1) - 1) })
  }

  /// Reads the scale of a record; nil if it says of none.
  fileprivate init?(optional fields: FieldReader) throws(FileError) {
    guard let bounds = try fields.optionalIntegers("range") else { return nil }
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw FileError(field: "range", reason: "a lowest and a highest score are expected")
    }
    var bands: [ScoreBand] = []
    for band in try fields.optionalArray("bands") ?? [] {
      guard let numbers = band.arrayValue?.compactMap(\.integerValue), numbers.count == 2, numbers[0] <= numbers[1]
      else {
        throw FileError(field: "bands", reason: "pairs of a lowest and a highest score are expected")
      }
      bands.append(ScoreBand(numbers[0]...numbers[1]))
    }
    guard let scale = ScoreScale(range: bounds[0]...bounds[1], bands: bands) else {
      throw FileError(field: "bands", reason: "they do not cover the range from end to end")
    }
    self = scale
  }
}

extension ScoreRecord {
  var json: JSONValue {
    .fields([
      ("column", .string(column)),
      ("range", scale.map { .numbers([$0.range.lowerBound, $0.range.upperBound]) } ?? .null),
      ("bands", scale.map { .array($0.bands.map { .numbers([$0.lowest, $0.highest]) }) } ?? .null),
    ])
  }

  init(_ fields: FieldReader) throws(FileError) {
    self.init(column: try fields.text("column"), scale: try ScoreScale(optional: fields))
  }
}
