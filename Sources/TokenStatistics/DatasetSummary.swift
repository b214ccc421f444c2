public import Support
/// One dataset's entry in the statistics document.
///
/// Entries that an original file (schema 1) brought along hold only names, totals and the score histogram; there
/// everything else is nil or empty.
public struct DatasetSummary: Sendable, Equatable {
  /// The dataset's names.
  public var identity: DatasetIdentity
  /// The path of the dataset's picture, relative to the document; nil where none was drawn.
  public var plot: String?
  /// The counted conversations and their tokens, with the summary of their lengths and their histogram.
  public var all: GroupSummary
  /// The same by score.
  public var scores: [Score: GroupSummary]
  /// The same by score band, by the band's key; bands without conversations are absent.
  public var bands: [String: GroupSummary]
  /// The same by label.
  public var labels: [TextKey: GroupSummary]
  /// The conversations whose score is at least the key.
  public var cumulativeByScore: [Int: GroupSummary]
  /// Conversations by a further column and its value.
  public var groups: [TextKey: [TextKey: GroupSummary]]
  /// The tokens by kind.
  public var roles: RoleTokens?
  /// The tokens without system messages.
  public var tokensWithoutSystem: Int?
  /// What each limit would cut off, by limit in tokens.
  public var limits: [Int: LimitSummary]
  /// The bytes of the message contents as stored.
  public var bytes: Int?
  /// The Unicode scalars of the message contents as stored.
  public var characters: Int?
  /// The tokens that the original script would have counted.
  public var seedTokens: Int?
  /// How often the chat template raised, by its message.
  public var templateErrors: [TextKey: Int]
  /// The file that was counted.
  public var source: SourceRecord?

  /// The bytes of content a token stands for; nil without tokens.
  public var bytesPerToken: Double? {
    guard let bytes, all.tokens > 0 else { return nil }
    return Double(bytes) / Double(all.tokens)
  }

  /// Makes an entry with names and totals only.
  init(identity: DatasetIdentity, all: GroupSummary) {
    self.identity = identity
    self.all = all
    scores = [:]
    bands = [:]
    labels = [:]
    cumulativeByScore = [:]
    groups = [:]
    limits = [:]
    templateErrors = [:]
  }

  /// Summarises a finished dataset.
  ///
  /// - Complexity: O(*s* · *d*) for *s* scores and *d* distinct lengths.
  public init(identity: DatasetIdentity, tally: DatasetTally, source: SourceRecord) {
    let lengths = tally.lengths
    self.init(
      identity: identity,
      all: GroupSummary(
        conversations: lengths.count, tokens: lengths.total, length: LengthSummary(lengths),
        histogram: HistogramBins.counts(of: lengths)))
    scores = tally.scores.mapValues { GroupSummary($0.lengths, assistantTokens: $0.assistantTokens) }
    labels = tally.labels.mapValues { GroupSummary(conversations: $0.conversations, tokens: $0.tokens) }
    groups = tally.groups.mapValues { values in
      values.mapValues { GroupSummary($0.lengths, assistantTokens: $0.assistantTokens) }
    }
    bands = Self.bands(of: tally, type: identity.type)
    cumulativeByScore = Self.cumulative(tally.scores)
    for (limit, assistantTokensLost) in tally.assistantTokensLost {
      limits[limit] = LimitSummary(
        conversations: lengths.count(above: limit), tokensLost: lengths.tokensLost(above: limit),
        assistantTokensLost: assistantTokensLost)
    }
    roles = tally.roles
    tokensWithoutSystem = tally.tokensWithoutSystem
    bytes = tally.bytes
    characters = tally.characters
    seedTokens = tally.seedTokens
    templateErrors = tally.templateErrors
    self.source = source
  }

  private static func bands(of tally: DatasetTally, type: PersonaType) -> [String: GroupSummary] {
    var bands: [String: GroupSummary] = [:]
    for band in type.scoreBands {
      var lengths = LengthDistribution()
      for (score, tally) in tally.scores where band.contains(score) { lengths.merge(tally.lengths) }
      guard !lengths.isEmpty else { continue }
      bands[band.key] = GroupSummary(
        conversations: lengths.count, tokens: lengths.total, histogram: HistogramBins.counts(of: lengths))
    }
    return bands
  }

  private static func cumulative(_ scores: [Score: ScoreTally]) -> [Int: GroupSummary] {
    var sums: [Int: GroupSummary] = [:]
    var sum = GroupSummary(conversations: 0, tokens: 0)
    for (score, tally) in scores.sorted(by: { $0.key > $1.key }) {
      guard case .value(let value) = score else { continue }
      sum.conversations += tally.conversations
      sum.tokens += tally.tokens
      sums[value] = sum
    }
    return sums
  }
}

extension GroupSummary {
  init(_ lengths: LengthDistribution, assistantTokens: Int) {
    self.init(
      conversations: lengths.count, tokens: lengths.total, assistantTokens: assistantTokens,
      length: LengthSummary(lengths))
  }
}
