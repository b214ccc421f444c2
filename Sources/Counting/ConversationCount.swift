public import TokenStatistics

/// The tokens of one conversation.
public struct ConversationCount: Sendable, Hashable {
  /// The tokens by kind; their sum is the conversation's length.
  public var roles = TokensByKind()
  /// The tokens of the same conversation without its system messages.
  public var tokensWithoutSystem = 0
  /// The tokens that the original script would have counted.
  public var legacyTokens = 0

  /// Makes a count of nothing.
  public init() {}

  /// The conversation's length in tokens.
  public var length: Int { roles.total }
}
