public import JSON
public import Support

/// A grader's score of one conversation, or its absence.
///
/// Scores order numerically, and a missing score comes after every number, as in the statistics document.
public struct Score: Hashable, Sendable {
  /// The number; nil where no score was given.
  public let number: Double?

  /// No score was given.
  public static let none = Score(given: nil)

  private init(given number: Double?) { self.number = number }

  /// Makes a score; nil for what is no number, or has no whole number below it.
  public init?(_ number: Double) {
    guard Int(exactly: number.rounded(.down)) != nil else { return nil }
    self.init(given: number)
  }

  /// A score that is a whole number.
  public static func value(_ value: Int) -> Score { Score(given: Double(value)) }

  /// The whole number at the score or below it, which decides about its band; nil where no score was given.
  public var floor: Int? {
    number.map { Int(exactly: $0.rounded(.down)) ?? ($0 < 0 ? .min : .max) }
  }

  /// The score without its fraction.
  public var withoutFraction: Score { floor.map(Score.value) ?? .none }

  /// The score's key in the statistics document: `"3"`, `"72.5"`, or `"null"` for a missing score.
  public var key: String { number.map(Self.text) ?? "null" }

  /// The shortest text of a number that reads back.
  public static func text(_ number: Double) -> String { Int(exactly: number).map { String($0) } ?? "\(number)" }

  /// Reads a number as people write it: `3`, `0.5`, `-1`; nil for any other text.
  public init?(text: String) {
    guard text.utf8.allSatisfy("0123456789.-+eE".utf8.contains), let number = Double(text) else { return nil }
    self.init(number)
  }

  /// Reads a key of the statistics document; nil if it is neither the shortest text of a number nor `"null"`.
  public init?(key: String) {
    if key == "null" {
      self = .none
    } else if let value = Int(key), String(value) == key {
      self = .value(value)
    } else {
      guard let score = Double(key).flatMap({ Score($0) }), score.key == key else { return nil }
      self = score
    }
  }
}

extension JSONValue {
  /// A number that is a score: an integer if it is whole.
  public static func score(_ number: Double) -> JSONValue {
    Int(exactly: number).map(JSONValue.number) ?? .double(number)
  }
}

extension Score: Comparable {
  /// Whether `left` comes first: numerically, with a missing score last.
  public static func < (left: Score, right: Score) -> Bool {
    switch (left.number, right.number) {
    case (let low?, let high?): low < high
    case (.some, nil): true
    case (nil, _): false
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

  /// Whether `score` lies in the band, by the whole number below a fraction; a missing score lies in none.
  public func contains(_ score: Score) -> Bool {
    guard let value = score.floor else { return false }
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
