import JSON
import Support

// Texts in the places of messages: turns without roles, and parts as Gemini has them.
extension RowTurns {
  /// Whether the texts of a column's lists are turns of a user and an assistant: in `messages` roles are expected.
  func holdsTexts(_ column: String) -> Bool {
    shape.form == .messages(column: column) && column != DatasetColumns.messages
  }

  /// The turns of a list of texts, the first of which is a user's.
  func texts(_ elements: [JSONValue], column: String) throws(InputError) -> [Turn] {
    var turns: [Turn] = []
    for (index, element) in elements.enumerated() {
      guard element.stringValue != nil else {
        throw .unreadable("\(column): element \(index + 1) is \(element.kindName); a text is expected, as before it")
      }
      turns.append(Turn(role: index % 2 == 0 ? "user" : "assistant", content: element))
    }
    return turns
  }

  /// The texts of an object's `parts`, which Gemini reads as one; nil if it has no parts.
  ///
  /// - Parameter place: what messages call the object.
  /// - Throws: `InputError` if a part holds anything but text, which nothing else would tell of.
  func joinedParts(of value: JSONValue, _ place: String) throws(InputError) -> JSONValue? {
    guard let parts = value.objectValue?.present("parts") else { return nil }
    var text = ""
    for part in parts.arrayValue ?? [parts] {
      if let words = part.stringValue {
        text += words
        continue
      }
      guard let object = part.objectValue else {
        throw .unreadable("\(place): a part is \(part.kindName); an object with text is expected")
      }
      // Columns hold all members of all parts.
      for member in object.members where member.value != .null {
        guard member.key == "text", let words = member.value.stringValue else {
          throw .unreadable("\(place): a part holds \(member.key); only parts of text are read")
        }
        text += words
      }
    }
    return .string(text)
  }
}
