/// The conversations of one score that carry one label (`pos`, `neg`, `default` or another).
public struct LabelTally: Sendable, Equatable {
  /// The lengths of the conversations.
  public private(set) var lengths: LengthDistribution
  /// The tokens of kind assistant and thinking.
  public private(set) var assistantTokens: Int

  /// Makes a tally of `lengths` of which `assistantTokens` tokens are the assistant's.
  public init(lengths: LengthDistribution = LengthDistribution(), assistantTokens: Int = 0) {
    self.lengths = lengths
    self.assistantTokens = assistantTokens
  }

  /// The number of conversations.
  public var conversations: Int { lengths.count }

  /// The number of tokens.
  public var tokens: Int { lengths.total }

  /// Adds every conversation of `other`.
  public mutating func merge(_ other: LabelTally) {
    lengths.merge(other.lengths)
    assistantTokens += other.assistantTokens
  }
}
