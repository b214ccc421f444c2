import JSON

// Messages in the places of texts, and texts that hold messages as JSON.
extension RowTurns {
  /// One message as a list of one.
  func listed(_ value: JSONValue) -> JSONValue { isMessage(value) ? .array([value]) : value }

  /// The messages that a value is: a list, one message, or a JSON text of either; nil if it is anything else.
  func messages(of value: JSONValue) -> JSONValue? {
    switch value {
    case .array: value
    case .object: isMessage(value) ? JSONValue.array([value]) : nil
    case .string: decodedList(value)
    case .null, .bool, .integer, .bigInteger, .double: nil
    }
  }

  /// The list of messages that a JSON text holds; nil if the value is no such text.
  func decodedList(_ value: JSONValue) -> JSONValue? {
    guard let text = value.stringValue, let first = text.utf8.first(where: { !TextWindow.isSpace($0) }),
      first == UInt8(ascii: "[") || first == UInt8(ascii: "{"), let parsed = try? JSONValue.parse(text)
    else { return nil }
    let list = listed(parsed)
    // Answers may be any other JSON, which is a text like others.
    guard let elements = list.arrayValue, !elements.isEmpty, elements.allSatisfy(isMessage) else { return nil }
    return list
  }

  /// Whether a value is an object with a role, and with what is said.
  private func isMessage(_ value: JSONValue) -> Bool {
    guard let object = value.objectValue else { return false }
    let keys = keys(of: object)
    return object[keys.role]?.stringValue != nil && (object[keys.content] != nil || object["tool_calls"] != nil)
  }

  /// The members of a message that say who speaks, and hold what is said.
  func keys(of message: JSONObject) -> (role: String, content: String) {
    (
      shape.roleKey ?? (message["role"] == nil && message["from"] != nil ? "from" : "role"),
      shape.contentKey ?? (message["content"] == nil && message["value"] != nil ? "value" : "content")
    )
  }
}
