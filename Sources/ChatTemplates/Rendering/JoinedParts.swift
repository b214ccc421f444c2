import JSON

/// Messages whose contents are lists of parts, with the parts' texts joined.
struct JoinedParts {
  /// The messages; their ranges point into ``text``.
  private(set) var messages: [ChatMessage] = []
  /// The contents of all messages, one after the other.
  private(set) var text: [UInt8] = []

  /// Joins the texts of every list of text parts; other contents stay as they are.
  init(_ messages: [ChatMessage], of source: RawSpan) {
    for message in messages {
      let start = text.count
      guard let parts = message.textParts else {
        source.extracting(message.content).withUnsafeBytes { text.append(contentsOf: $0) }
        self.messages.append(
          ChatMessage(
            role: message.role, content: start..<text.count, extras: message.extras,
            isContentFirst: message.isContentFirst))
        continue
      }
      let joined = parts.joined()
      text.append(contentsOf: joined.utf8)
      var object = message.extras?.object
      object?["content"] = .string(joined)
      let extras = ChatMessageExtras(
        reasoning: message.extras?.reasoning, toolCalls: message.extras?.toolCalls, object: object)
      self.messages.append(ChatMessage(role: message.role, content: start..<text.count, extras: extras))
    }
  }
}

extension ChatMessage {
  /// Whether the content is a list of text parts.
  public var hasParts: Bool { textParts != nil }

  /// The texts of a content that is a list of text parts only; nil for any other.
  fileprivate var textParts: [String]? {
    guard case .value(.array(let elements)) = extras?.content, !elements.isEmpty else { return nil }
    var texts: [String] = []
    for element in elements {
      guard let text = element["text"]?.stringValue, element["type"]?.stringValue ?? "text" == "text" else {
        return nil
      }
      texts.append(text)
    }
    return texts
  }
}
