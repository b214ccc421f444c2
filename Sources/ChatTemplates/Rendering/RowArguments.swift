public import JSON
import Support

/// What a row of a dataset may tell the chat template beside its messages.
public enum RowArguments {
  /// The members and columns that `apply_chat_template` takes; others are arguments where they are asked for.
  public static let names = [
    "tools", "documents", "chat_template_kwargs", "add_generation_prompt", "continue_final_message",
  ]

  /// Those of ``names`` that act without the template reading a variable of their name.
  public static let alwaysRead: Set<String> = [
    "chat_template_kwargs", "add_generation_prompt", "continue_final_message",
  ]

  /// Those of ``names`` that are true or false, and the texts that say so where fields have no types.
  private static let flags: Set<String> = ["add_generation_prompt", "continue_final_message"]
  private static let flagTexts = ["true": true, "True": true, "false": false, "False": false]

  /// Members that hold lists and objects, which columns often hold as JSON text.
  private static let structured: Set<String> = ["tools", "documents", "chat_template_kwargs"]

  /// The value of a member or column as the template takes it; nil where it says nothing.
  ///
  /// Lists and objects may be stored as JSON text, and empty text is none.
  ///
  /// - Parameter isField: whether the value is a field of CSV, which is a text whatever it says.
  /// - Throws: `TemplateError` of origin ``TemplateError/Origin/malformed`` where the value is of the wrong kind.
  public static func value(_ value: JSONValue, named name: String, isField: Bool = false) throws(TemplateError)
    -> JSONValue?
  {
    if value == .null { return nil }
    if isField, flags.contains(name), let text = value.stringValue, let flag = flagTexts[text] { return .bool(flag) }
    if name == "add_generation_prompt" {
      guard value.boolValue != nil else {
        throw TemplateError(.malformed, "\"\(name)\" is \(value.kindName); true or false is expected")
      }
      return value
    }
    guard structured.contains(name) else { return value }
    var value = value
    if let text = value.stringValue {
      if text.utf8.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return nil }
      do { value = try JSONValue.parse(text) } catch {
        throw TemplateError(.malformed, "\"\(name)\" is text and \(error.description)")
      }
      if value == .null { return nil }
    }
    // Columns hold each tool as JSON text, too.
    if let elements = value.arrayValue, elements.contains(where: { $0.stringValue != nil }) {
      var parsed: [JSONValue] = []
      for element in elements {
        guard let text = element.stringValue, let object = try? JSONValue.parse(text) else {
          parsed.append(element)
          continue
        }
        parsed.append(object)
      }
      value = .array(parsed)
    }
    if name == "chat_template_kwargs" {
      guard value.objectValue != nil else {
        throw TemplateError(.malformed, "\"\(name)\" is \(value.kindName); an object is expected")
      }
    } else if let fault = JinjaTemplate.fault(of: value, named: name) {
      throw TemplateError(.malformed, "\"\(name)\": \(fault.message)", className: fault.className)
    }
    return value
  }
}
