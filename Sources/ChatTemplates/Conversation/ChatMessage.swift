public import JSON

/// One message of a conversation whose text is in a buffer beside it.
public struct ChatMessage: Sendable {
  /// Who speaks.
  public var role: ChatRole
  /// The content's bytes (UTF-8) in the text that is passed beside the messages.
  public var content: Range<Int>
  /// What a message may hold beyond a role and a text; nil where it holds no more.
  public var extras: ChatMessageExtras?

  /// Makes a message.
  public init(role: ChatRole, content: Range<Int>, extras: ChatMessageExtras? = nil) {
    self.role = role
    self.content = content
    self.extras = extras
  }
}

/// Members of a message beyond a role and a content that is a text.
public final class ChatMessageExtras: Sendable {
  /// What a message's `content` is.
  public enum Content: Sendable, Equatable {
    /// A text: the message's range.
    case text
    /// There is no such member.
    case missing
    /// A number, a truth value, a list or an object.
    case value(JSONValue)
  }

  /// What `content` is.
  public let content: Content
  /// The assistant's reasoning; nil where there is none.
  public let reasoning: JSONValue?
  /// `tool_calls`, a list; nil where there is no such member, which some templates tell from an empty one.
  public let toolCalls: JSONValue?

  /// Makes the extras of one message.
  public init(content: Content = .text, reasoning: JSONValue? = nil, toolCalls: JSONValue? = nil) {
    self.content = content
    self.reasoning = reasoning
    self.toolCalls = toolCalls
  }
}
