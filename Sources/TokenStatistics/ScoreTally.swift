public import Support
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

  /// Adds conversations that carry `label`.
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
