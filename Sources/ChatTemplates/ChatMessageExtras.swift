public import JSON

/// Members of a message beyond a role and a content that is a text.
public final class ChatMessageExtras: Sendable {
  /// What stands in the message's `content`.
  public enum Content: Sendable, Equatable {
    /// A text: the message's range.
    case text
    /// There is no such member.
    case missing
    /// A number, a truth value, a list or an object.
    case value(JSONValue)
  }

  /// What stands in `content`.
  public let content: Content
  /// The assistant's reasoning; nil where there is none.
  public let reasoning: JSONValue?
  /// `tool_calls`, a list; nil where there is no such member, which for Llama is not the same as an empty one.
  public let toolCalls: JSONValue?

  /// Makes the extras of one message.
  public init(content: Content = .text, reasoning: JSONValue? = nil, toolCalls: JSONValue? = nil) {
    self.content = content
    self.reasoning = reasoning
    self.toolCalls = toolCalls
  }
}
