import ChatTemplates
import JSON
import Support

/// What is left of a conversation without its oldest turns.
public struct ShortenedConversation: Sendable, Hashable {
  /// What fits.
  public struct Rest: Sendable, Hashable {
    /// Its tokens.
    public let tokens: Int
    /// Its tokens by kind, in order.
    public let spans: [TokenSpan]
    /// The positions of the tokens that are trained; nil where no policy was asked for.
    public let trained: [Range<Int>]?
  }

  /// The limit that it is to fit into, in tokens.
  public let limit: Int
  /// What is left; nil where not even the last turn fits.
  public let rest: Rest?
}

extension ConversationCounter {
  /// Leaves out the oldest turns of a conversation until the rest, rendered anew, fits into each of some limits.
  ///
  /// A turn begins with a message of the user. What the system says first stays, and so does the last turn.
  ///
  /// - Parameter limits: The limits in tokens.
  /// - Complexity: One rendering and count for each turn that is left out.
  mutating func shortened(
    _ messages: [ChatMessage], of text: RawSpan, _ row: JSONObject, to limits: [Int]
  ) -> [ShortenedConversation] {
    let start = messages.prefix { $0.role == .system || $0.role == .other("developer") }.count
    let turns = messages.indices.filter { $0 > start && messages[$0].role == .user }
    var found: [ShortenedConversation] = []
    var rest = turns[...]
    var last: ShortenedConversation.Rest?
    // What fits into a smaller limit has lost at least as many turns.
    for limit in limits.sorted(by: >) {
      while last.map({ $0.tokens > limit }) ?? true, let turn = rest.popFirst() {
        // A template may refuse what the rest begins with.
        guard let count = try? count(Array(messages[..<start] + messages[turn...]), of: text, arguments: row) else {
          continue
        }
        last = ShortenedConversation.Rest(tokens: count.length, spans: spans, trained: trained)
      }
      let fits = last.map { $0.tokens <= limit } ?? false
      found.append(ShortenedConversation(limit: limit, rest: fits ? last : nil))
    }
    return found
  }
}
