import JSON

extension ChatTemplate {
  func renderQwen25(
    _ messages: [ChatMessage], of text: RawSpan, arguments: TemplateArguments, into chat: inout RenderedChat
  ) throws(TemplateError) {
    if messages.first?.role != .system {
      chat.append(
        "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n")
    }
    for (index, message) in messages.enumerated() {
      switch message.role {
      case .user, .system:
        try appendQwen25Turn(message, of: text, to: &chat)
      case .assistant:
        let calls = message.extras?.toolCalls?.arrayValue ?? []
        guard !calls.isEmpty else {
          try appendQwen25Turn(message, of: text, to: &chat)
          continue
        }
        try appendQwen25ToolCalls(calls, in: message, number: index + 1, of: text, to: &chat)
      case .tool:
        openQwenToolResult(index, in: messages, to: &chat)
        try message.appendPrinted(of: text, number: index + 1, to: &chat, as: .tool)
        closeQwenToolResult(index, in: messages, to: &chat)
      case .other: continue  // The template renders no other role.
      }
    }
    if arguments.addGenerationPrompt { chat.append("<|im_start|>assistant\n") }
  }

  private func appendQwen25Turn(
    _ message: ChatMessage, of text: RawSpan, to chat: inout RenderedChat
  ) throws(TemplateError) {
    chat.append("<|im_start|>")
    chat.append(message.role.name, as: .overhead)
    chat.append("\n")
    try message.appendConcatenated(of: text, to: &chat, as: message.role.contentKind)
    chat.append("<|im_end|>\n")
  }

  private func appendQwen25ToolCalls(
    _ calls: [JSONValue], in message: ChatMessage, number: Int, of text: RawSpan, to chat: inout RenderedChat
  ) throws(TemplateError) {
    chat.append("<|im_start|>assistant")
    if message.unusualContent?.isTrue ?? !message.content.isEmpty {
      chat.append("\n")
      try message.appendConcatenated(of: text, to: &chat, as: .assistant)
    }
    for call in calls {
      var call = TemplateValue.defined(call)
      let function = try call.attribute("function")
      if !function.isUndefined { call = function }
      chat.append("\n")
      try appendQwenToolCallName(call, number: number, to: &chat)
      try appendQwenToolCallArguments(call.attribute("arguments"), to: &chat)
      chat.append("}\n</tool_call>")
    }
    chat.append("<|im_end|>\n")
  }
}
