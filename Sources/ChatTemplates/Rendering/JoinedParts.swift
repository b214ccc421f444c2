import JSON

/// Messages whose contents are lists of parts, as texts: those of the parts one after the other, with what the model's
/// template writes for an image in the places of images.
struct JoinedParts {
  /// The messages; their ranges point into ``text``.
  private(set) var messages: [ChatMessage] = []
  /// The contents of all messages, one after the other.
  private(set) var text: [UInt8] = []

  /// Joins the parts of every list of texts, images, sounds and films; other contents stay as they are.
  ///
  /// - Parameter images: how the model writes images; nil where nothing says, so that they leave no place.
  init(_ messages: [ChatMessage], of source: RawSpan, images: ImageTokens?) {
    let mark = images.map { String(decoding: $0.mark, as: UTF8.self) } ?? ""
    for message in messages {
      let start = text.count
      guard let joined = message.joinedParts(mark: mark) else {
        source.extracting(message.content).withUnsafeBytes { text.append(contentsOf: $0) }
        self.messages.append(
          ChatMessage(
            role: message.role, content: start..<text.count, extras: message.extras,
            isContentFirst: message.isContentFirst))
        continue
      }
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
  /// Whether the content is a list of parts that can be joined.
  public var hasParts: Bool { joinedParts(mark: "") != nil }

  /// The parts of a content that is a list of texts, images, sounds and films; nil for any other.
  ///
  /// - Parameter mark: what is written for an image. Sounds and films have no place.
  fileprivate func joinedParts(mark: String) -> String? {
    guard case .value(.array(let elements)) = extras?.content, !elements.isEmpty else { return nil }
    var joined = ""
    for element in elements {
      guard let part = element.objectValue else { return nil }
      switch MediaPart(part) {
      case .image?: joined += mark
      case .other?: continue
      case nil:
        guard let text = part["text"]?.stringValue, part["type"]?.stringValue ?? "text" == "text" else { return nil }
        joined += text
      }
    }
    return joined
  }
}
