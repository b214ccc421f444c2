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
    for role in Self.known where bytes.equals(role.name) {
      self = role
      return
    }
    // A copy, because the bytes may be a mapped file's, which another program may change at any time.
    self = .other(String(decoding: bytes.withUnsafeBytes { Array($0) }, as: UTF8.self))
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
  /// `ipython` is Llama's own name for the role of tool results.
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
