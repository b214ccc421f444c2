/// How conversations are chosen for the parts of a split.
public struct SplitSettings: Sendable, Hashable {
  /// What is kept in proportion in every part.
  public enum Stratum: String, Sendable, CaseIterable {
    /// The role or trait, whatever model played it.
    case subject
    /// The score of a role, the band of scores of a trait.
    case score
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
  /// Which conversations are never in different parts.
  public var group = Group.prompt
  /// Whether every label has as many conversations of each length in every part.
  public var matchesLength = false
  /// Whether parts may stay short of their budgets.
  public var allowsShort = false

  /// Makes settings with defaults for everything else.
  public init(budgets: [TokenBudgetSplit.Budget]) { self.budgets = budgets }

  /// The columns that a scan should read for a ``SplitCollector``.
  public var columns: [String] {
    group == .question ? ["prompt_index", "question_index", "question"] : ["prompt_index", "question_index"]
  }
}
