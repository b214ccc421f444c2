public import JSON
import Support

/// A conversation with everything that `apply_chat_template` takes beside it.
public struct ChatTemplateRequest: Sendable {
  /// Whether the last message is to be continued, and which of its members.
  public enum Continuation: Sendable, Hashable {
    case none
    case member(String)
  }

  /// The messages: a list of objects.
  public var messages: JSONValue
  /// Tools as JSON schemas; nil where there are none.
  public var tools: JSONValue?
  /// Documents for retrieval; nil where there are none.
  public var documents: JSONValue?
  /// Special tokens by name, as texts.
  public var specialTokens = JSONObject()
  /// Further arguments; they go before special tokens of the same name.
  public var arguments = JSONObject()
  /// Whether the text ends with the beginning of an assistant's turn.
  public var addGenerationPrompt = false
  /// Whether the text ends within the last message.
  public var continuation = Continuation.none
  /// Whether private characters in the texts stand for halves of surrogate pairs, as `JinjaInput` explains.
  public var readsStandIns = false

  /// Makes a request that asks for nothing but the messages.
  public init(messages: JSONValue) { self.messages = messages }

  /// Takes special tokens by name: those that configuration files write as objects by their content, null as absent.
  ///
  /// - Throws: `TemplateError` of origin ``TemplateError/Origin/malformed`` where the value, or one of them, is no such.
  public mutating func setSpecialTokens(_ value: JSONValue) throws(TemplateError) {
    specialTokens = JSONObject()
    guard value != .null else { return }
    guard case .object(let tokens) = value else {
      throw TemplateError(.malformed, "\"special_tokens\" is \(value.kindName); an object is expected")
    }
    for member in tokens.members where member.value != .null {
      switch member.value {
      case .string, .array: specialTokens[member.key] = member.value
      case .object(let token):
        guard let content = token["content"], content.stringValue != nil else { fallthrough }
        specialTokens[member.key] = content
      default:
        throw TemplateError(
          .malformed, "the special token \"\(member.key)\" is \(member.value.kindName); a string is expected")
      }
    }
  }

  /// Takes arguments by name, those with a meaning of their own included.
  ///
  /// `tools`, `documents`, `add_generation_prompt` and `continue_final_message` are set, also where they are members of
  /// `chat_template_kwargs`, whose others are further arguments as all others are.
  public mutating func setArguments(_ values: JSONObject) {
    for member in values.members {
      switch (member.key, member.value) {
      case ("tools", let value): tools = value == .null ? nil : value
      case ("documents", let value): documents = value == .null ? nil : value
      case ("add_generation_prompt", let value): addGenerationPrompt = value.isTrue
      case ("continue_final_message", .string(let name)):
        continuation = name.isEmpty ? .none : .member(name)
      case ("continue_final_message", let value): continuation = value.isTrue ? .member("content") : .none
      case ("chat_template_kwargs", .object(let object)): setArguments(object)
      case ("chat_template_kwargs", .null): break
      default: arguments[member.key] = member.value
      }
    }
  }
}

extension JSONValue {
  /// Python's truth of the value.
  fileprivate var isTrue: Bool {
    switch self {
    case .null: false
    case .bool(let flag): flag
    case .integer(let number): number != 0
    case .bigInteger: true
    case .double(let number): number != 0
    case .string(let text): !text.isEmpty
    case .array(let elements): !elements.isEmpty
    case .object(let object): !object.isEmpty
    }
  }

  /// Name of the value's type in Python.
  fileprivate var pythonTypeName: String {
    switch self {
    case .null: "NoneType"
    case .bool: "bool"
    case .integer, .bigInteger: "int"
    case .double: "float"
    case .string: "str"
    case .array: "list"
    case .object: "dict"
    }
  }
}

extension JinjaTemplate {
  private static let reasoningNames = ["reasoning_content", "thinking", "reasoning"]
  static let continuationMark = "CONTINUE_FINAL_MESSAGE_TAG "

  /// Renders a conversation as `apply_chat_template(messages, tokenize=False, ...)` does.
  ///
  /// Members that are null are dropped, reasoning is copied to the names that templates read, the special tokens and
  /// arguments become variables, and a continued message is cut at its end.
  ///
  /// Source: transformers 5.23, `tokenization_utils_base.py` and `chat_template_utils.py`.
  ///
  /// - Throws: `TemplateError` as ``render(_:clock:reportsMembers:into:)``, and with the reference's ValueError or TypeError where the
  ///   request cannot be rendered.
  @discardableResult
  public func apply(
    _ request: ChatTemplateRequest, clock: TemplateClock? = nil, reportsMembers: Bool = false,
    into chat: inout RenderedChat
  ) throws(TemplateError) -> Details {
    chat.removeAll()
    var messages = try Self.messages(of: request)
    if request.continuation != .none, request.addGenerationPrompt {
      throw .value(
        "continue_final_message and add_generation_prompt are not compatible. Use continue_final_message when you want "
          + "the model to continue the final message, and add_generation_prompt when you want to add a header that will "
          + "prompt it to start a new assistant message instead.")
    }
    try Self.check(request)
    messages = messages.map(Self.aliasingReasoning)
    let final = try continueLast(of: &messages, request.continuation)
    let input = JinjaInput(
      variables: Self.variables(messages, request), findsThinking: findsThinking,
      readsStandIns: request.readsStandIns)
    let finalText = final.map { request.readsStandIns ? JinjaText(JinjaText.resolvingStandIns($0)) : JinjaText($0) }
    return try run(input, clock: clock) { renderer throws(TemplateError) in
      if let finalText { try Self.cut(renderer, after: finalText) }
      return renderer.withOutput { output in
        chat.assign(output, kinds: input.kinds)
        return Details(
          generations: chat.visible(renderer.generations), members: reportsMembers ? input.coverage(of: output) : [])
      }
    }
  }

  /// Renders messages that hold a role and a text and no more, as `apply_chat_template` does.
  ///
  /// - Parameters:
  ///   - messages: the messages, at least one, without ``ChatMessage/extras``.
  ///   - text: the buffer that their ranges point into.
  ///   - request: everything but the messages; no message is to be continued.
  /// - Returns: what `{% generation %}` blocks printed.
  /// - Throws: `TemplateError` as for a request of JSON, and where a content is not UTF-8.
  @discardableResult
  public func apply(
    _ messages: [ChatMessage], of text: RawSpan, _ request: ChatTemplateRequest, clock: TemplateClock? = nil,
    into chat: inout RenderedChat
  ) throws(TemplateError) -> Details {
    chat.removeAll()
    return Details(generations: try makeSession(request, clock: clock).render(messages, of: text, into: &chat))
  }

  /// What renders conversations whose messages hold a role and a text and no more, one after the other.
  ///
  /// - Parameters:
  ///   - request: everything but the messages; no message is to be continued.
  ///   - clock: what `strftime_now` sees.
  /// - Throws: `TemplateError` as for a request with messages.
  func makeSession(_ request: ChatTemplateRequest, clock: TemplateClock?) throws(TemplateError) -> PlainSession {
    try Self.check(request)
    return PlainSession(self, JinjaInput(variables: Self.variables(nil, request), findsThinking: false), clock: clock)
  }

  static var noMessages: TemplateError {
    .value("Cannot apply chat template to an empty conversation. Provide at least one message.")
  }

  /// The messages without members that are null.
  private static func messages(of request: ChatTemplateRequest) throws(TemplateError) -> [JSONObject] {
    let elements: [JSONValue]
    switch request.messages {
    case .array(let array):
      guard let first = array.first else { throw noMessages }
      if case .array = first {
        throw .unsupported("messages is a list of conversations, which is not supported; give each a row of its own")
      }
      elements = array
    // Python goes through the characters of a text and the names of a dict, none of which is a message.
    case .string(let text): elements = text.isEmpty ? [] : [request.messages]
    case .object(let object): elements = object.isEmpty ? [] : [.string("")]
    default: throw .type("'\(request.messages.pythonTypeName)' object is not iterable")
    }
    var messages: [JSONObject] = []
    for element in elements {
      guard case .object(let object) = element else {
        throw TemplateError(
          .failed, "'\(element.pythonTypeName)' object has no attribute 'items'", className: "AttributeError")
      }
      messages.append(JSONObject(object.members.filter { $0.value != .null }.map { ($0.key, $0.value) }))
    }
    return messages
  }

  private static func check(_ request: ChatTemplateRequest) throws(TemplateError) {
    for (name, value) in [("tools", request.tools), ("documents", request.documents)] {
      if let error = value.flatMap({ fault(of: $0, named: name) }) { throw error }
    }
  }

  /// Why `tools` or `documents` of this value are refused; nil where they are not.
  static func fault(of value: JSONValue, named name: String) -> TemplateError? {
    let elements: [JSONValue]
    switch value {
    case .array(let array): elements = array
    // Python goes through the characters of a text and the names of a dict.
    case .string(let text): elements = text.isEmpty ? [] : [.null]
    case .object(let object): elements = object.isEmpty ? [] : [.null]
    default: return .type("'\(value.pythonTypeName)' object is not iterable")
    }
    if elements.allSatisfy({ $0.objectValue != nil }) { return nil }
    return name == "tools"
      ? .value(
        "Tools should either be a JSON schema, or a callable function with type hints and a docstring suitable for "
          + "auto-conversion to a schema.")
      : .type("Documents should be a list of dicts with 'title' and 'text' keys!")
  }

  /// Puts the reasoning under the names that templates read: in front of the message, and under the standard name.
  private static func aliasingReasoning(_ message: JSONObject) -> JSONObject {
    guard let reasoning = reasoningNames.lazy.compactMap({ message[$0] }).first else { return message }
    var result = JSONObject([("thinking", reasoning)])
    for member in message.members { result[member.key] = member.value }
    result["reasoning_content"] = reasoning
    return result
  }

  private static func variables(_ messages: [JSONObject]?, _ request: ChatTemplateRequest) -> JSONObject {
    var variables = request.specialTokens
    for member in request.arguments.members { variables[member.key] = member.value }
    variables["messages"] = messages.map { .array($0.map { .object($0) }) }
    // A list is made of the tools, where there are none in an empty text or dict too.
    variables["tools"] = request.tools.map { $0.arrayValue == nil ? .array([]) : $0 } ?? .null
    variables["documents"] = request.documents ?? .null
    variables["add_generation_prompt"] = .bool(request.addGenerationPrompt)
    return variables
  }

  // MARK: - Continuing the last message

  /// Marks the end of the last message's text and returns the text; nil where nothing is continued.
  private func continueLast(
    of messages: inout [JSONObject], _ continuation: ChatTemplateRequest.Continuation
  ) throws(TemplateError) -> String? {
    guard case .member(let name) = continuation else { return nil }
    guard var last = messages.last else {
      throw .value("continue_final_message is set but the conversation is empty!")
    }
    guard let value = last[name] else {
      throw .value("continue_final_message is set but the final message has no \"\(name)\" to continue!")
    }
    var names = [name]
    if Self.reasoningNames.contains(name) { names = Self.reasoningNames.filter { last[$0] == value } }
    guard names.contains(where: { source.contains(bytesOf: $0) }) else {
      throw .value(
        "continue_final_message is set to \"\(name)\" but this is not an accepted field in the chat_template")
    }
    let text: String
    switch value {
    case .string(let string):
      text = string
      for name in names { last[name] = .string(string + Self.continuationMark) }
    case .array(let elements):
      let (marked, found) = try Self.markLastText(in: elements)
      text = found
      last[name] = .array(marked)
    default:
      let message =
        switch value {
        case .object: "unsupported operand type(s) for +: 'dict' and 'str'"
        default: "unsupported operand type(s) for +: '\(value.pythonTypeName)' and 'str'"
        }
      throw .type(message)
    }
    messages[messages.count - 1] = last
    return text
  }

  private static func markLastText(in elements: [JSONValue]) throws(TemplateError) -> ([JSONValue], String) {
    for (index, element) in elements.enumerated().reversed() {
      switch element {
      case .object(var object):
        guard let value = object["text"] else { continue }
        guard case .string(let text) = value else {
          throw .type("unsupported operand type(s) for +: '\(value.pythonTypeName)' and 'str'")
        }
        object["text"] = .string(text + continuationMark)
        var elements = elements
        elements[index] = .object(object)
        return (elements, text)
      case .string(let text):
        guard text.contains(bytesOf: "text") else { continue }
        throw .type("string indices must be integers, not 'str'")
      default: throw .type("argument of type '\(element.pythonTypeName)' is not iterable")
      }
    }
    throw .value("continue_final_message is set but we could not find any text to continue in the final message!")
  }

  /// Cuts the output where the continued text ends.
  private static func cut(_ renderer: Renderer, after final: JinjaText) throws(TemplateError) {
    let text = renderer.withOutput { JinjaText(Array($0.buffer)) }
    guard let place = placeOfContinuation(of: final, in: text) else {
      throw lostContinuation(of: final, in: text)
    }
    renderer.truncateOutput(to: place)
  }

  /// Where a rendered text ends whose last message is continued; nil where that does not appear.
  static func placeOfContinuation(of final: JinjaText, in text: JinjaText) -> Int? {
    let trimmed = TextSearch.trimmed(final, .both, of: nil)
    let mark = TextSearch.trimmed(JinjaText(continuationMark), .both, of: nil)
    guard TextSearch.find(trimmed, in: text) != nil, let place = TextSearch.findLast(mark, in: text) else { return nil }
    let isWhole = TextSearch.hasPrefix(text.slice(place..<text.count), JinjaText(continuationMark))
    return isWhole ? place : TextSearch.trimmed(text.slice(0..<place), .right, of: nil).count
  }

  /// The reference's error where the message to continue does not appear.
  static func lostContinuation(of final: JinjaText, in text: JinjaText) -> TemplateError {
    let message =
      "continue_final_message is set but the final message does not appear in the chat after applying the chat "
      + "template! This can happen if the chat template deletes portions of the final message. Please verify the "
      + "chat template and final message in your chat to ensure they are compatible.Final message to continue: "
    let found = TextSearch.trimmed(final, .both, of: nil).array + Array("\nRendered chat:\n".utf8) + text.array
    return TemplateError(.failed, text: Array(message.utf8) + found, className: "ValueError")
  }
}

/// One of several named templates of a model.
public enum NamedTemplate {
  /// The name of the template that `apply_chat_template` takes: `tool_use` where there are tools and it exists, else
  /// `default`; nil where neither can be used.
  public static func choice(among names: [String], hasTools: Bool) -> String? {
    if hasTools, names.contains("tool_use") { return "tool_use" }
    return names.contains("default") ? "default" : nil
  }
}
