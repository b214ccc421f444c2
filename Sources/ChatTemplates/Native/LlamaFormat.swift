import JSON

extension ChatTemplate {
  /// The format of meta-llama/Llama-3.3-70B-Instruct.
  public static let llama33 = ChatTemplate(
    name: "llama-3.3", sha256: "e10ca381b1ccc5cf9db52e371f3b6651576caee0a630b452e2816b2d404d4b65",
    bosPolicy: .template,
    parameters: [TemplateParameter("date_string", .text, default: .text(LlamaFormat.defaultDate))], readsTools: true,
    readsBuiltInTools: true, bosToken: LlamaFormat.bosToken,
    engineArguments: ["custom_tools", "tools_in_user_message", "bos_token"],
    turnMarkers: ["<|start_header_id|>", "<|eot_id|>"], body: LlamaFormat.render)
}

/// The turns of Llama 3: a preamble with two dates, then headers that name the speaker.
private enum LlamaFormat {
  static let bosToken = "<|begin_of_text|>"
  /// The date that the template writes where none is given.
  static let defaultDate = "26 Jul 2024"

  static func render(
    _ messages: [ChatMessage], of text: RawSpan, arguments: TemplateArguments, into chat: inout RenderedChat
  ) throws(TemplateError) {
    chat.append(bosToken, as: .overhead)
    chat.append("<|start_header_id|>system<|end_header_id|>\n\n")
    if arguments.tools != nil || arguments.builtInTools != nil { chat.append("Environment: ipython\n") }
    if let builtIn = arguments.builtInTools {
      guard !messages.contains(where: { $0.extras?.toolCalls != nil }) else {
        throw TemplateError(.unsupported, "tool calls beside builtin_tools are not supported by the built-in format")
      }
      chat.append("Tools: ")
      chat.append(builtIn.filter { $0 != "code_interpreter" }.joined(separator: ", "), as: .overhead)
      chat.append("\n\n")
    }
    chat.append("Cutting Knowledge Date: December 2023\nToday Date: ")
    let date = if case .text(let date) = arguments["date_string"] { date } else { defaultDate }
    chat.append(date, as: .overhead)
    chat.append("\n\n")
    var turns = messages[...]
    if let first = messages.first, first.role == .system {
      try first.appendTrimmed(of: text, number: 1, to: &chat, as: .system)
      turns = messages.dropFirst()
    }
    chat.append("<|eot_id|>")
    if let tools = arguments.tools {
      guard let first = turns.first else {
        throw TemplateError(
          .raised, "Cannot put tools in the first user message when there's no first user message!")
      }
      try appendTools(tools, before: first, number: turns.startIndex + 1, of: text, to: &chat)
      turns = turns.dropFirst()
    }
    for (index, message) in zip(turns.indices, turns) {
      if message.role == .assistant { chat.beginAnswer(index) }
      try appendTurn(message, number: index + 1, of: text, to: &chat)
    }
    if arguments.addGenerationPrompt { chat.append("<|start_header_id|>assistant<|end_header_id|>\n\n") }
  }

  /// Tools stand in the first message after the system's, which is shown as the user's.
  private static func appendTools(
    _ tools: [JSONValue], before message: ChatMessage, number: Int, of text: RawSpan, to chat: inout RenderedChat
  ) throws(TemplateError) {
    chat.append("<|start_header_id|>user<|end_header_id|>\n\n")
    chat.append("Given the following functions, please respond with a JSON for a function call ")
    chat.append("with its proper arguments that best answers the given prompt.\n\n")
    chat.append("Respond in the format {\"name\": function name, \"parameters\": dictionary of argument name and its ")
    chat.append("value}.Do not use variables.\n\n")
    for tool in tools {
      tool.append(to: &chat.bytes, .python(indent: 4))
      chat.close(.tool)
      chat.append("\n\n")
    }
    try message.appendTrimmed(of: text, number: number, to: &chat, as: message.role.contentKind)
    chat.append("<|eot_id|>")
  }

  private static func appendTurn(
    _ message: ChatMessage, number: Int, of text: RawSpan, to chat: inout RenderedChat
  ) throws(TemplateError) {
    if let toolCalls = message.extras?.toolCallElements {
      try appendToolCall(toolCalls, to: &chat)
    } else if message.role.contentKind == .tool {
      chat.append("<|start_header_id|>ipython<|end_header_id|>\n\n")
      try appendToolResult(message, number: number, of: text, to: &chat)
    } else {
      chat.append("<|start_header_id|>")
      chat.append(message.role.name, as: .overhead)
      chat.append("<|end_header_id|>\n\n")
      try message.appendTrimmed(of: text, number: number, to: &chat, as: message.role.contentKind)
    }
    chat.append("<|eot_id|>")
  }

  /// A call replaces the message: the template prints neither its role nor its content.
  private static func appendToolCall(_ calls: [JSONValue], to chat: inout RenderedChat) throws(TemplateError) {
    guard let call = calls.first, calls.count == 1 else {
      throw TemplateError(.raised, "This model only supports single tool-calls at once!")
    }
    let function = try TemplateValue.defined(call).attribute("function")
    chat.append("<|start_header_id|>assistant<|end_header_id|>\n\n{\"name\": \"")
    chat.append(try function.attribute("name").concatenated(), as: .assistant)
    chat.append("\", \"parameters\": ")
    try function.attribute("arguments").appendJSON(to: &chat.bytes)
    chat.close(.assistant)
    chat.append("}")
  }

  /// Texts, lists and objects are printed as JSON, everything else as Python prints it.
  private static func appendToolResult(
    _ message: ChatMessage, number: Int, of text: RawSpan, to chat: inout RenderedChat
  ) throws(TemplateError) {
    switch message.unusualContent {
    case nil: JSONWriter.appendQuoted(text.extracting(message.content), to: &chat.bytes)
    case .some(let value):
      switch value {
      case .undefined, .defined(.array), .defined(.object): try value.appendJSON(to: &chat.bytes)
      case .defined: chat.append(try value.printedContent(ofMessage: number), as: .tool)
      }
    }
    chat.close(.tool)
  }
}
