/// Conversations chosen at random for parts such as `train` and `test`, each with a budget of tokens.
///
/// The choice depends on the candidates, the budgets and the seed only. No part is filled beyond its budget, and no
/// conversation is in two parts.
public struct TokenBudgetSplit: Sendable, Equatable {
  /// A conversation that may be chosen.
  public struct Candidate: Sendable, Hashable {
    /// The conversation's length in tokens.
    public var tokens: Int
    /// The group whose share is kept in every part, such as the persona; empty where none is to be kept.
    public var stratum: String

    /// Makes a candidate from its parts.
    public init(tokens: Int, stratum: String = "") {
      self.tokens = tokens
      self.stratum = stratum
    }
  }

  /// A part and what it may hold.
  public struct Budget: Sendable, Hashable {
    /// The part's name.
    public var name: String
    /// The most tokens it may hold.
    public var tokens: Int

    /// Makes a budget from its parts.
    public init(name: String, tokens: Int) {
      self.name = name
      self.tokens = tokens
    }
  }

  /// A filled part.
  public struct Part: Sendable, Equatable {
    /// What the part may hold.
    public var budget: Budget
    /// The places of the chosen conversations among the candidates, ascending.
    public var chosen: [Int] = []
    /// Their tokens.
    public var tokens = 0
    /// Whether candidates ran out before the budget was used up.
    public var isShort = false

    /// Makes an empty part.
    init(budget: Budget) { self.budget = budget }
  }

  /// The parts in the order of their budgets.
  public private(set) var parts: [Part]

  /// Fills the parts one after the other.
  ///
  /// A part takes the next candidates in random order, passing over those that would go beyond its budget, until not
  /// even the shortest candidate fits. With strata, every part receives about the same share of each stratum.
  ///
  /// - Parameters:
  ///   - candidates: The conversations; their order matters, as the seed chooses by place.
  ///   - budgets: The parts in the order in which they are filled.
  ///   - seed: The seed of the random order.
  /// - Complexity: O(*n* log *n* + *n* · *p*) for *n* candidates and *p* parts.
  public init(of candidates: [Candidate], into budgets: [Budget], seed: UInt64) {
    var order = Self.order(of: candidates, seed: seed)
    parts = budgets.map(Part.init(budget:))
    for index in parts.indices {
      let shortest = order.map { candidates[$0].tokens }.min() ?? 0
      var left: [Int] = []
      for (position, candidate) in order.enumerated() {
        let room = parts[index].budget.tokens - parts[index].tokens
        if room < shortest {
          left.append(contentsOf: order[position...])
          break
        }
        if candidates[candidate].tokens <= room {
          parts[index].chosen.append(candidate)
          parts[index].tokens += candidates[candidate].tokens
        } else {
          left.append(candidate)
        }
      }
      parts[index].isShort = left.isEmpty && parts[index].tokens < parts[index].budget.tokens
      parts[index].chosen.sort()
      order = left
    }
  }

  /// The candidates in random order; with several strata, any run of them has about the share of each in the whole.
  private static func order(of candidates: [Candidate], seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    var order = Array(candidates.indices)
    generator.shuffle(&order)
    var sizes: [String: Int] = [:]
    for candidate in candidates { sizes[candidate.stratum, default: 0] += 1 }
    guard sizes.count > 1 else { return order }
    var seen: [String: Int] = [:]
    var places: [(place: Double, position: Int, candidate: Int)] = []
    for (position, candidate) in order.enumerated() {
      let stratum = candidates[candidate].stratum
      let number = seen[stratum, default: 0]
      seen[stratum] = number + 1
      places.append(((Double(number) + 0.5) / Double(sizes[stratum] ?? 1), position, candidate))
    }
    return places.sorted { ($0.place, $0.position) < ($1.place, $1.position) }.map(\.candidate)
  }
}
