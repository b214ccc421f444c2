public import JSON

/// One message of a conversation whose text is in a buffer beside it.
public struct ChatMessage: Sendable {
  /// Who speaks.
  public var role: ChatRole
  /// The content's bytes (UTF-8) in the text that is passed beside the messages.
  public var content: Range<Int>
  /// What a message may hold beyond a role and a text; nil where it holds no more.
  public var extras: ChatMessageExtras?
  /// Whether the data has the content before the role, which shows where a template prints a whole message.
  public var isContentFirst: Bool
  /// The images, sounds and films that belong to it, in order; nearly always none.
  public var media: [ChatMedia] = []

  /// Makes a message.
  public init(
    role: ChatRole, content: Range<Int>, extras: ChatMessageExtras? = nil, isContentFirst: Bool = false
  ) {
    self.role = role
    self.content = content
    self.extras = extras
    self.isContentFirst = isContentFirst
  }
}

extension [ChatMessage] {
  /// Whether all messages hold a role and a text, in this order, and no more.
  var arePlain: Bool {
    for index in indices where self[index].extras != nil || self[index].isContentFirst { return false }
    return true
  }

  /// Whether images, sounds or films belong to one of them.
  var haveMedia: Bool {
    for index in indices where !self[index].media.isEmpty { return true }
    return false
  }
}

/// Members of a message beyond a role and a content that is a text.
public final class ChatMessageExtras: Sendable {
  /// What a message's `content` is.
  public enum Content: Sendable, Equatable {
    /// A text: the message's range.
    case text
    /// There is no such member.
    case missing
    /// A number, a truth value, a list or an object.
    case value(JSONValue)
  }

  /// What `content` is.
  public let content: Content
  /// The assistant's reasoning; nil where there is none.
  public let reasoning: JSONValue?
  /// `tool_calls`, a list or a text; nil where there is no such member, which some templates tell from an empty one.
  public let toolCalls: JSONValue?
  /// The whole message as the data has it, which templates may read any member of; nil where it holds a role and a
  /// content only.
  public let object: JSONObject?

  /// Makes the extras of one message.
  public init(
    content: Content = .text, reasoning: JSONValue? = nil, toolCalls: JSONValue? = nil, object: JSONObject? = nil
  ) {
    self.content = content
    self.reasoning = reasoning
    self.toolCalls = toolCalls
    self.object = object
  }
}

extension ChatMessageExtras {
  /// What a template that goes through ``toolCalls`` sees: the calls or, where some data keep them as a text, its
  /// characters; nil where there is no such member.
  var toolCallElements: [JSONValue]? {
    toolCalls?.arrayValue ?? toolCalls?.stringValue?.unicodeScalars.map { .string(String($0)) }
  }
}

extension ChatMessage {
  /// The message as a template reads it.
  ///
  /// - Parameters:
  ///   - text: the text that the message's range points into.
  ///   - number: the message's number from 1 on, for the error.
  /// - Throws: `TemplateError` of origin ``TemplateError/Origin/malformed`` where the content is not UTF-8.
  func json(of text: RawSpan, number: Int) throws(TemplateError) -> JSONValue {
    if let object = extras?.object { return .object(object) }
    var members: [(String, JSONValue)] = [("role", .string(role.name))]
    switch extras?.content {
    case .value(let value): members.append(("content", value))
    case .missing: break
    case nil, .text: members.append(("content", .string(try string(of: text, number: number))))
    }
    if isContentFirst { members.reverse() }
    if let reasoning = extras?.reasoning { members.append(("reasoning_content", reasoning)) }
    if let calls = extras?.toolCalls { members.append(("tool_calls", calls)) }
    return .object(JSONObject(members))
  }

  private func string(of text: RawSpan, number: Int) throws(TemplateError) -> String {
    // A copy, because the bytes may be a mapped file's, which another program may change at any time.
    let bytes = text.extracting(content).withUnsafeBytes { Array($0) }
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw TemplateError(.malformed, "message \(number): content is not UTF-8")
    }
    return string
  }
}
