import TestSupport
import Testing

@testable import TokenStatistics

@Suite("What strategies keep at a limit")
struct LimitStrategyTests {
  /// A conversation: its length and the one span of it that is trained.
  private struct Conversation {
    let length: Int
    let trained: Range<Int>

    func trained(in range: Range<Int>) -> Int { trained.clamped(to: range).count }
  }

  private static func conversations(seed: UInt64) -> [Conversation] {
    var random = SplitMix(state: seed)
    return (0..<200).map { _ in
      let length = Int(random.next() % 90)
      let start = Int(random.next() % UInt64(length + 1))
      let end = start + Int(random.next() % UInt64(length - start + 1))
      return Conversation(length: length, trained: start..<end)
    }
  }

  private static func numbers(_ conversations: [Conversation]) -> TrainingNumbers {
    let trained = conversations.filter { !$0.trained.isEmpty }
    return TrainingNumbers(
      lengths: LengthDistribution(conversations.map(\.length)),
      training: TrainingTally(
        firstTargets: LengthDistribution(trained.map(\.trained.lowerBound)),
        untrained: LengthDistribution(conversations.filter(\.trained.isEmpty).map(\.length)),
        trained: PositionCounts(
          starts: LengthDistribution(trained.map(\.trained.lowerBound)),
          ends: LengthDistribution(trained.map(\.trained.upperBound)))),
      assistantMaskTokens: nil)
  }

  /// What the strategies keep, conversation by conversation.
  private static func counted(_ conversations: [Conversation], limit: Int) -> LimitStrategies {
    var kept = LimitStrategies(limit: limit)
    for conversation in conversations {
      let length = conversation.length
      guard length > limit else {
        for strategy in LimitStrategy.allCases {
          kept.add(strategy, tokens: length, trained: conversation.trained.count)
        }
        continue
      }
      kept.add(.keepStart, tokens: limit, trained: conversation.trained(in: 0..<limit))
      kept.add(.keepEnd, tokens: limit, trained: conversation.trained(in: length - limit..<length))
      for start in stride(from: 0, to: length, by: limit) {
        let piece = start..<min(start + limit, length)
        kept.add(.split, tokens: piece.count, trained: conversation.trained(in: piece))
      }
    }
    return kept
  }

  @Test("what stored counts tell is what counting every conversation gives", arguments: 1...6)
  func reference(seed: Int) {
    let conversations = Self.conversations(seed: UInt64(seed))
    let numbers = Self.numbers(conversations)
    for limit in [1, 7, 30, 64, 89, 200] {
      let stored = numbers.strategies(at: limit)
      let counted = Self.counted(conversations, limit: limit)
      for strategy in LimitStrategy.allCases where strategy != .oldestTurns || limit >= 89 {
        for member in [\KeptConversations.sequences, \.tokens, \.trainedTokens, \.withoutTarget] {
          guard let told = stored[strategy][keyPath: member] else { continue }
          #expect(told == counted[strategy][keyPath: member], "\(strategy) at \(limit)")
        }
      }
      #expect(stored[.keepStart].trainedTokens != nil && stored[.split].trainedTokens != nil)
      #expect(stored[.drop].withoutTarget != nil && stored[.keepStart].withoutTarget != nil)
    }
  }

  @Test("what is told is told of all where nothing is too long, and left open where it cannot be told")
  func open() {
    let numbers = Self.numbers([Conversation(length: 40, trained: 10..<40)])
    #expect(numbers.strategies(at: 40) == Self.counted([Conversation(length: 40, trained: 10..<40)], limit: 40))
    let kept = numbers.strategies(at: 39)
    #expect(kept[.keepEnd].trainedTokens == nil && kept[.oldestTurns].sequences == nil)
    #expect(kept[.drop].trainedTokens == nil && kept[.drop].tokens == 0)
  }

  @Test("sums of parts are those of the whole, and what a part does not know the whole does not")
  func merging() {
    let conversations = Self.conversations(seed: 9)
    var sum = Self.counted(Array(conversations[..<80]), limit: 30)
    sum.merge(Self.counted(Array(conversations[80...]), limit: 30))
    #expect(sum == Self.counted(conversations, limit: 30))
    var open = KeptConversations(sequences: 1, tokens: nil, trainedTokens: 3, withoutTarget: 0)
    open.merge(KeptConversations(sequences: 2, tokens: 5, trainedTokens: nil, withoutTarget: 1))
    #expect(open == KeptConversations(sequences: 3, tokens: nil, trainedTokens: nil, withoutTarget: 1))
  }
}
