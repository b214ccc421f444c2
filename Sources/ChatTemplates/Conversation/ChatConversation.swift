public import JSON

/// A conversation read from JSON: messages and the text they point into.
public struct ChatConversation: Sendable {
  /// The contents of all messages, one after the other (UTF-8).
  public private(set) var text: [UInt8] = []
  /// The messages in order.
  public private(set) var messages: [ChatMessage] = []

  /// Reads the value of a `messages` member: a list of objects with `role` and `content`.
  ///
  /// Members that are null count as missing, as they do for `apply_chat_template` since transformers 5. Of
  /// `reasoning_content` and its older names `thinking` and `reasoning` the first that is not null counts.
  ///
  /// - Throws: `TemplateError` naming the message, counted from 1.
  /// - Complexity: O(bytes of the messages).
  public init(messages value: JSONValue) throws(TemplateError) {
    guard let elements = value.arrayValue else {
      throw TemplateError(.malformed, "\"messages\" is \(value.kindName); a list of messages is expected")
    }
    messages.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() { try append(element, number: index + 1) }
  }

  /// Reads an object with `messages`, such as a line of a JSONL file.
  ///
  /// - Throws: `TemplateError`.
  public init(row: JSONObject) throws(TemplateError) {
    guard let value = row["messages"] else { throw TemplateError(.malformed, "\"messages\" is missing") }
    try self.init(messages: value)
  }

  private mutating func append(_ element: JSONValue, number: Int) throws(TemplateError) {
    guard let message = element.objectValue else {
      throw TemplateError(
        .malformed, "message \(number) is \(element.kindName); an object with role and content is expected")
    }
    guard let role = Self.member("role", of: message) else {
      throw TemplateError(.malformed, "message \(number): \"role\" is missing")
    }
    guard let roleName = role.stringValue else {
      throw TemplateError(.malformed, "message \(number): \"role\" is \(role.kindName); a string is expected")
    }
    let start = text.count
    let content = append(content: Self.member("content", of: message))
    let reasoning = ["reasoning_content", "thinking", "reasoning"].lazy
      .compactMap { Self.member($0, of: message) }.first
    let toolCalls = Self.member("tool_calls", of: message)
    if let toolCalls, toolCalls.arrayValue == nil, toolCalls.stringValue == nil {
      throw TemplateError(.malformed, "message \(number): \"tool_calls\" is \(toolCalls.kindName); a list is expected")
    }
    let isPlain = content == .text && message.count == 2
    messages.append(
      ChatMessage(
        role: ChatRole(roleName), content: start..<text.count,
        extras: isPlain
          ? nil : ChatMessageExtras(content: content, reasoning: reasoning, toolCalls: toolCalls, object: message),
        isContentFirst: message.members.first?.key == "content"))
  }

  private static func member(_ name: String, of message: JSONObject) -> JSONValue? {
    message[name].flatMap { $0 == .null ? nil : $0 }
  }

  private mutating func append(content: JSONValue?) -> ChatMessageExtras.Content {
    guard let content else { return .missing }
    guard let string = content.stringValue else { return .value(content) }
    text.append(contentsOf: string.utf8)
    return .text
  }
}
