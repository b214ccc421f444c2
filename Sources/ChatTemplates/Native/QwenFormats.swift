import JSON

extension ChatTemplate {
  /// The format of Qwen/Qwen3-32B.
  public static let qwen3 = ChatTemplate(
    name: "qwen-3", sha256: "a55ee1b1660128b7098723e0abcd92caa0788061051c62d51cbe87d9cf1974d8", bosPolicy: .none,
    parameters: [TemplateParameter("enable_thinking", .flag)], readsTools: true,
    turnMarkers: QwenFormats.turnMarkers, body: QwenFormats.render3)

  /// The format of Qwen/Qwen2.5-7B-Instruct.
  public static let qwen25 = ChatTemplate(
    name: "qwen2.5", sha256: "cd8e9439f0570856fd70470bf8889ebd8b5d1107207f67a5efb46e342330527f", bosPolicy: .none,
    readsTools: true, turnMarkers: QwenFormats.turnMarkers, body: QwenFormats.render25)
}

/// The turns of Qwen: ChatML, with tool results as the user's messages.
private enum QwenFormats {
  static let turnMarkers: [StaticString] = ["<|im_start|>", "<|im_end|>"]

  // MARK: Qwen 3

  static func render3(
    _ messages: [ChatMessage], of text: RawSpan, arguments: TemplateArguments, into chat: inout RenderedChat
  ) throws(TemplateError) {
    let query = lastQuery(in: messages, of: text)
    let tools = arguments.tools ?? []
    if !tools.isEmpty {
      chat.append("<|im_start|>system\n")
      if let first = messages.first, first.role == .system {
        try first.appendConcatenated(isFirst: true, of: text, to: &chat, as: .system)
        chat.append("\n\n")
      }
      appendTools(tools, to: &chat)
    }
    for (index, message) in messages.enumerated() {
      switch message.role {
      case .system where index == 0:
        guard tools.isEmpty else { continue }
        chat.append("<|im_start|>system\n")
        try message.appendConcatenated(of: text, to: &chat, as: .system)
        chat.append("<|im_end|>\n")
      case .user, .system:
        chat.append(message.role == .user ? "<|im_start|>user\n" : "<|im_start|>system\n")
        chat.append(message.textContent, of: text, as: message.role.contentKind)
        chat.append("<|im_end|>\n")
      case .assistant:
        chat.beginAnswer(index)
        let showsReasoning: ShownReasoning =
          index <= query ? .never : index == messages.count - 1 ? .always : .ifThereIsAny
        try appendAssistant(message, number: index + 1, reasoning: showsReasoning, of: text, to: &chat)
      case .tool:
        openToolResult(index, in: messages, to: &chat)
        chat.append(message.textContent, of: text, as: .tool)
        closeToolResult(index, in: messages, to: &chat)
      case .other: continue  // The template renders no other role.
      }
    }
    guard arguments.addGenerationPrompt else { return }
    chat.append("<|im_start|>assistant\n")
    if arguments["enable_thinking"] == .flag(false) { chat.append("<think>\n\n</think>\n\n") }
  }

  /// Index of the last message in which the user speaks, not a tool result dressed as one; the last of all where there
  /// is none.
  private static func lastQuery(in messages: [ChatMessage], of text: RawSpan) -> Int {
    let last = messages.lastIndex { message in
      guard message.role == .user, message.unusualContent == nil else { return false }
      return
        !(text.begins(message.content, with: "<tool_response>") && text.ends(message.content, with: "</tool_response>"))
    }
    return last ?? messages.count - 1
  }

  private static func appendAssistant(
    _ message: ChatMessage, number: Int, reasoning shown: ShownReasoning, of text: RawSpan, to chat: inout RenderedChat
  ) throws(TemplateError) {
    var content = message.textContent
    var thinking = content.lowerBound..<content.lowerBound
    let given = message.extras?.reasoning?.stringValue.map { Array($0.utf8) }
    if given == nil { (thinking, content) = splitReasoning(content, of: text) }
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
      chat.append(answer: text.droppingLeadingNewlines(content), within: content, of: text)
    } else {
      chat.append(answer: content, within: content, of: text)
    }
    let calls = message.extras?.toolCallElements ?? []
    try appendToolCalls3(calls, number: number, afterContent: !content.isEmpty, to: &chat)
    chat.append("<|im_end|>\n")
  }

  /// Splits a content at its think block: reasoning is what is before the first `</think>` and after the last
  /// `<think>` in there, content what is after the last `</think>`.
  private static func splitReasoning(
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

  private static func appendToolCalls3(
    _ calls: [JSONValue], number: Int, afterContent: Bool, to chat: inout RenderedChat
  ) throws(TemplateError) {
    for (index, call) in calls.enumerated() {
      if index > 0 || afterContent { chat.append("\n") }
      var call = TemplateValue.defined(call)
      let function = try call.attribute("function")
      if function.isTrue { call = function }
      try appendToolCallName(call, number: number, to: &chat)
      let arguments = try call.attribute("arguments")
      if case .defined(.string(let string)) = arguments {
        chat.append(string, as: .assistant)
      } else {
        try appendToolCallArguments(arguments, to: &chat)
      }
      chat.append("}\n</tool_call>")
    }
  }

  // MARK: Qwen 2.5

  static func render25(
    _ messages: [ChatMessage], of text: RawSpan, arguments: TemplateArguments, into chat: inout RenderedChat
  ) throws(TemplateError) {
    let tools = arguments.tools ?? []
    if messages.first?.role != .system {
      chat.append("<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.")
      if tools.isEmpty { chat.append("<|im_end|>\n") }
    } else if !tools.isEmpty {
      chat.append("<|im_start|>system\n")
      try messages.first?.appendPrinted(of: text, number: 1, to: &chat, as: .system)
    }
    if !tools.isEmpty {
      chat.append("\n\n")
      appendTools(tools, to: &chat)
    }
    for (index, message) in messages.enumerated() {
      switch message.role {
      case .system where index == 0 && !tools.isEmpty: continue
      case .user, .system:
        try appendTurn25(message, of: text, to: &chat)
      case .assistant:
        chat.beginAnswer(index)
        let calls = message.extras?.toolCallElements ?? []
        guard !calls.isEmpty else {
          try appendTurn25(message, of: text, to: &chat)
          continue
        }
        try appendToolCalls25(calls, in: message, number: index + 1, of: text, to: &chat)
      case .tool:
        openToolResult(index, in: messages, to: &chat)
        try message.appendPrinted(of: text, number: index + 1, to: &chat, as: .tool)
        closeToolResult(index, in: messages, to: &chat)
      case .other: continue  // The template renders no other role.
      }
    }
    if arguments.addGenerationPrompt { chat.append("<|im_start|>assistant\n") }
  }

  private static func appendTurn25(
    _ message: ChatMessage, of text: RawSpan, to chat: inout RenderedChat
  ) throws(TemplateError) {
    chat.append("<|im_start|>")
    chat.append(message.role.name, as: .overhead)
    chat.append("\n")
    try message.appendConcatenated(of: text, to: &chat, as: message.role.contentKind)
    chat.append("<|im_end|>\n")
  }

  private static func appendToolCalls25(
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
      try appendToolCallName(call, number: number, to: &chat)
      try appendToolCallArguments(call.attribute("arguments"), to: &chat)
      chat.append("}\n</tool_call>")
    }
    chat.append("<|im_end|>\n")
  }

  // MARK: Both

  /// Appends the tools and ends the system's turn with them.
  private static func appendTools(_ tools: [JSONValue], to chat: inout RenderedChat) {
    chat.append("# Tools\n\nYou may call one or more functions to assist with the user query.\n\n")
    chat.append("You are provided with function signatures within <tools></tools> XML tags:\n<tools>")
    for tool in tools {
      chat.append("\n")
      tool.append(to: &chat.bytes, .python)
      chat.close(.tool)
    }
    chat.append("\n</tools>\n\nFor each function call, return a json object with function name and arguments within ")
    chat.append("<tool_call></tool_call> XML tags:\n<tool_call>\n{\"name\": <function-name>, ")
    chat.append("\"arguments\": <args-json-object>}\n</tool_call><|im_end|>\n")
  }

  /// Opens a turn of the tool results that follow each other, which Qwen shows as one message of the user.
  private static func openToolResult(_ index: Int, in messages: [ChatMessage], to chat: inout RenderedChat) {
    if index == 0 || messages[index - 1].role != .tool { chat.append("<|im_start|>user") }
    chat.append("\n<tool_response>\n")
  }

  /// Closes a tool result, and the turn where it is the last.
  private static func closeToolResult(_ index: Int, in messages: [ChatMessage], to chat: inout RenderedChat) {
    chat.append("\n</tool_response>")
    if index == messages.count - 1 || messages[index + 1].role != .tool { chat.append("<|im_end|>\n") }
  }

  /// Appends a call's name, for both with `{{ call.name }}`.
  private static func appendToolCallName(_ call: TemplateValue, number: Int, to chat: inout RenderedChat)
    throws(TemplateError)
  {
    chat.append("<tool_call>\n{\"name\": \"")
    let name = try call.attribute("name").printed("the name of a tool call in message \(number)")
    chat.append(name, as: .assistant)
    chat.append("\", \"arguments\": ")
  }

  /// Appends a value as JSON that the assistant wrote.
  private static func appendToolCallArguments(_ arguments: TemplateValue, to chat: inout RenderedChat)
    throws(TemplateError)
  {
    try arguments.appendJSON(to: &chat.bytes)
    chat.close(.assistant)
  }
}

/// When an assistant's turn is rendered with a think block.
private enum ShownReasoning {
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
  /// Appends a part of an assistant's content, in which what is between think tags is thinking: the template leaves tags
  /// in a content whose reasoning is given apart.
  fileprivate mutating func append(answer range: Range<Int>, within content: Range<Int>, of text: RawSpan) {
    var start = range.lowerBound
    for found in text.extracting(content).withUnsafeBytes({ ThinkingRanges.find(in: $0) }) {
      let thinking = (found.lowerBound + content.lowerBound..<found.upperBound + content.lowerBound).clamped(to: range)
      append(start..<thinking.lowerBound, of: text, as: .assistant)
      append(thinking, of: text, as: .thinking)
      start = thinking.upperBound
    }
    append(start..<range.upperBound, of: text, as: .assistant)
  }

  fileprivate mutating func appendWithoutOuterNewlines(_ range: Range<Int>, of text: RawSpan, as kind: TokenKind) {
    append(text.droppingLeadingNewlines(text.droppingTrailingNewlines(range)), of: text, as: kind)
  }
}
