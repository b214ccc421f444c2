/// What a length limit would cut off.
public struct LimitSummary: Sendable, Hashable {
  /// The conversations longer than the limit.
  public var conversations: Int
  /// Their tokens beyond the limit.
  public var tokensLost: Int
  /// The assistant and thinking tokens among those.
  public var assistantTokensLost: Int

  /// Makes a summary from its parts.
  public init(conversations: Int, tokensLost: Int, assistantTokensLost: Int) {
    self.conversations = conversations
    self.tokensLost = tokensLost
    self.assistantTokensLost = assistantTokensLost
  }
}
