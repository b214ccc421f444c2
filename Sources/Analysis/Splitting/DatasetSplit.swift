import Counting
public import Datasets
public import TokenStatistics

/// Conversations of several datasets, chosen for the parts of a split.
///
///     let scan = try ConversationScan(options, loadTokenizer: load)
///     let outcomes = scan.run { _ in SplitCollector(settings) }
///     let split = DatasetSplit(of: outcomes, settings: settings)
///     try split.write(to: "split", dropsSystem: true, manifest: split.manifest(record).serialized(.pretty))
public struct DatasetSplit: Sendable {
  /// A dataset that conversations were chosen from.
  public struct Source: Sendable {
    /// The dataset's names.
    public let identity: DatasetIdentity
    /// Where its rows are.
    public let source: DatasetSource
    /// The rows that were selected; empty for all.
    public let filters: ScoreFilters
    /// The SHA-256 of the data files; nil if it was not asked for.
    public let sha256: String?
    /// The number of rows, of those selected, and of those selected that could not be counted.
    public let rows: Int, selected: Int, failed: Int
    /// The number of conversations that are too long.
    public let tooLong: Int
    /// Whether some conversation that could be chosen has a score that is no whole number.
    let hasFractions: Bool
    /// The number of conversations that equal an earlier one.
    public internal(set) var duplicates = 0

    /// The number of conversations that no other label has one of the same length for.
    public internal(set) var unmatched = 0

    /// The number of conversations that could be chosen.
    public var candidates: Int { selected - failed - tooLong - duplicates - unmatched }
  }

  /// A chosen conversation.
  public struct Row: Sendable, Hashable {
    /// The dataset's place among the sources.
    public let source: Int
    /// The row's number in the dataset, from 0.
    public let row: Int
    /// The conversation's length as it is written, in tokens.
    public let tokens: Int
  }

  /// A filled part.
  public struct Part: Sendable {
    /// The part's name and what it may hold.
    public let budget: TokenBudgetSplit.Budget
    /// Its tokens.
    public let tokens: Int
    /// Whether the budget is not met.
    public let isShort: Bool
    /// Its conversations in the order in which they are written: by dataset and row.
    public let rows: [Row]
    /// Its conversations and tokens by stratum, sorted by name; empty without strata.
    public internal(set) var strata: [(name: String, conversations: Int, tokens: Int)] = []
  }

  /// How the conversations were chosen.
  public let settings: SplitSettings
  /// The datasets that could be read, sorted by name.
  public private(set) var sources: [Source] = []
  /// The parts, those with a budget of 0 left out.
  public private(set) var parts: [Part] = []
  /// The tokens of all conversations that could be chosen.
  public private(set) var candidateTokens = 0

  /// The parts whose budgets are not met.
  public var shortParts: [Part] { parts.filter(\.isShort) }

  /// Chooses among what was found in datasets.
  ///
  /// Of equal conversations only the first is taken, in the order of the datasets' names and of rows.
  ///
  /// - Parameters:
  ///   - outcomes: What the scan of the datasets gave, sorted by name; datasets that failed are skipped.
  ///   - settings: How to choose.
  public init(of outcomes: [ConversationScan.Outcome<SplitCollector.Summary>], settings: SplitSettings) {
    self.settings = settings
    var pool = SplitPool(settings)
    for outcome in outcomes {
      guard case .success(let summary) = outcome.result else { continue }
      var source = Source(
        identity: outcome.identity, source: outcome.job.source, filters: outcome.job.filters, sha256: outcome.sha256,
        rows: outcome.totals.rows, selected: outcome.totals.selected, failed: outcome.totals.failed,
        tooLong: summary.tooLong, hasFractions: summary.entries.contains { $0.score != $0.score.withoutFraction })
      source.duplicates = pool.add(summary, of: outcome.identity, source: sources.count)
      sources.append(source)
    }
    let budgets = settings.budgets.filter { $0.tokens > 0 }
    var candidates = pool.candidates
    var members: [[Int]]?
    if settings.matchesLength {
      let matching = LengthMatching(
        candidates, sources: pool.rows.map(\.source), labels: pool.labels, seed: settings.seed)
      (candidates, members) = (matching.units, matching.members)
      noteUnmatched(matching.members, pool)
    }
    candidateTokens = candidates.reduce(0) { $0 + $1.tokens }
    let split = TokenBudgetSplit(of: candidates, into: budgets, seed: settings.seed)
    parts = split.parts.map { part in
      let chosen = members.map { members in part.chosen.flatMap { members[$0] }.sorted() } ?? part.chosen
      var filled = Part(
        budget: part.budget, tokens: part.tokens, isShort: part.isShort, rows: chosen.map { pool.rows[$0] })
      filled.strata = pool.strata(of: chosen)
      return filled
    }
  }

  /// Counts the conversations of each dataset that no other label has one of the same length for.
  private mutating func noteUnmatched(_ members: [[Int]], _ pool: SplitPool) {
    var left = sources.map(\.candidates)
    for place in members.joined() { left[pool.rows[place].source] -= 1 }
    for index in sources.indices { sources[index].unmatched = left[index] }
  }
}
