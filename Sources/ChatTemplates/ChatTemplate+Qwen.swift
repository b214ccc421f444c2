import JSON

/// What Qwen-2.5 and Qwen-3 share.
extension ChatTemplate {
  /// Opens a turn of the tool results that follow each other, which Qwen shows as one message of the user.
  func openQwenToolResult(_ index: Int, in messages: [ChatMessage], to chat: inout RenderedChat) {
    if index == 0 || messages[index - 1].role != .tool { chat.append("<|im_start|>user") }
    chat.append("\n<tool_response>\n")
  }

  /// Closes a tool result, and the turn where it is the last.
  func closeQwenToolResult(_ index: Int, in messages: [ChatMessage], to chat: inout RenderedChat) {
    chat.append("\n</tool_response>")
    if index == messages.count - 1 || messages[index + 1].role != .tool { chat.append("<|im_end|>\n") }
  }

  /// Appends a call's name, for both with `{{ call.name }}`.
  func appendQwenToolCallName(_ call: TemplateValue, number: Int, to chat: inout RenderedChat) throws(TemplateError) {
    chat.append("<tool_call>\n{\"name\": \"")
    let name = try call.attribute("name").printed("the name of a tool call in message \(number)")
    chat.append(name, as: .assistant)
    chat.append("\", \"arguments\": ")
  }

  /// Appends a value as JSON that the assistant wrote.
  func appendQwenToolCallArguments(_ arguments: TemplateValue, to chat: inout RenderedChat) throws(TemplateError) {
    try arguments.appendJSON(to: &chat.bytes)
    chat.close(.assistant)
  }
}
