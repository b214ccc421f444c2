extension ChatTemplate {
  /// The format of google/gemma-2-27b-it.
  public static let gemma2 = ChatTemplate(
    name: "gemma-2", sha256: "ecd6ae513fe103f0eb62e8ab5bfa8d0fe45c1074fa398b089c93a7e70c15cfd6",
    bosPolicy: .template, bosToken: GemmaFormat.bosToken, engineArguments: ["bos_token"],
    turnMarkers: ["<start_of_turn>", "<end_of_turn>"], body: GemmaFormat.render)
}

/// The turns of Gemma 2: no system's, the user's and the model's in turn.
private enum GemmaFormat {
  static let bosToken = "<bos>"

  static func render(
    _ messages: [ChatMessage], of text: RawSpan, arguments: TemplateArguments, into chat: inout RenderedChat
  ) throws(TemplateError) {
    chat.append(bosToken, as: .overhead)
    if messages.first?.role == .system { throw TemplateError(.raised, "System role not supported") }
    for (index, message) in messages.enumerated() {
      guard (message.role == .user) == index.isMultiple(of: 2) else {
        throw TemplateError(.raised, "Conversation roles must alternate user/assistant/user/assistant/...")
      }
      // Data may give the assistant the name that the template gives it.
      let isModel = message.role == .assistant || message.role == .other("model")
      if isModel { chat.beginAnswer(index) }
      chat.append("<start_of_turn>")
      chat.append(isModel ? "model" : message.role.name, as: .overhead)
      chat.append("\n")
      let kind = isModel ? .assistant : message.role.contentKind
      try message.appendTrimmed(of: text, number: index + 1, to: &chat, as: kind)
      chat.append("<end_of_turn>\n")
    }
    if arguments.addGenerationPrompt { chat.append("<start_of_turn>model\n") }
  }
}
