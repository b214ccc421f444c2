public import Support
/// Everything counted in one dataset, as exact integers.
///
/// A tally is a sum over rows: tallies of parts of a dataset merge into the tally of the whole, in any order.
/// All derived numbers (percentiles, histograms, bands) come from it.
public struct DatasetTally: Sendable, Equatable {
  /// The number of failed rows that are kept one by one; the others are only counted.
  public static let keptFailures = 100

  /// The counted conversations by score and label.
  public var scores: [Score: ScoreTally] = [:]
  /// The tokens by kind.
  public var roles = RoleTokens()
  /// For each limit of the run, the assistant and thinking tokens at positions at or beyond it.
  public var assistantTokensLost: [Int: Int] = [:]
  /// The tokens of the same conversations rendered without their system messages.
  public var tokensWithoutSystem = 0
  /// The tokens that the original script would have counted, rows whose template raises included.
  public var seedTokens = 0
  /// The bytes of the message contents as stored.
  public var bytes = 0
  /// The Unicode scalars of the message contents as stored.
  public var characters = 0
  /// How often the chat template raised, by its message.
  public var templateErrors: [TextKey: Int] = [:]
  /// The counted conversations by a further column and its value.
  public var groups: [TextKey: [TextKey: LabelTally]] = [:]
  /// The number of rows that were left out because they failed.
  public private(set) var failedRows = 0
  /// The failed rows with the smallest numbers, ascending, at most ``keptFailures``.
  public private(set) var failures: [RowFailure] = []

  /// Makes an empty tally for a run with `limits`.
  public init(limits: [Int] = []) {
    for limit in limits { assistantTokensLost[limit] = 0 }
  }

  /// Makes a tally with stored failures.
  init(limits: [Int], failedRows: Int, failures: [RowFailure]) {
    self.init(limits: limits)
    self.failedRows = failedRows
    self.failures = failures
  }

  /// The counted conversations.
  public var conversations: Int { scores.values.reduce(0) { $0 + $1.conversations } }

  /// The tokens of the counted conversations.
  public var tokens: Int { scores.values.reduce(0) { $0 + $1.tokens } }

  /// The lengths of all counted conversations.
  public var lengths: LengthDistribution {
    scores.values.reduce(into: LengthDistribution()) { $0.merge($1.lengths) }
  }

  /// The counted conversations by label.
  public var labels: [TextKey: LabelTally] {
    scores.values.reduce(into: [:]) { labels, score in
      for (label, tally) in score.labels { labels[label, default: LabelTally()].merge(tally) }
    }
  }

  /// Records a row that is left out.
  public mutating func record(_ failure: RowFailure) {
    failedRows += 1
    keep(CollectionOfOne(failure))
  }

  /// Adds everything that `other` counted in further rows of the same dataset under the same settings.
  public mutating func merge(_ other: DatasetTally) {
    for (score, tally) in other.scores { scores[score, default: ScoreTally()].merge(tally) }
    roles += other.roles
    assistantTokensLost.merge(other.assistantTokensLost, uniquingKeysWith: +)
    tokensWithoutSystem += other.tokensWithoutSystem
    seedTokens += other.seedTokens
    bytes += other.bytes
    characters += other.characters
    templateErrors.merge(other.templateErrors, uniquingKeysWith: +)
    for (column, values) in other.groups {
      for (value, tally) in values { groups[column, default: [:]][value, default: LabelTally()].merge(tally) }
    }
    failedRows += other.failedRows
    keep(other.failures)
  }

  private mutating func keep(_ new: some Collection<RowFailure>) {
    guard failures.count < Self.keptFailures || new.contains(where: { $0.row < (failures.last?.row ?? .max) }) else {
      return
    }
    failures = Array((failures + new).sorted { $0.row < $1.row }.prefix(Self.keptFailures))
  }
}
