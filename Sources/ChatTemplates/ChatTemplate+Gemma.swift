extension ChatTemplate {
  func renderGemma(
    _ messages: [ChatMessage], of text: RawSpan, arguments: TemplateArguments, into chat: inout RenderedChat
  ) throws(TemplateError) {
    chat.append("<bos>")
    if messages.first?.role == .system { throw TemplateError(.raised, "System role not supported") }
    for (index, message) in messages.enumerated() {
      guard (message.role == .user) == index.isMultiple(of: 2) else {
        throw TemplateError(.raised, "Conversation roles must alternate user/assistant/user/assistant/...")
      }
      chat.append("<start_of_turn>")
      // The model's own name for the assistant may stand in the data as well.
      let isModel = message.role == .assistant || message.role == .other("model")
      chat.append(isModel ? "model" : message.role.name, as: .overhead)
      chat.append("\n")
      let kind = isModel ? .assistant : message.role.contentKind
      try message.appendTrimmed(of: text, number: index + 1, to: &chat, as: kind)
      chat.append("<end_of_turn>\n")
    }
    if arguments.addGenerationPrompt { chat.append("<start_of_turn>model\n") }
  }
}
