/// Conversations chosen at random for parts such as `train` and `test`, each with a budget of tokens.
///
/// The choice depends on the candidates, the budgets and the seed only. No part is filled beyond its budget, no
/// conversation is in two parts, and neither are two conversations of one group.
public struct TokenBudgetSplit: Sendable, Equatable {
  /// A conversation that may be chosen.
  public struct Candidate: Sendable, Hashable {
    /// The conversation's length in tokens.
    public var tokens: Int
    /// The number of the stratum whose share is kept in every part, such as the role.
    public var stratum: Int
    /// The number of the group that is not torn apart; nil if the conversation belongs to none.
    public var group: Int?

    /// Makes a candidate from its parts.
    public init(tokens: Int, stratum: Int = 0, group: Int? = nil) {
      self.tokens = tokens
      self.stratum = stratum
      self.group = group
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
    /// Whether the budget is not met: no conversation is left that would overshoot it, or there is still room for one
    /// of median length.
    public var isShort = false

    /// What is left of the budget, in tokens.
    public var room: Int { budget.tokens - tokens }

    /// Makes an empty part.
    init(budget: Budget) { self.budget = budget }
  }

  /// The parts in the order of their budgets.
  public private(set) var parts: [Part]

  /// Fills the parts side by side.
  ///
  /// Candidates come in random order, and each goes to the part that has used the least of its budget; parts without
  /// room for it and, where others of its group are chosen already, parts other than theirs are skipped. With
  /// strata, any run of the order has about the share of each, and a candidate goes to the part that has the fewest
  /// conversations of its stratum in proportion to the budget. The parts are full when not even the shortest candidate
  /// fits.
  ///
  /// - Parameters:
  ///   - candidates: The conversations; their order matters, as the seed chooses by place.
  ///   - budgets: The parts.
  ///   - seed: The seed of the random order.
  /// - Complexity: O(*n* log *n* + *n* · *p*) for *n* candidates and *p* parts.
  public init(of candidates: [Candidate], into budgets: [Budget], seed: UInt64) {
    parts = budgets.map(Part.init(budget:))
    var owners: [Int: Int] = [:]
    let isStratified = Set(candidates.lazy.map(\.stratum)).count > 1
    var stratumCounts = [[Int: Int]](repeating: [:], count: budgets.count)
    let shortest = candidates.map(\.tokens).min() ?? 0
    for place in Self.order(of: candidates, seed: seed) {
      guard parts.contains(where: { $0.room >= shortest && $0.room > 0 }) else { break }
      let candidate = candidates[place]
      let owner = candidate.group.flatMap { owners[$0] }
      var best: Int?
      for index in parts.indices where parts[index].room >= candidate.tokens && (owner ?? index) == index {
        guard let other = best else {
          best = index
          continue
        }
        let stratum = candidate.stratum
        let own = (stratumCounts[index][stratum] ?? 0, parts[index].tokens, parts[index].budget.tokens)
        let others = (stratumCounts[other][stratum] ?? 0, parts[other].tokens, parts[other].budget.tokens)
        if Self.isEmptier(own, others) { best = index }
      }
      guard let best else { continue }
      parts[best].chosen.append(place)
      parts[best].tokens += candidate.tokens
      if isStratified { stratumCounts[best][candidate.stratum, default: 0] += 1 }
      if let group = candidate.group { owners[group] = best }
    }
    noteShortParts(candidates, owners)
    for index in parts.indices { parts[index].chosen.sort() }
  }

  /// Whether `left` has less in proportion to its budget than `right`: conversations of the stratum, else tokens.
  private static func isEmptier(
    _ left: (stratum: Int, all: Int, budget: Int), _ right: (stratum: Int, all: Int, budget: Int)
  ) -> Bool {
    func isLess(_ tokens: Int, _ others: Int) -> Bool? {
      let own = UInt(tokens).multipliedFullWidth(by: UInt(right.budget))
      let other = UInt(others).multipliedFullWidth(by: UInt(left.budget))
      return own == other ? nil : own < other
    }
    return isLess(left.stratum, right.stratum) ?? isLess(left.all, right.all) ?? false
  }

  private mutating func noteShortParts(_ candidates: [Candidate], _ owners: [Int: Int]) {
    let isChosen = Set(parts.flatMap(\.chosen))
    let lengths = candidates.map(\.tokens).sorted()
    let median = lengths.isEmpty ? 0 : lengths[lengths.count / 2]
    for index in parts.indices where parts[index].room > 0 {
      let overshoots = candidates.indices.contains { place in
        let candidate = candidates[place]
        let owner = candidate.group.flatMap { owners[$0] } ?? index
        return candidate.tokens <= parts[index].budget.tokens && owner == index && !isChosen.contains(place)
      }
      parts[index].isShort = !overshoots || parts[index].room >= median
    }
  }

  /// The candidates in random order; with several strata, any run of them has about the share of each in the whole.
  private static func order(of candidates: [Candidate], seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    var order = Array(candidates.indices)
    generator.shuffle(&order)
    var sizes: [Int: Int] = [:]
    for candidate in candidates { sizes[candidate.stratum, default: 0] += 1 }
    guard sizes.count > 1 else { return order }
    var seen: [Int: Int] = [:]
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
