/// What a token of a rendered conversation stands for.
///
/// A token belongs to the span that holds the first source byte it comes from, so the kinds are disjoint and their counts
/// add up to the total.
public enum TokenKind: UInt8, Sendable, Hashable, CaseIterable {
  /// Content of a message of role `system`.
  case system
  /// Content of a message of role `user`.
  case user
  /// Content of a message of role `assistant`, tool calls included.
  case assistant
  /// Reasoning of an assistant that the template renders in a think block of its own.
  case thinking
  /// Content of a tool's result.
  case tool
  /// Content of a message of any other role.
  case other
  /// Everything the template writes itself: markers, role names, preambles, empty think blocks.
  case overhead

  /// The key of the kind in the statistics.
  public var name: String {
    switch self {
    case .system: "system"
    case .user: "user"
    case .assistant: "assistant"
    case .thinking: "thinking"
    case .tool: "tool"
    case .other: "other"
    case .overhead: "overhead"
    }
  }
}
