import ChatTemplates
import JSON

/// One row of JSONL: a text, or a conversation.
enum TextRow {
  /// A text as it is.
  case text(String)
  /// A conversation, and whether an answer is to follow; `nil` where the row does not say.
  case chat(ChatConversation, addGenerationPrompt: Bool?)

  /// Reads a JSON string, or an object with `text` or `messages`.
  init(_ line: RawSpan) throws(RowFault) {
    let value: JSONValue
    do {
      value = try JSONValue.parse(line)
    } catch {
      throw RowFault(error.description)
    }
    self = try Self.row(value)
  }

  private static func row(_ value: JSONValue) throws(RowFault) -> TextRow {
    if let text = value.stringValue { return .text(text) }
    guard let object = value.objectValue else {
      throw RowFault("\(value.kindName) where a string or an object with \"text\" or \"messages\" is expected")
    }
    if object["messages"] != nil { return try chat(object) }
    guard let text = object["text"] else { throw RowFault("the object has neither \"text\" nor \"messages\"") }
    guard let text = text.stringValue else { throw RowFault("\"text\" is \(text.kindName); a string is expected") }
    return .text(text)
  }

  private static func chat(_ object: JSONObject) throws(RowFault) -> TextRow {
    let prompt = object["add_generation_prompt"]
    if let prompt, prompt.boolValue == nil, prompt != .null {
      throw RowFault("\"add_generation_prompt\" is \(prompt.kindName); true or false is expected")
    }
    do {
      return .chat(try ChatConversation(row: object), addGenerationPrompt: prompt?.boolValue)
    } catch {
      throw RowFault(error.description)
    }
  }
}
