import JSON

extension ChatTemplate {
  func renderQwen3(
    _ messages: [ChatMessage], of text: RawSpan, arguments: TemplateArguments, into chat: inout RenderedChat
  ) throws(TemplateError) {
    let lastQuery = lastQwen3Query(in: messages, of: text)
    for (index, message) in messages.enumerated() {
      switch message.role {
      case .system where index == 0:
        chat.append("<|im_start|>system\n")
        try message.appendConcatenated(of: text, to: &chat, as: .system)
        chat.append("<|im_end|>\n")
      case .user, .system:
        chat.append(message.role == .user ? "<|im_start|>user\n" : "<|im_start|>system\n")
        chat.append(message.textContent, of: text, as: message.role.contentKind)
        chat.append("<|im_end|>\n")
      case .assistant:
        let showsReasoning: Qwen3Reasoning =
          index <= lastQuery ? .never : index == messages.count - 1 ? .always : .ifThereIsAny
        try appendQwen3Assistant(message, number: index + 1, reasoning: showsReasoning, of: text, to: &chat)
      case .tool:
        openQwenToolResult(index, in: messages, to: &chat)
        chat.append(message.textContent, of: text, as: .tool)
        closeQwenToolResult(index, in: messages, to: &chat)
      case .other: continue  // The template renders no other role.
      }
    }
    guard arguments.addGenerationPrompt else { return }
    chat.append("<|im_start|>assistant\n")
    if arguments.enableThinking == false { chat.append("<think>\n\n</think>\n\n") }
  }

  /// Index of the last message in which the user speaks, not a tool result dressed as one; the last of all where there
  /// is none.
  private func lastQwen3Query(in messages: [ChatMessage], of text: RawSpan) -> Int {
    let last = messages.lastIndex { message in
      guard message.role == .user, message.unusualContent == nil else { return false }
      return
        !(text.begins(message.content, with: "<tool_response>") && text.ends(message.content, with: "</tool_response>"))
    }
    return last ?? messages.count - 1
  }

  private func appendQwen3Assistant(
    _ message: ChatMessage, number: Int, reasoning shown: Qwen3Reasoning, of text: RawSpan, to chat: inout RenderedChat
  ) throws(TemplateError) {
    var content = message.textContent
    var thinking = content.lowerBound..<content.lowerBound
    let given = message.extras?.reasoning?.stringValue.map { Array($0.utf8) }
    if given == nil { (thinking, content) = splitQwen3Reasoning(content, of: text) }
    chat.append("<|im_start|>assistant\n")
    let hasReasoning = given.map { !$0.isEmpty } ?? !thinking.isEmpty
    if shown == .always || (shown == .ifThereIsAny && hasReasoning) {
      chat.append("<think>\n")
      if let given {
        chat.appendWithoutOuterNewlines(0..<given.count, of: given.span.bytes, as: .thinking)
      } else {
        chat.appendWithoutOuterNewlines(thinking, of: text, as: .thinking)
      }
      chat.append("\n</think>\n\n")
      chat.append(text.droppingLeadingNewlines(content), of: text, as: .assistant)
    } else {
      chat.append(content, of: text, as: .assistant)
    }
    let calls = message.extras?.toolCalls?.arrayValue ?? []
    try appendQwen3ToolCalls(calls, number: number, behindContent: !content.isEmpty, to: &chat)
    chat.append("<|im_end|>\n")
  }

  /// Splits a content at its think block: reasoning is what stands before the first `</think>` and behind the last
  /// `<think>` in there, content what stands behind the last `</think>`.
  private func splitQwen3Reasoning(
    _ content: Range<Int>, of text: RawSpan
  ) -> (reasoning: Range<Int>, content: Range<Int>) {
    guard let first = text.firstRange(of: "</think>", in: content) else {
      return (content.lowerBound..<content.lowerBound, content)
    }
    let head = text.droppingTrailingNewlines(content.lowerBound..<first.lowerBound)
    let opening = text.lastRange(of: "<think>", in: head)?.upperBound ?? head.lowerBound
    let last = text.lastRange(of: "</think>", in: first.lowerBound..<content.upperBound) ?? first
    return (
      text.droppingLeadingNewlines(opening..<head.upperBound),
      text.droppingLeadingNewlines(last.upperBound..<content.upperBound)
    )
  }

  private func appendQwen3ToolCalls(
    _ calls: [JSONValue], number: Int, behindContent: Bool, to chat: inout RenderedChat
  ) throws(TemplateError) {
    for (index, call) in calls.enumerated() {
      if index > 0 || behindContent { chat.append("\n") }
      var call = TemplateValue.defined(call)
      let function = try call.attribute("function")
      if function.isTrue { call = function }
      try appendQwenToolCallName(call, number: number, to: &chat)
      let arguments = try call.attribute("arguments")
      if case .defined(.string(let string)) = arguments {
        chat.append(string, as: .assistant)
      } else {
        try appendQwenToolCallArguments(arguments, to: &chat)
      }
      chat.append("}\n</tool_call>")
    }
  }
}

/// When an assistant's turn is rendered with a think block.
private enum Qwen3Reasoning {
  /// The turn is no answer to the last question.
  case never
  /// The turn is between the last question and the last turn.
  case ifThereIsAny
  /// The turn is the last.
  case always
}

extension ChatMessage {
  /// The content where it is a text, else nothing: what Qwen-3 renders.
  fileprivate var textContent: Range<Int> {
    unusualContent == nil ? content : content.lowerBound..<content.lowerBound
  }
}

extension RenderedChat {
  fileprivate mutating func appendWithoutOuterNewlines(_ range: Range<Int>, of text: RawSpan, as kind: TokenKind) {
    append(text.droppingLeadingNewlines(text.droppingTrailingNewlines(range)), of: text, as: kind)
  }
}
