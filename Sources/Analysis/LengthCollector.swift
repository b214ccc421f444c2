import ChatTemplates
import Counting
import TokenStatistics

/// Collects the lengths and places of a group's conversations, such as those of one score and label.
///
/// They become distributions in bulk, which is much faster than one by one.
struct LengthCollector {
  private var lengths: [Int] = []
  private var assistantTokens = 0
  private var kinds = TokensByKind()
  private var prompts: [Int] = []
  private var completions: [Int] = []
  private var firstTargets: [Int] = []
  private var untrained: [Int] = []
  private var turnEnds: [Int] = []
  /// The borders of the spans that are trained.
  private var trainedStarts: [Int] = []
  private var trainedEnds: [Int] = []
  private var followsPolicy = false

  /// Adds a conversation.
  mutating func add(_ conversation: CountedConversation) {
    let count = conversation.row.count
    let length = count.length
    lengths.append(length)
    kinds += count.kinds
    if let prompt = count.turns?.promptTokens {
      prompts.append(prompt)
      // A conversation that ends without an answer is shorter than its prompt, which the generation prompt belongs to.
      completions.append(max(0, length - prompt))
    }
    if let end = count.turns?.lastTurnEnd { turnEnds.append(end) }
    for span in conversation.spans where span.kind == .assistant || span.kind == .thinking {
      assistantTokens += span.tokens
    }
    // In a text there is no assistant whose tokens a limit could cost.
    if conversation.trained != nil || conversation.isText { followsPolicy = true }
    let trained = TrainedPlaces(conversation).ranges
    if let first = trained.first { firstTargets.append(first.lowerBound) } else { untrained.append(length) }
    for range in trained {
      trainedStarts.append(range.lowerBound)
      trainedEnds.append(range.upperBound)
    }
  }

  /// The conversations' exact counts.
  func tally() -> LabelTally {
    LabelTally(
      lengths: LengthDistribution(lengths), assistantTokens: assistantTokens,
      training: TrainingTally(
        prompts: LengthDistribution(prompts), completions: LengthDistribution(completions),
        firstTargets: LengthDistribution(firstTargets), untrained: LengthDistribution(untrained),
        turnEnds: LengthDistribution(turnEnds),
        trained: PositionCounts(
          starts: LengthDistribution(trainedStarts), ends: LengthDistribution(trainedEnds)),
        followsPolicy: followsPolicy),
      kinds: kinds)
  }
}
