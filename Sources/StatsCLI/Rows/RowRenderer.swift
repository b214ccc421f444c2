import ChatTemplates

/// Turns rows into the text that a model reads, in memory that is used again for the next row.
struct RowRenderer {
  /// The format of conversations.
  let template: ChatTemplate
  /// What the format is told beyond the messages.
  let arguments: TemplateArguments

  private var chat = RenderedChat()

  init(template: ChatTemplate, arguments: TemplateArguments) {
    self.template = template
    self.arguments = arguments
  }

  /// The bytes of a text as it is, or of a conversation as the template renders it.
  ///
  /// - Throws: `RowFault` with the template's own message where the template raises.
  mutating func render(_ row: TextRow) throws(RowFault) -> [UInt8] {
    switch row {
    case .text(let text):
      return Array(text.utf8)
    case .chat(let conversation, let addGenerationPrompt):
      var arguments = arguments
      if let addGenerationPrompt { arguments.addGenerationPrompt = addGenerationPrompt }
      return try render(conversation.messages, of: conversation.text.span.bytes, arguments: arguments)
    }
  }

  /// The bytes of a conversation whose messages point into `text`.
  ///
  /// - Throws: `RowFault` with the template's own message where the template raises.
  mutating func render(_ messages: [ChatMessage], of text: RawSpan) throws(RowFault) -> [UInt8] {
    try render(messages, of: text, arguments: arguments)
  }

  private mutating func render(
    _ messages: [ChatMessage], of text: RawSpan, arguments: TemplateArguments
  ) throws(RowFault) -> [UInt8] {
    do {
      try template.render(messages, of: text, arguments: arguments, into: &chat)
    } catch {
      throw RowFault(error.message)
    }
    return chat.bytes
  }
}
