import JSON
import Support

/// Tokens by kind: a token belongs to the kind of the text its first source character comes from.
///
/// The kinds are disjoint, so their sum is the total.
public struct TokensByKind: Sendable, Hashable {
  /// Tokens of system messages.
  public var system = 0
  /// Tokens of user messages.
  public var user = 0
  /// Tokens of the assistant's answers.
  public var assistant = 0
  /// Tokens of the assistant's reasoning.
  public var thinking = 0
  /// Tokens of tool calls and tool results.
  public var tool = 0
  /// Tokens of messages with any other role.
  public var other = 0
  /// Tokens that the chat template writes itself.
  public var overhead = 0

  /// The kinds in the order of the statistics document, each with its key there.
  public static var kinds: [(key: String, tokens: WritableKeyPath<TokensByKind, Int>)] {
    [
      ("system", \.system), ("user", \.user), ("assistant", \.assistant), ("thinking", \.thinking), ("tool", \.tool),
      ("other", \.other), ("overhead", \.overhead),
    ]
  }

  /// Makes counts that are all 0.
  public init() {}

  /// The tokens of all kinds.
  public var total: Int { system + user + assistant + thinking + tool + other + overhead }

  /// The tokens of the answer and its reasoning, which training learns from.
  public var assistantAndThinking: Int { assistant + thinking }

  /// Adds the tokens of `right` kind by kind.
  public static func += (left: inout TokensByKind, right: TokensByKind) {
    left.system += right.system
    left.user += right.user
    left.assistant += right.assistant
    left.thinking += right.thinking
    left.tool += right.tool
    left.other += right.other
    left.overhead += right.overhead
  }
}

extension TokensByKind {
  var json: JSONValue { .fields(Self.kinds) { ($0.key, .number(self[keyPath: $0.tokens])) } }

  init(_ fields: FieldReader) throws(FileError) {
    self.init()
    for kind in Self.kinds { self[keyPath: kind.tokens] = try fields.count(kind.key) }
  }
  /// The counts alone, in the order of ``kinds``.
  public var counts: [Int] { Self.kinds.map { self[keyPath: $0.tokens] } }

  /// Reads the counts of a member; nil if it is absent.
  init?(optional fields: FieldReader, _ key: String) throws(FileError) {
    guard let counts = try fields.optionalCounts(key) else { return nil }
    guard counts.count == Self.kinds.count else {
      throw FileError(field: "\(fields.place).\(key)", reason: "\(Self.kinds.count) numbers are expected")
    }
    self.init()
    for (kind, count) in zip(Self.kinds, counts) { self[keyPath: kind.tokens] = count }
  }
}
