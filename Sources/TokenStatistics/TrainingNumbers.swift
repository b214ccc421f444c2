/// What is known of conversations that a model is to be trained on, as exact counts.
public struct TrainingNumbers: Sendable {
  /// The lengths of the conversations.
  public private(set) var lengths: LengthDistribution
  /// Where prompts end, training begins and turns end; nil if that is not known.
  public private(set) var training: TrainingTally?
  /// The tokens in the template's generation blocks; nil where it has none.
  public private(set) var assistantMaskTokens: Int?
  /// Whether all rows are texts, which no chat template has rendered; false without rows.
  public private(set) var areTexts: Bool

  /// Makes numbers from their parts.
  public init(
    lengths: LengthDistribution, training: TrainingTally?, assistantMaskTokens: Int?, areTexts: Bool = false
  ) {
    self.lengths = lengths
    self.training = training
    self.assistantMaskTokens = assistantMaskTokens
    self.areTexts = areTexts
  }

  /// Makes the numbers of a dataset.
  public init(_ tally: DatasetTally) {
    let (lengths, training) = (tally.lengths, tally.training)
    // A text's tokens are those of no role, it has no prompt, and all of it is trained whatever the policy is.
    let areTexts =
      lengths.total > 0 && tally.roles.other == lengths.total && training?.prompts.isEmpty ?? false
      && training?.trained.total == lengths.total
    self.init(
      lengths: lengths, training: training, assistantMaskTokens: tally.assistantMaskTokens, areTexts: areTexts)
  }

  /// Adds other conversations of the same model.
  public mutating func merge(_ other: TrainingNumbers) {
    areTexts = lengths.isEmpty ? other.areTexts : areTexts && (other.areTexts || other.lengths.isEmpty)
    lengths.merge(other.lengths)
    if let more = other.training { training?.merge(more) } else { training = nil }
    assistantMaskTokens = assistantMaskTokens.flatMap { own in other.assistantMaskTokens.map { own + $0 } }
  }

  /// What a limit in tokens costs.
  public func costs(at limit: Int) -> LimitSummary { LimitCosts(lengths: lengths, training: training)[limit] }

  /// What is kept at a limit in tokens, by strategy.
  public func strategies(at limit: Int) -> LimitStrategies {
    LimitStrategies(limit: limit, lengths: lengths, training: training)
  }

  /// The lengths of the conversations that are not longer than a limit.
  public func lengths(upTo limit: Int) -> LengthDistribution {
    LengthDistribution(entries: lengths.entries.filter { $0.length <= limit }) ?? LengthDistribution()
  }
}
