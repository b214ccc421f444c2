import ChatTemplates
import Counting

/// Where the trained tokens of a conversation are: what a policy says, else what the assistant says and thinks, and all of
/// a text.
struct TrainedPlaces {
  /// The positions of the trained tokens, as ascending ranges.
  let ranges: [Range<Int>]

  /// Finds the trained tokens of a conversation.
  init(_ conversation: borrowing CountedConversation) {
    let length = conversation.row.count.length
    let whole = conversation.isText ? [0..<length].filter { !$0.isEmpty } : nil
    self.init(conversation.spans, conversation.trained ?? whole)
  }

  /// Takes what a policy says; without one, finds the tokens of the assistant's answers and reasoning.
  init(_ spans: [TokenSpan], _ trained: [Range<Int>]?) {
    if let trained {
      ranges = trained
      return
    }
    var position = 0
    var ranges: [Range<Int>] = []
    for span in spans {
      let end = position + span.tokens
      if span.tokens > 0, span.kind == .assistant || span.kind == .thinking { ranges.append(position..<end) }
      position = end
    }
    self.ranges = ranges
  }

  /// The number of trained tokens.
  var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// The position of the first trained token; nil if there is none.
  var first: Int? { ranges.first?.lowerBound }

  /// The number of trained tokens in a range.
  func count(in range: Range<Int>) -> Int { ranges.reduce(0) { $0 + $1.clamped(to: range).count } }
}
