public import Support

/// How datasets are mixed so that each has a given share of the tokens, although their rows have different lengths.
///
///     let mixture = try Mixture([(summary: math, share: 0.5), (summary: chat, share: 0.5)], by: .total)
///     mixture.parts.map(\.rowShare)  // the probabilities that `interleave_datasets` takes
public struct Mixture: Sendable {
  /// Which tokens the shares are shares of.
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    /// Only the tokens that are trained, by the policy of the statistics.
    case trained
    /// All tokens.
    case total
  }

  /// A dataset in the mixture.
  public struct Part: Sendable, Hashable {
    /// The dataset's full name.
    public let dataset: String
    /// The rows it has.
    public let rows: Int
    /// The tokens it has, of the mixture's measure.
    public let tokens: Int
    /// The share of the tokens that it shall have, from 0 to 1.
    public let share: Double
    /// The probability that a row of the mixture is one of the dataset's.
    public let rowShare: Double
    /// The share of all tokens that it has then, trained or not, from 0 to 1.
    public let totalShare: Double
    /// How often the dataset is seen while the mixture is seen until the first dataset is at its end.
    public let epochs: Double
  }

  /// The datasets in the order given.
  public let parts: [Part]
  /// Which tokens the shares are shares of.
  public let measure: Measure
  /// The tokens of the mixture until the first dataset is at its end.
  public let tokens: Double

  /// Makes a mixture of datasets with the shares that they shall have, which need not add up to 1.
  ///
  /// Nil if there is no dataset, a share is not positive, or a dataset has no tokens of the measure.
  ///
  /// - Parameter trained: The trained tokens by dataset; where they are not known, what assistants say is trained.
  public init?(
    _ datasets: [(summary: DatasetSummary, share: Double)], by measure: Measure, trained: [TextKey: Int] = [:]
  ) {
    let sum = datasets.reduce(0) { $0 + $1.share }
    guard sum > 0, sum.isFinite else { return nil }
    var weights: [(summary: DatasetSummary, share: Double, tokens: Int, rows: Double)] = []
    for (summary, share) in datasets {
      let known = trained[TextKey(summary.identity.dataset)] ?? summary.roles?.assistantAndThinking ?? 0
      let tokens = measure == .total ? summary.all.tokens : known
      guard share > 0, tokens > 0, summary.all.conversations > 0 else { return nil }
      // A row has so many tokens on average, so that so many rows make up the share.
      let rows = share / sum * Double(summary.all.conversations) / Double(tokens)
      weights.append((summary, share / sum, tokens, rows))
    }
    let rows = weights.reduce(0) { $0 + $1.rows }
    let totals = weights.map { $0.share / Double($0.tokens) * Double($0.summary.all.tokens) }
    let allTotals = totals.reduce(0, +)
    // Every token of the mixture takes `share` of one from each dataset: the first that is used up ends it.
    let tokens = weights.map { Double($0.tokens) / $0.share }.min() ?? 0
    self.tokens = tokens
    self.measure = measure
    parts = zip(weights, totals).map { weight, total in
      Part(
        dataset: weight.summary.identity.dataset, rows: weight.summary.all.conversations, tokens: weight.tokens,
        share: weight.share, rowShare: weight.rows / rows, totalShare: total / allTotals,
        epochs: tokens * weight.share / Double(weight.tokens))
    }
  }
}
