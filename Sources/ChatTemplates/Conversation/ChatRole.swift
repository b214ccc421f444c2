/// Who speaks in a message.
public enum ChatRole: Sendable, Hashable {
  /// `system`
  case system
  /// `user`
  case user
  /// `assistant`
  case assistant
  /// `tool`
  case tool
  /// Any other role, as the data spells it.
  case other(String)

  /// Makes the role with a name.
  public init(_ name: String) {
    self = Self.known.first { $0.name == name } ?? .other(name)
  }

  /// Makes the role from the UTF-8 bytes of its name; ill-formed bytes become U+FFFD.
  public init(bytes: RawSpan) {
    switch bytes.byteCount {
    case 4 where bytes.matches("user", at: 0): self = .user
    case 9 where bytes.matches("assistant", at: 0): self = .assistant
    case 6 where bytes.matches("system", at: 0): self = .system
    case 4 where bytes.matches("tool", at: 0): self = .tool
    default: self = Self.other(bytes)
    }
  }

  private static func other(_ bytes: RawSpan) -> ChatRole {
    // A copy, because the bytes may be a mapped file's, which another program may change at any time.
    .other(String(decoding: bytes.withUnsafeBytes { Array($0) }, as: UTF8.self))
  }

  /// The role's name as the data spells it.
  public var name: String {
    switch self {
    case .system: "system"
    case .user: "user"
    case .assistant: "assistant"
    case .tool: "tool"
    case .other(let name): name
    }
  }

  /// The kind of tokens that the content of such a message consists of.
  ///
  /// Some data call the role of tool results `ipython`.
  public var contentKind: TokenKind {
    switch self {
    case .system: .system
    case .user: .user
    case .assistant: .assistant
    case .tool, .other("ipython"): .tool
    case .other: .other
    }
  }

  /// The four roles with a case of their own; the likeliest first.
  private static let known: [ChatRole] = [.user, .assistant, .system, .tool]
}

/// What a token of a rendered conversation is part of.
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
