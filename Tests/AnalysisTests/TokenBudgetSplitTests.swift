import Testing

@testable import Analysis

@Suite("Splits by token budget")
struct TokenBudgetSplitTests {
  private typealias Candidate = TokenBudgetSplit.Candidate
  private typealias Budget = TokenBudgetSplit.Budget

  private static func candidates(_ count: Int, strata: Int = 1) -> [Candidate] {
    var generator = SeededGenerator(seed: 5)
    return (0..<count).map { index in
      Candidate(tokens: 50 + generator.next(below: 900), stratum: strata > 1 ? "s\(index % strata)" : "")
    }
  }

  private static let budgets = [
    Budget(name: "train", tokens: 100_000), Budget(name: "validation", tokens: 10_000),
    Budget(name: "test", tokens: 10_000),
  ]

  @Test("Parts are disjoint, never beyond their budget, and as full as the shortest candidate allows")
  func budgets() throws {
    let candidates = Self.candidates(1_000)
    for seed in 0..<20 as Range<UInt64> {
      let split = TokenBudgetSplit(of: candidates, into: Self.budgets, seed: seed)
      let chosen = split.parts.flatMap(\.chosen)
      #expect(Set(chosen).count == chosen.count)
      let shortest = try #require(candidates.map(\.tokens).min())
      for part in split.parts {
        #expect(part.tokens == part.chosen.reduce(0) { $0 + candidates[$1].tokens })
        #expect(part.tokens <= part.budget.tokens && part.budget.tokens - part.tokens < 3 * shortest)
        #expect(!part.isShort)
      }
    }
  }

  @Test("The choice depends on the seed and on nothing else")
  func deterministic() {
    let candidates = Self.candidates(1_000)
    let first = TokenBudgetSplit(of: candidates, into: Self.budgets, seed: 17)
    #expect(first == TokenBudgetSplit(of: candidates, into: Self.budgets, seed: 17))
    #expect(first != TokenBudgetSplit(of: candidates, into: Self.budgets, seed: 18))
  }

  @Test("A budget that the candidates cannot fill is short")
  func short() {
    let split = TokenBudgetSplit(
      of: [Candidate(tokens: 5), Candidate(tokens: 7)],
      into: [Budget(name: "a", tokens: 6), Budget(name: "b", tokens: 100)],
      seed: 17)
    #expect(split.parts[0].tokens == 5 && !split.parts[0].isShort)
    #expect(split.parts[1].chosen == [1] && split.parts[1].isShort)
  }

  @Test("Strata keep their shares in every part")
  func strata() {
    let candidates = Self.candidates(2_000, strata: 4)
    let split = TokenBudgetSplit(of: candidates, into: Self.budgets, seed: 17)
    for part in split.parts {
      let counts = Dictionary(grouping: part.chosen) { candidates[$0].stratum }.mapValues(\.count)
      for count in counts.values { #expect(abs(4 * count - part.chosen.count) <= 12) }
      #expect(counts.count == 4)
    }
  }

  @Test("The generator's sequence is the published one")
  func generator() {
    var generator = SeededGenerator(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
  }
}
