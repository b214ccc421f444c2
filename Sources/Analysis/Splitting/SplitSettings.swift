import TokenStatistics

/// How conversations are chosen for the parts of a split.
public struct SplitSettings: Sendable, Hashable {
  /// What is kept in proportion in every part.
  public enum Stratum: Sendable, Hashable {
    /// The role or trait, whatever model played it.
    case subject
    /// The score, or its band where the scores have a scale of bands.
    case score
    /// The value of a column.
    case column(String)
  }

  /// Which conversations are never in different parts.
  public enum Group: String, Sendable, CaseIterable {
    /// Those with the same role or trait, label, system prompt and question: several models' answers to one request.
    case prompt
    /// Those with the same question, whoever answers it.
    case question
    /// None but equal ones, of which only the first is taken in any case.
    case none
  }

  /// The parts and their budgets.
  public var budgets: [TokenBudgetSplit.Budget]
  /// The seed of the random choice.
  public var seed: UInt64 = 17
  /// Longer conversations are left out, in tokens.
  public var maximumLength = 4_096
  /// What is kept in proportion; nil for nothing.
  public var stratum: Stratum?
  /// Which conversations are never in different parts; nil for ``Group/prompt`` of roles and traits, and
  /// ``Group/none`` of other data.
  public var group: Group?
  /// Whether every label has as many conversations of each length in every part.
  public var matchesLength = false
  /// Whether parts may stay short of their budgets.
  public var allowsShort = false

  /// Makes settings with defaults for everything else.
  public init(budgets: [TokenBudgetSplit.Budget]) { self.budgets = budgets }

  /// The columns that a scan should read for a ``SplitCollector``.
  public var columns: [String] {
    var columns = ["prompt_index", "question_index"]
    if group == .question { columns.append("question") }
    if case .column(let name)? = stratum, !columns.contains(name) { columns.append(name) }
    return columns
  }

  /// Which conversations of a kind of dataset are never in different parts.
  func group(of kind: DatasetKind) -> Group { group ?? (kind == .dataset ? .none : .prompt) }
}
