/// What a check finds in a conversation.
public enum CheckKind: String, Sendable, Hashable, CaseIterable {
  /// The chat template raises.
  case templateError = "template_error"
  /// The messages cannot be read, or the score.
  case unreadable
  /// There is nothing to train on, or nothing within the maximal length.
  case noTarget = "no_target"
  /// The conversation does not end with an assistant's message.
  case lastNotAssistant = "last_not_assistant"
  /// A message says nothing and calls no tool.
  case emptyContent = "empty_content"
  /// A role is not known, or roles follow one another in an order that no chat has.
  case roles
  /// A tool's result answers no call.
  case toolResultWithoutCall = "tool_result_without_call"
  /// A text holds what the model reads as a control token.
  case controlTokens = "control_tokens"
  /// The conversation is longer than the maximal length.
  case overLimit = "over_limit"
  /// A member holds text of which nothing is rendered.
  case notRendered = "not_rendered"
  /// There are images, sounds or films, which are not counted as tokens.
  case media
  /// The preferred and the other answer of a row are the same.
  case identicalPair = "identical_pair"
  /// The conversation is rendered as an earlier one, of the dataset or of another that is checked with it.
  case duplicate

  /// The names of all kinds.
  public static let names = allCases.map(\.rawValue)
}
