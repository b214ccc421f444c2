import JSON
public import Support

/// A grader's score of one conversation, or its absence.
///
/// Scores order numerically, and a missing score comes after every number, as in the statistics document.
public enum Score: Hashable, Sendable {
  /// A score that was given.
  case value(Int)
  /// No score was given.
  case none

  /// The score's key in the statistics document: `"3"`, or `"null"` for a missing score.
  public var key: String {
    switch self {
    case .value(let value): String(value)
    case .none: "null"
    }
  }

  /// Reads a key of the statistics document; nil if it is neither a canonical integer nor `"null"`.
  public init?(key: String) {
    if key == "null" {
      self = .none
      return
    }
    guard let value = Int(key), String(value) == key else { return nil }
    self = .value(value)
  }
}

extension Score: Comparable {
  /// Whether `left` comes first: numerically, with a missing score last.
  public static func < (left: Score, right: Score) -> Bool {
    switch (left, right) {
    case (.value(let low), .value(let high)): low < high
    case (.value, .none): true
    case (.none, _): false
    }
  }
}

/// A closed range of scores that is shown and summarized as one group.
public struct ScoreBand: Sendable, Hashable {
  /// The lowest score of the band.
  public let lowest: Int
  /// The highest score of the band.
  public let highest: Int

  /// Makes a band of all scores in `range`.
  public init(_ range: ClosedRange<Int>) {
    lowest = range.lowerBound
    highest = range.upperBound
  }

  /// The band's key in the statistics document: `"85-100"`, or `"3"` if the band is a single score.
  public var key: String {
    lowest == highest ? String(lowest) : "\(lowest)-\(highest)"
  }

  /// Whether `score` lies in the band; a missing score lies in none.
  public func contains(_ score: Score) -> Bool {
    guard case .value(let value) = score else { return false }
    return lowest <= value && value <= highest
  }
}

/// The scores that a grader can give and the bands they are shown and summarized in.
///
///     let scale = ScoreScale(range: 1...10, bands: [ScoreBand(1...4), ScoreBand(5...7), ScoreBand(8...10)])
public struct ScoreScale: Sendable, Hashable {
  /// The greatest number of bands, each of which has a row in tables and a color in plots.
  public static let mostBands = 10
  /// The greatest magnitude of a score on a scale.
  public static let greatestScore = 1_000_000

  /// The scores that can be given.
  public let range: ClosedRange<Int>
  /// The bands that histograms and band statistics use, lowest first; together they cover ``range``.
  public let bands: [ScoreBand]

  /// Makes a scale of `bands` that cover `range` without a gap, lowest first; nil if they do not, or if there
  /// are more than ``mostBands`` bands or scores beyond ``greatestScore``.
  public init?(range: ClosedRange<Int>, bands: [ScoreBand]) {
    guard -Self.greatestScore <= range.lowerBound, range.upperBound <= Self.greatestScore,
      bands.count <= Self.mostBands, bands.first?.lowest == range.lowerBound, bands.last?.highest == range.upperBound,
      zip(bands, bands.dropFirst()).allSatisfy({ $0.highest < range.upperBound && $1.lowest == $0.highest + 1 })
    else { return nil }
    self.init(covering: range, bands: bands)
  }

  private init(covering range: ClosedRange<Int>, bands: [ScoreBand]) {
    self.range = range
    self.bands = bands
  }

  /// The scale of roles: 0 to 3, with a band for each score.
  public static let role = ScoreScale(covering: 0...3, bands: (0...3).map { ScoreBand($0...$0) })

  /// The scale of traits: 0 to 100 in five bands, whose borders include the thresholds 50 and 70.
  public static let trait = ScoreScale(
    covering: 0...100, bands: [0...24, 25...49, 50...69, 70...84, 85...100].map { ScoreBand($0) })

  /// Whether every band is a single score.
  public var hasBandPerScore: Bool { bands.count == range.count }

  /// The index of the band that shows `score`: the nearest one if no band holds it.
  public func bandIndex(of score: Int) -> Int { bands.lastIndex { $0.lowest <= score } ?? 0 }
}

/// The conversations of one score, by label.
public struct ScoreTally: Sendable, Equatable {
  /// The key under which conversations without a label are kept.
  public static let missingLabel = "null"

  /// The lengths of all conversations of the score, whatever their label.
  public private(set) var lengths: LengthDistribution
  /// The tokens of kind assistant and thinking.
  public private(set) var assistantTokens: Int
  /// The same conversations by label.
  public private(set) var labels: [TextKey: LabelTally]

  /// Makes a tally of the conversations in `labels`.
  public init(labels: [TextKey: LabelTally] = [:]) {
    self.labels = labels
    lengths = LengthDistribution()
    assistantTokens = 0
    for tally in labels.values {
      lengths.merge(tally.lengths)
      assistantTokens += tally.assistantTokens
    }
  }

  /// The number of conversations.
  public var conversations: Int { lengths.count }

  /// The number of tokens.
  public var tokens: Int { lengths.total }

  /// Adds conversations with `label`.
  public mutating func add(_ tally: LabelTally, label: String) {
    labels[label, default: LabelTally()].merge(tally)
    lengths.merge(tally.lengths)
    assistantTokens += tally.assistantTokens
  }

  /// Adds every conversation of `other`.
  public mutating func merge(_ other: ScoreTally) {
    for (label, tally) in other.labels {
      labels[label, default: LabelTally()].merge(tally)
    }
    lengths.merge(other.lengths)
    assistantTokens += other.assistantTokens
  }
}

/// The conversations of one score with one label (`pos`, `neg`, `default` or another).
public struct LabelTally: Sendable, Equatable {
  /// The lengths of the conversations.
  public private(set) var lengths: LengthDistribution
  /// The tokens of kind assistant and thinking.
  public private(set) var assistantTokens: Int
  /// Where prompts end, training begins and turns end; nil where that was not counted, as by earlier versions.
  public private(set) var training: TrainingTally?
  /// The tokens by kind; nil where that was not counted, as by earlier versions.
  public private(set) var kinds: TokensByKind?

  /// Makes a tally of `lengths`, of whose tokens `assistantTokens` are the assistant's.
  public init(
    lengths: LengthDistribution = LengthDistribution(), assistantTokens: Int = 0, training: TrainingTally? = nil,
    kinds: TokensByKind? = nil
  ) {
    self.lengths = lengths
    self.assistantTokens = assistantTokens
    self.training = training
    self.kinds = kinds
  }

  /// The number of conversations.
  public var conversations: Int { lengths.count }

  /// The number of tokens.
  public var tokens: Int { lengths.total }

  /// Adds every conversation of `other`.
  public mutating func merge(_ other: LabelTally) {
    guard !lengths.isEmpty else {
      self = other
      return
    }
    guard !other.lengths.isEmpty else { return }
    lengths.merge(other.lengths)
    assistantTokens += other.assistantTokens
    // What is not known of a part is not known of the whole.
    if let more = other.training { training?.merge(more) } else { training = nil }
    if let more = other.kinds { kinds? += more } else { kinds = nil }
  }
}

extension LabelTally {
  /// The tally as a checkpoint holds it.
  var json: JSONValue {
    .fields(
      [("assistant_tokens", .number(assistantTokens))] + lengths.members + (training?.members ?? [])
        + (kinds.map { [("kinds", .array($0.counts.map(JSONValue.number)))] } ?? []))
  }

  init(_ fields: FieldReader) throws(FileError) {
    self.init(
      lengths: try LengthDistribution(fields), assistantTokens: try fields.count("assistant_tokens"),
      training: try TrainingTally(optional: fields),
      kinds: try TokensByKind(optional: fields, "kinds"))
  }
}
