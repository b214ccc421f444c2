import JSON
public import Support

/// What was found in the contents of conversations beside text that is rendered as it stands.
public struct ContentFindings: Sendable, Equatable {
  /// The conversations whose contents hold texts that are read as control tokens.
  public var conversationsWithControlTokens = 0
  /// How often each control token stands in contents.
  public var controlTokens: [TextKey: Int] = [:]
  /// The bytes that never reach the rendered text, by the member that holds them, such as `reasoning`.
  public var notRendered: [TextKey: Int] = [:]
  /// The parts of messages that are no text, by their kind, such as `image`.
  public var media: [TextKey: Int] = [:]

  /// The conversations whose contents are lists of parts that the template does not render as texts, by what it does:
  /// `dropped` or `printed`.
  public var lists: [TextKey: Int] = [:]

  /// Makes findings of nothing.
  public init() {}

  /// Adds what was found in other conversations.
  public mutating func merge(_ other: ContentFindings) {
    conversationsWithControlTokens += other.conversationsWithControlTokens
    controlTokens.merge(other.controlTokens, uniquingKeysWith: +)
    notRendered.merge(other.notRendered, uniquingKeysWith: +)
    media.merge(other.media, uniquingKeysWith: +)
    lists.merge(other.lists, uniquingKeysWith: +)
  }
}

extension ContentFindings {
  /// The members of an entry or a checkpoint.
  var members: [(String, JSONValue)] {
    func counts(_ counts: [TextKey: Int]) -> JSONValue {
      .fields(counts.sortedByKey()) { ($0.key, .number($0.value)) }
    }
    return [
      (
        "control_tokens_in_text",
        .fields([("conversations", .number(conversationsWithControlTokens)), ("tokens", counts(controlTokens))])
      ), ("not_rendered", counts(notRendered)), ("media", counts(media)),
    ] + (lists.isEmpty ? [] : [("list_contents", counts(lists))])
  }

  /// Reads the members of an entry or a checkpoint; nil if it holds none, as those of earlier versions.
  init?(optional fields: FieldReader) throws(FileError) {
    guard let found = try fields.optionalObject("control_tokens_in_text") else { return nil }
    conversationsWithControlTokens = try found.count("conversations")
    controlTokens = try found.object("tokens").counts()
    notRendered = try fields.optionalObject("not_rendered")?.counts() ?? [:]
    media = try fields.optionalObject("media")?.counts() ?? [:]
    lists = try fields.optionalObject("list_contents")?.counts() ?? [:]
  }
}
