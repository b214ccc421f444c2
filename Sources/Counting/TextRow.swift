public import ChatTemplates
import JSON
public import Support

/// One row of JSONL: a text, or a conversation.
public enum TextRow: Sendable {
  /// A text as it is.
  case text(String)
  /// A conversation, and whether an answer is to follow; nil if the row does not say.
  case chat(ChatConversation, addGenerationPrompt: Bool?)

  /// Reads a JSON string, or an object with `text` or `messages`.
  ///
  /// - Throws: `InputError` with what is wrong in the line.
  public init(_ line: RawSpan) throws(InputError) {
    let value: JSONValue
    do {
      value = try JSONValue.parse(line)
    } catch {
      throw .unreadable(error.description)
    }
    self = try Self.row(value)
  }

  private static func row(_ value: JSONValue) throws(InputError) -> TextRow {
    if let text = value.stringValue { return .text(text) }
    guard let object = value.objectValue else {
      throw .unreadable("\(value.kindName) where a string or an object with \"text\" or \"messages\" is expected")
    }
    if object["messages"] != nil { return try chat(object) }
    guard let text = object["text"] else { throw .unreadable("the object has neither \"text\" nor \"messages\"") }
    guard let text = text.stringValue else { throw .unreadable("\"text\" is \(text.kindName); a string is expected") }
    return .text(text)
  }

  private static func chat(_ object: JSONObject) throws(InputError) -> TextRow {
    let prompt = object["add_generation_prompt"]
    if let prompt, prompt.boolValue == nil, prompt != .null {
      throw .unreadable("\"add_generation_prompt\" is \(prompt.kindName); true or false is expected")
    }
    do {
      return .chat(try ChatConversation(row: object), addGenerationPrompt: prompt?.boolValue)
    } catch {
      throw .unreadable(error.description)
    }
  }
}

/// Turns rows into the text that a model reads, in memory that is used again for the next row.
public struct RowRenderer: Sendable {
  /// The format of conversations; nil where there are only texts.
  public let template: ChatTemplate?
  /// What the format is told beyond the messages.
  public let arguments: TemplateArguments

  private var chat = RenderedChat()
  /// What messages call a model that has no format of conversations.
  private let model: String

  /// Makes a renderer for a template.
  public init(template: ChatTemplate, arguments: TemplateArguments) {
    self.template = template
    self.arguments = arguments
    model = template.name
  }

  /// Makes a renderer that passes on texts and refuses conversations, which the model has no format for.
  public init(textsOf model: String) {
    template = nil
    arguments = TemplateArguments()
    self.model = model
  }

  /// Why conversations cannot be rendered for a model that has no format of them.
  public static func refusal(of model: String) -> String {
    "\(model) has no native chat format, so that only texts are counted with it, not conversations"
  }

  /// The bytes of a text as it is, or of a conversation as the template renders it.
  ///
  /// - Throws: `InputError` with the template's own message if the template raises.
  public mutating func render(_ row: TextRow) throws(InputError) -> [UInt8] {
    switch row {
    case .text(let text):
      return Array(text.utf8)
    case .chat(let conversation, let addGenerationPrompt):
      var arguments = arguments
      if let addGenerationPrompt { arguments.addGenerationPrompt = addGenerationPrompt }
      return try render(conversation.messages, of: conversation.text.span.bytes, arguments: arguments)
    }
  }

  private mutating func render(
    _ messages: [ChatMessage], of text: RawSpan, arguments: TemplateArguments
  ) throws(InputError) -> [UInt8] {
    guard let template else { throw .unreadable(Self.refusal(of: model)) }
    do {
      try template.render(messages, of: text, arguments: arguments, into: &chat)
    } catch {
      throw .unreadable(error.message)
    }
    return chat.bytes
  }
}
