import Counting

/// What is wrong with a conversation at a length limit, as the statistics count it.
public enum LimitFault: String, Sendable, Hashable, CaseIterable {
  /// No trained token is within the limit.
  case noTarget = "no_target"
  /// The last token that ends a turn is cut off.
  case endLost = "end_lost"
  /// The prompt alone is longer than the limit.
  case promptOver = "prompt_over"
  /// The completion alone is longer than the limit.
  case completionOver = "completion_over"

  /// The faults of a conversation.
  ///
  /// - Parameter limit: The limit in tokens; nil for none, where only a conversation without a trained token has one.
  static func faults(of conversation: CountedConversation, at limit: Int?) -> [LimitFault] {
    let count = conversation.row.count
    let limit = limit ?? .max
    let places = TrainedPlaces(conversation)
    var faults: [LimitFault] = []
    if places.first ?? .max >= limit { faults.append(.noTarget) }
    if let end = count.turns?.lastTurnEnd, end >= limit { faults.append(.endLost) }
    if let prompt = count.turns?.promptTokens {
      if prompt > limit { faults.append(.promptOver) }
      if count.length - prompt > limit { faults.append(.completionOver) }
    }
    return faults
  }
}
