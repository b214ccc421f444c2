import Testing

@testable import Analysis

@Suite("Splits by token budget")
struct TokenBudgetSplitTests {
  private typealias Candidate = TokenBudgetSplit.Candidate
  private typealias Budget = TokenBudgetSplit.Budget

  private static func candidates(_ count: Int, strata: Int = 1) -> [Candidate] {
    var generator = SeededGenerator(seed: 5)
    return (0..<count).map { index in
      Candidate(tokens: 50 + generator.next(below: 900), stratum: index % strata)
    }
  }

  private static let budgets = [
    Budget(name: "train", tokens: 100_000), Budget(name: "validation", tokens: 10_000),
    Budget(name: "test", tokens: 10_000),
  ]

  @Test("Parts are disjoint, never beyond their budget, and as full as the candidates that are left allow")
  func budgets() throws {
    let candidates = Self.candidates(1_000)
    for seed in 0..<20 as Range<UInt64> {
      let split = TokenBudgetSplit(of: candidates, into: Self.budgets, seed: seed)
      let chosen = split.parts.flatMap(\.chosen)
      #expect(Set(chosen).count == chosen.count)
      let shortest = try #require(
        candidates.indices.filter { !chosen.contains($0) }.map { candidates[$0].tokens }.min())
      for part in split.parts {
        #expect(part.tokens == part.chosen.reduce(0) { $0 + candidates[$1].tokens })
        #expect(part.tokens <= part.budget.tokens && part.room < shortest)
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

  @Test("A budget is met when another conversation would overshoot it and less than a median one is missing")
  func short() {
    let split = TokenBudgetSplit(
      of: [Candidate(tokens: 5), Candidate(tokens: 7)],
      into: [Budget(name: "a", tokens: 6), Budget(name: "b", tokens: 100)],
      seed: 17)
    #expect(split.parts[0].tokens == 5 && split.parts[0].isShort, "nothing is left that would overshoot")
    #expect(split.parts[1].chosen == [1] && split.parts[1].isShort)
    func part(_ lengths: [Int], budget: Int) -> TokenBudgetSplit.Part? {
      let budgets = [Budget(name: "a", tokens: budget)]
      return TokenBudgetSplit(of: lengths.map { Candidate(tokens: $0) }, into: budgets, seed: 17).parts.first
    }
    #expect(part([40, 40, 40], budget: 100)?.isShort == false)
    #expect(part([40, 40], budget: 80)?.isShort == false)
    #expect(part([40, 40], budget: 81)?.isShort == true)
    #expect(part([5, 7, 1_000], budget: 100)?.isShort == true, "what is longer than the budget cannot overshoot it")
    #expect(part([], budget: 10)?.isShort == true && part([], budget: 0)?.isShort == false)
  }

  @Test("Where candidates are scarce, every part has its share of them")
  func scarce() {
    let candidates = Self.candidates(60)
    let total = candidates.reduce(0) { $0 + $1.tokens }
    #expect(total < 60_000)
    let split = TokenBudgetSplit(of: candidates, into: Self.budgets, seed: 17)
    #expect(split.parts.reduce(0) { $0 + $1.tokens } == total)
    for part in split.parts {
      #expect(part.isShort)
      let share = Double(part.tokens) / Double(part.budget.tokens)
      #expect(abs(share - Double(total) / 120_000) < 0.1)
    }
  }

  @Test("Strata keep their shares in every part, be they equal or not", arguments: 0..<10 as Range<UInt64>)
  func strata(seed: UInt64) {
    let candidates = Self.candidates(2_000, strata: 4)
    let split = TokenBudgetSplit(of: candidates, into: Self.budgets, seed: seed)
    for part in split.parts {
      let counts = Dictionary(grouping: part.chosen) { candidates[$0].stratum }.mapValues(\.count)
      for count in counts.values { #expect(abs(4 * count - part.chosen.count) <= 10) }
      #expect(counts.count == 4)
    }
    // One in ten belongs to the small stratum, and its conversations are as long as the others'.
    let uneven = candidates.enumerated().map { Candidate(tokens: $1.tokens, stratum: $0 % 10 == 0 ? 1 : 0) }
    for part in TokenBudgetSplit(of: uneven, into: Self.budgets, seed: seed).parts {
      let small = part.chosen.filter { uneven[$0].stratum == 1 }.count
      #expect(abs(small * 10 - part.chosen.count) <= 20, "off by no more than two conversations")
    }
  }

  @Test("Groups are in one part only, and coarse ones leave no part empty", arguments: [3, 20, 240, 5_000])
  func groups(count: Int) {
    let candidates = Self.candidates(5_000).enumerated().map { index, candidate in
      Candidate(tokens: candidate.tokens, group: (index * 7_919) % count)
    }
    for seed in 0..<5 as Range<UInt64> {
      let split = TokenBudgetSplit(of: candidates, into: Self.budgets, seed: seed)
      var owners: [Int: String] = [:]
      for part in split.parts {
        for place in part.chosen {
          let group = (place * 7_919) % count
          #expect(owners[group, default: part.budget.name] == part.budget.name)
          owners[group] = part.budget.name
        }
        #expect(!part.isShort && part.tokens <= part.budget.tokens)
      }
    }
  }

  @Test("The generator's sequence is the published one")
  func generator() {
    var generator = SeededGenerator(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
  }
}
