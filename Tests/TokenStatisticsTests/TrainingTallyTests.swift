import JSON
import Support
import TestSupport
import Testing

@testable import TokenStatistics

@Suite("What limits cost")
struct TrainingTallyTests {
  /// A conversation token by token: which of them are trained, where turns end, and how long the prompt is.
  private struct Conversation {
    var trained: [Bool]
    var turnEnd: Int?
    var prompt: Int

    var length: Int { trained.count }

    var tally: LabelTally {
      var starts: [Int] = []
      var ends: [Int] = []
      for position in trained.indices where trained[position] {
        if position == 0 || !trained[position - 1] { starts.append(position) }
        if position == length - 1 || !trained[position + 1] { ends.append(position + 1) }
      }
      return LabelTally(
        lengths: LengthDistribution([length]), assistantTokens: trained.count { $0 },
        training: TrainingTally(
          prompts: LengthDistribution([prompt]), completions: LengthDistribution([length - prompt]),
          firstTargets: LengthDistribution(starts.prefix(1)),
          untrained: LengthDistribution(starts.isEmpty ? [length] : []),
          turnEnds: LengthDistribution(turnEnd.map { [$0] } ?? []),
          trained: PositionCounts(starts: LengthDistribution(starts), ends: LengthDistribution(ends))))
    }
  }

  private static let conversations: [Conversation] = {
    var random = SplitMix(state: 9)
    return (0..<300).map { _ in
      let length = 1 + Int(random.next() % 60)
      // Runs of up to eight tokens; one conversation in ten trains nothing.
      var trained: [Bool] = []
      let trainsNothing = random.next() % 10 == 0
      while trained.count < length {
        trained += [Bool](repeating: !trainsNothing && random.next() % 2 == 0, count: 1 + Int(random.next() % 8))
      }
      return Conversation(
        trained: Array(trained.prefix(length)),
        turnEnd: random.next() % 10 == 0 ? nil : Int(random.next() % UInt64(length)),
        prompt: Int(random.next() % UInt64(length + 1)))
    }
  }()

  private static func tally(_ conversations: [Conversation]) -> DatasetTally {
    var tally = DatasetTally()
    for (row, conversation) in conversations.enumerated() {
      tally.scores[row % 3 == 0 ? .none : .value(row % 5), default: ScoreTally()]
        .add(conversation.tally, label: row % 2 == 0 ? "pos" : "neg")
    }
    return tally
  }

  @Test("Tokens that a policy trains are not taken for the assistant's, in a checkpoint neither")
  func policy() throws {
    var tally = Self.tally(Self.conversations)
    #expect(LimitCosts(tally)[20].assistantTokensLost == LimitCosts(tally)[20].trainedTokensLost)
    let plain = Self.conversations[0].tally
    var training = try #require(plain.training)
    training.followsPolicy = true
    let trained = LabelTally(lengths: plain.lengths, assistantTokens: plain.assistantTokens, training: training)
    tally.scores[.none, default: ScoreTally()].add(trained, label: "pos")
    let cost = LimitCosts(tally)[20]
    #expect(cost.assistantTokensLost == nil && cost.trainedTokensLost != nil)
    let stored = JSONValue.object(JSONObject(training.members))
    #expect(try TrainingTally(optional: FieldReader(stored, place: "")) == training)
  }

  @Test("At every limit the stored counts give what cutting each conversation gives")
  func costs() {
    let conversations = Self.conversations
    let costs = LimitCosts(Self.tally(conversations))
    for limit in 0...65 {
      let cost = costs[limit]
      let cut = conversations.filter { $0.length > limit }
      #expect(cost.conversations == cut.count)
      #expect(cost.tokensLost == cut.reduce(0) { $0 + $1.length - limit })
      #expect(cost.trainedTokensLost == cut.reduce(0) { $0 + $1.trained[limit...].count { $0 } })
      #expect(cost.assistantTokensLost == cost.trainedTokensLost)
      #expect(cost.withoutTarget == conversations.count { !$0.trained.prefix(limit).contains(true) })
      #expect(cost.endsLost == conversations.count { $0.turnEnd.map { $0 >= limit } ?? false })
      #expect(cost.promptsOver == conversations.count { $0.prompt > limit })
      #expect(cost.completionsOver == conversations.count { $0.length - $0.prompt > limit })
    }
  }

  @Test("Where nothing is packed, conversations without a trained token are left out, as TRL leaves them out")
  func padding() throws {
    let conversations = Self.conversations
    let tally = Self.tally(conversations)
    let training = try #require(tally.training)
    for limit in 1...65 {
      let kept = conversations.filter { $0.trained.prefix(limit).contains(true) }
      let result = tally.lengths.padded(limit, training: training)
      #expect(result.sequences == kept.count)
      #expect(result.tokens == kept.reduce(0) { $0 + min($1.length, limit) })
      #expect(result.tokens + result.tokensLost == tally.tokens)
      #expect(result.droppedConversations == conversations.count - kept.count)
    }
  }

  @Test("What is not known of a part is not known of the whole, and only that")
  func unknownParts() {
    var known = Self.conversations[0].tally
    known.merge(LabelTally())
    #expect(known == Self.conversations[0].tally)
    var sum = LabelTally()
    sum.merge(known)
    #expect(sum == known)
    sum.merge(LabelTally(lengths: LengthDistribution([5])))
    #expect(sum.training == nil && sum.conversations == 2)
    sum.merge(known)
    #expect(sum.training == nil)
    var tally = DatasetTally()
    tally.scores[.none] = ScoreTally(labels: ["null": sum])
    let cost = LimitCosts(tally)[2]
    #expect(cost.withoutTarget == nil && cost.endsLost == nil && cost.assistantTokensLost == nil)
    #expect(cost.conversations > 0)
  }

  @Test("The longest and shortest rows are the first of all rows in order, however these are divided")
  func extremes() {
    var random = SplitMix(state: 3)
    let rows = (0..<100).map { LengthExtremes.Row(row: $0, tokens: Int(random.next() % 12)) }
    let longest = rows.sorted { ($1.tokens, $0.row) < ($0.tokens, $1.row) }.prefix(5)
    let shortest = rows.sorted { ($0.tokens, $0.row) < ($1.tokens, $1.row) }.prefix(5)
    for size in [1, 3, 40, 100] {
      var parts = stride(from: 0, to: rows.count, by: size).map { start in
        var part = LengthExtremes()
        for row in rows[start..<min(start + size, rows.count)] { part.add(row) }
        return part
      }
      for _ in 0..<2 {
        var merged = LengthExtremes()
        for part in parts { merged.merge(part) }
        #expect(merged.longest == Array(longest) && merged.shortest == Array(shortest))
        parts.reverse()
      }
    }
  }
}
