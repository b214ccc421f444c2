extension ChatTemplate {
  /// Renders a conversation as the official template does, with what every part stands for.
  ///
  /// - Parameters:
  ///   - messages: the messages in order.
  ///   - text: the buffer that the messages' ranges point into; a range outside it is a programming error.
  ///   - arguments: what the template is told beyond the messages.
  ///   - chat: receives the text; what was in it is lost, its storage is kept. Empty after an error.
  /// - Throws: `TemplateError` where the official template raises, and where it prints what is not supported.
  /// - Complexity: O(bytes of the messages).
  public func render(
    _ messages: [ChatMessage], of text: RawSpan, arguments: TemplateArguments = TemplateArguments(),
    into chat: inout RenderedChat
  ) throws(TemplateError) {
    chat.removeAll()
    do throws(TemplateError) {
      // All four templates look at messages[0] first.
      guard !messages.isEmpty else { throw TemplateError(.failed, "list object has no element 0") }
      switch self {
      case .gemma2: try renderGemma(messages, of: text, arguments: arguments, into: &chat)
      case .llama33: try renderLlama(messages, of: text, arguments: arguments, into: &chat)
      case .qwen3: try renderQwen3(messages, of: text, arguments: arguments, into: &chat)
      case .qwen25: try renderQwen25(messages, of: text, arguments: arguments, into: &chat)
      }
    } catch {
      chat.removeAll()
      throw error
    }
  }

  /// Renders a conversation that was read from JSON.
  ///
  /// - Throws: as ``render(_:of:arguments:into:)``.
  public func render(
    _ conversation: ChatConversation, arguments: TemplateArguments = TemplateArguments(), into chat: inout RenderedChat
  ) throws(TemplateError) {
    try render(conversation.messages, of: conversation.text.span.bytes, arguments: arguments, into: &chat)
  }
}

extension RenderedChat {
  /// Replaces the text with the messages' contents joined by one space: what seed mode counts where a template raises.
  ///
  /// A content that is no text counts as empty.
  ///
  /// - Complexity: O(bytes of the messages).
  public mutating func joinContents(_ messages: [ChatMessage], of text: RawSpan) {
    removeAll()
    for (index, message) in messages.enumerated() {
      if index > 0 { append(" ") }
      append(message.content, of: text, as: message.role.contentKind)
    }
  }
}
