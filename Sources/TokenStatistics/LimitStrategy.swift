/// What becomes of conversations that are longer than a limit.
///
/// The names of the first three are those of trainers: `drop` of axolotl, the others of TRL's `truncation_mode`.
public enum LimitStrategy: String, Sendable, Hashable, CaseIterable {
  /// They are left out.
  case drop
  /// Their first tokens are kept.
  case keepStart = "keep_start"
  /// Their last tokens are kept.
  case keepEnd = "keep_end"
  /// Their oldest turns are left out until the rest fits; those whose last turn does not fit are left out whole.
  case oldestTurns = "oldest_turns"
  /// They are cut into as many sequences as they need.
  case split
}

/// What a strategy keeps of conversations.
///
/// Nil stands for what cannot be told: stored counts do not say which tokens of a long conversation are trained, nor where
/// its turns begin.
public struct KeptConversations: Sendable, Hashable {
  /// The sequences that are left, which are conversations but for ``LimitStrategy/split``.
  public var sequences: Int?
  /// Their tokens.
  public var tokens: Int?
  /// The trained tokens among those.
  public var trainedTokens: Int?
  /// The sequences without a trained token.
  public var withoutTarget: Int?

  /// Makes numbers of nothing.
  public init(sequences: Int?, tokens: Int?, trainedTokens: Int?, withoutTarget: Int?) {
    self.sequences = sequences
    self.tokens = tokens
    self.trainedTokens = trainedTokens
    self.withoutTarget = withoutTarget
  }

  /// Adds what is kept of other conversations; what either does not know is not known of both.
  public mutating func merge(_ other: KeptConversations) {
    for member in [\Self.sequences, \.tokens, \.trainedTokens, \.withoutTarget] {
      guard let own = self[keyPath: member], let more = other[keyPath: member] else {
        self[keyPath: member] = nil
        continue
      }
      self[keyPath: member] = own + more
    }
  }
}

/// What a length limit keeps, by strategy.
public struct LimitStrategies: Sendable, Equatable {
  /// The limit in tokens.
  public let limit: Int
  private var kept: [LimitStrategy: KeptConversations] = [:]

  /// Starts with no conversations.
  public init(limit: Int) {
    self.limit = limit
    for strategy in LimitStrategy.allCases {
      kept[strategy] = KeptConversations(sequences: 0, tokens: 0, trainedTokens: 0, withoutTarget: 0)
    }
  }

  /// Computes what stored counts tell.
  ///
  /// All is known of ``LimitStrategy/keepStart``, and of conversations that are left out how long they are. Of the rest
  /// only the data itself knows where trained tokens are.
  public init(limit: Int, lengths: LengthDistribution, training: TrainingTally?) {
    self.limit = limit
    let over = lengths.count(above: limit)
    let lost = lengths.tokensLost(above: limit)
    let trained = training?.trained.total
    kept[.drop] = KeptConversations(
      sequences: lengths.count - over, tokens: lengths.total - lost - over * limit,
      trainedTokens: over == 0 ? trained : nil,
      withoutTarget: training.map { $0.untrained.count - $0.untrained.count(above: limit) })
    kept[.keepStart] = KeptConversations(
      sequences: lengths.count, tokens: lengths.total - lost,
      trainedTokens: training.map { $0.trained.total - $0.trained.tokens(from: limit) },
      withoutTarget: training.map { lengths.count - $0.firstTargets.count(below: limit) })
    kept[.keepEnd] = KeptConversations(
      sequences: lengths.count, tokens: lengths.total - lost, trainedTokens: over == 0 ? trained : nil,
      withoutTarget: over == 0 ? training?.untrained.count : nil)
    kept[.oldestTurns] = KeptConversations(
      sequences: over == 0 ? lengths.count : nil, tokens: over == 0 ? lengths.total : nil,
      trainedTokens: over == 0 ? trained : nil, withoutTarget: over == 0 ? training?.untrained.count : nil)
    kept[.split] = KeptConversations(
      sequences: lengths.entries.reduce(0) { $0 + max(1, ($1.length + limit - 1) / limit) * $1.count },
      tokens: lengths.total, trainedTokens: trained, withoutTarget: over == 0 ? training?.untrained.count : nil)
  }

  /// What a strategy keeps.
  public subscript(strategy: LimitStrategy) -> KeptConversations {
    kept[strategy] ?? KeptConversations(sequences: nil, tokens: nil, trainedTokens: nil, withoutTarget: nil)
  }

  /// Adds a sequence that a strategy keeps.
  public mutating func add(_ strategy: LimitStrategy, tokens: Int, trained: Int) {
    kept[strategy]?.merge(
      KeptConversations(sequences: 1, tokens: tokens, trainedTokens: trained, withoutTarget: trained == 0 ? 1 : 0))
  }

  /// Adds what the strategies keep of other conversations.
  public mutating func merge(_ other: LimitStrategies) {
    for (strategy, more) in other.kept { kept[strategy]?.merge(more) }
  }
}
