public import JSON
import Support

/// The longest and the shortest conversations of a dataset with their texts, as a model reads them.
///
/// Nothing keeps them unless it is asked to: texts may be private.
public struct RowSamples: Sendable, Equatable {
  /// A run of text of one kind, such as a message, or what the template writes between two.
  public struct Part: Sendable, Hashable {
    /// What the text is for: `user`, `assistant`, `overhead` and so on, as in the tokens by kind.
    public let kind: String
    /// Its tokens.
    public let tokens: Int
    /// The text.
    public let text: String

    /// Makes a part.
    public init(kind: String, tokens: Int, text: String) {
      self.kind = kind
      self.tokens = tokens
      self.text = text
    }
  }

  /// A conversation.
  public struct Sample: Sendable, Hashable {
    /// The row and its length.
    public let row: LengthExtremes.Row
    /// The score.
    public let score: Score
    /// The label; nil if it has none.
    public let label: String?
    /// The text in order; the parts' tokens add up to the row's.
    public var parts: [Part]

    /// Makes a sample from its parts.
    public init(row: LengthExtremes.Row, score: Score, label: String?, parts: [Part]) {
      self.row = row
      self.score = score
      self.label = label
      self.parts = parts
    }
  }

  /// The number of conversations that are kept at each end.
  public let kept: Int
  /// The longest, longest first; of equal ones those with smaller numbers.
  public private(set) var longest: [Sample] = []
  /// The shortest, shortest first.
  public private(set) var shortest: [Sample] = []

  /// Makes samples of no rows that keep so many at each end.
  public init(kept: Int) { self.kept = max(0, kept) }

  /// Whether a row would be kept, so that its text is needed.
  public func wants(_ row: LengthExtremes.Row) -> Bool {
    guard kept > 0 else { return false }
    return longest.count < kept || longest.last.map { LengthExtremes.isLonger(row, $0.row) } ?? true
      || shortest.last.map { LengthExtremes.isShorter(row, $0.row) } ?? true
  }

  /// Takes a row.
  public mutating func add(_ sample: Sample) {
    Self.insert(sample, into: &longest, kept: kept, by: LengthExtremes.isLonger)
    Self.insert(sample, into: &shortest, kept: kept, by: LengthExtremes.isShorter)
  }

  /// Takes the samples of other rows.
  ///
  /// Of parts that keep different numbers the whole keeps the smaller one: more would not be those of all rows.
  public mutating func merge(_ other: RowSamples) {
    var merged = RowSamples(kept: min(kept, other.kept))
    for sample in longest + other.longest {
      Self.insert(sample, into: &merged.longest, kept: merged.kept, by: LengthExtremes.isLonger)
    }
    for sample in shortest + other.shortest {
      Self.insert(sample, into: &merged.shortest, kept: merged.kept, by: LengthExtremes.isShorter)
    }
    self = merged
  }

  private static func insert(
    _ sample: Sample, into list: inout [Sample], kept: Int,
    by isBefore: (LengthExtremes.Row, LengthExtremes.Row) -> Bool
  ) {
    list.insert(sample, at: list.firstIndex { isBefore(sample.row, $0.row) } ?? list.count)
    if list.count > kept { list.removeLast() }
  }
}

extension RowSamples {
  /// The samples as a checkpoint and the report's page hold them.
  public var json: JSONValue {
    .fields([
      ("kept", .number(kept)), ("longest", .array(longest.map(\.json))), ("shortest", .array(shortest.map(\.json))),
    ])
  }

  init(_ fields: FieldReader) throws(FileError) {
    self.init(kept: try fields.count("kept"))
    longest = try Self.samples("longest", of: fields)
    shortest = try Self.samples("shortest", of: fields)
  }

  private static func samples(_ key: String, of fields: FieldReader) throws(FileError) -> [Sample] {
    var samples: [Sample] = []
    for value in try fields.optionalArray(key) ?? [] {
      samples.append(try Sample(FieldReader(value, place: "\(fields.place).\(key)")))
    }
    return samples
  }
}

extension RowSamples.Sample {
  /// The conversation as checkpoints and the report's page hold it.
  public var json: JSONValue {
    .fields([
      ("row", .number(row.row)), ("tokens", .number(row.tokens)), ("score", .string(score.key)),
      ("label", .optional(label)),
      (
        "parts",
        .array(
          parts.map {
            .fields([("kind", .string($0.kind)), ("tokens", .number($0.tokens)), ("text", .string($0.text))])
          })
      ),
    ])
  }

  fileprivate init(_ fields: FieldReader) throws(FileError) {
    var parts: [RowSamples.Part] = []
    for value in try fields.optionalArray("parts") ?? [] {
      let part = try FieldReader(value, place: "\(fields.place).parts")
      parts.append(
        RowSamples.Part(kind: try part.text("kind"), tokens: try part.count("tokens"), text: try part.text("text")))
    }
    self.init(
      row: LengthExtremes.Row(row: try fields.count("row"), tokens: try fields.count("tokens")),
      score: try fields.score(fields.text("score")), label: try fields.optionalText("label"), parts: parts)
  }
}
