import ChatTemplates
import JSON
import Support

/// What is left of a conversation without its oldest turns.
public struct ShortenedConversation: Sendable, Hashable {
  /// The limit that it is to fit into, in tokens.
  public let limit: Int
  /// Its tokens by kind, in order; nil where not even the last turn fits.
  public let spans: [TokenSpan]?
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
    var last: (length: Int, spans: [TokenSpan])?
    // What fits into a smaller limit has lost at least as many turns.
    for limit in limits.sorted(by: >) {
      while last.map({ $0.length > limit }) ?? true, let turn = rest.popFirst() {
        // A template may refuse what the rest begins with.
        guard let count = try? count(Array(messages[..<start] + messages[turn...]), of: text, arguments: row) else {
          continue
        }
        last = (count.length, spans)
      }
      let fits = last.map { $0.length <= limit } ?? false
      found.append(ShortenedConversation(limit: limit, spans: fits ? last?.spans : nil))
    }
    return found
  }
}
