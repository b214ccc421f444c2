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
    case .string: decodedList(value, takesOne: false)
    case .null, .bool, .integer, .bigInteger, .double: nil
    }
  }

  /// The list of messages that a JSON text holds; nil if the value is no such text.
  ///
  /// Answers may be any other JSON, which is a text like others: all messages must be of known roles and say something.
  ///
  /// - Parameter takesOne: whether one message by itself is a list too.
  func decodedList(_ value: JSONValue, takesOne: Bool) -> JSONValue? {
    guard let text = value.stringValue, let first = text.utf8.first(where: { !TextWindow.isSpace($0) }),
      first == UInt8(ascii: "[") || takesOne && first == UInt8(ascii: "{"), let parsed = try? JSONValue.parse(text),
      let elements = listed(parsed).arrayValue, !elements.isEmpty, elements.allSatisfy(isWholeMessage)
    else { return nil }
    return .array(elements)
  }

  /// Whether a value is a message of a role that is known, with a text, parts or calls.
  private func isWholeMessage(_ value: JSONValue) -> Bool {
    guard isMessage(value), let object = value.objectValue else { return false }
    let keys = keys(of: object)
    guard let name = object[keys.role]?.stringValue, Self.spokenRoles.contains(RoleNames.role(name, isRenamed: true))
    else { return false }
    switch object.present(keys.content) {
    case .string?, .array?: return true
    case nil: return object.present("tool_calls") != nil
    default: return false
    }
  }

  private static let spokenRoles: Set<String> = [
    "system", "developer", "user", "assistant", "tool", RoleNames.call, "function",
  ]

  /// Whether a value is an object with a role, and with what is said.
  private func isMessage(_ value: JSONValue) -> Bool {
    guard let object = value.objectValue else { return false }
    let keys = keys(of: object)
    return object[keys.role]?.stringValue != nil && (object[keys.content] != nil || object["tool_calls"] != nil)
  }

  /// The members of a message that say who speaks, and hold what is said.
  func keys(of message: JSONObject) -> (role: String, content: String) {
    (
      shape.roleKey ?? (message.present("role") == nil && message.present("from") != nil ? "from" : "role"),
      shape.contentKey ?? ["content", "value", "parts"].first { message.present($0) != nil } ?? "content"
    )
  }
}
