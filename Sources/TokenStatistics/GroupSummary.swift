/// The stored numbers of a group of conversations, such as those of one score.
public struct GroupSummary: Sendable, Hashable {
  /// The number of conversations.
  public var conversations: Int
  /// Their tokens.
  public var tokens: Int
  /// The tokens of kind assistant and thinking; nil where the file does not tell.
  public var assistantTokens: Int?
  /// The summary of their lengths; nil where the file does not tell.
  public var length: LengthSummary?
  /// The conversations in each of the document's bins; nil where the file does not tell.
  public var histogram: [Int]?

  /// Makes a group from its parts.
  public init(
    conversations: Int, tokens: Int, assistantTokens: Int? = nil, length: LengthSummary? = nil, histogram: [Int]? = nil
  ) {
    self.conversations = conversations
    self.tokens = tokens
    self.assistantTokens = assistantTokens
    self.length = length
    self.histogram = histogram
  }
}
