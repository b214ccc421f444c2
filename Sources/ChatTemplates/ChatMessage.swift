/// One message of a conversation whose text stands in a buffer beside it.
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
