import ChatTemplates
import JSON

/// The rules that messages follow whatever the model is: who speaks when, and that somebody says something.
struct MessageChecks {
  private let messages: [ChatMessage]

  /// Checks the messages of a conversation.
  init(_ messages: [ChatMessage]) { self.messages = messages }

  /// What is wrong with the last message; nil if it is an assistant's.
  var lastFault: String? {
    guard let last = messages.last, last.role != .assistant else { return nil }
    return "the last message is of role \(last.role.name)"
  }

  /// The first message without content; nil if there is none.
  func emptyFault(in text: RawSpan) -> String? {
    guard let index = messages.firstIndex(where: { Self.isEmpty($0, in: text) }) else { return nil }
    return "message \(index + 1) (\(messages[index].role.name)) has no content"
  }

  private static func isEmpty(_ message: ChatMessage, in text: RawSpan) -> Bool {
    if callsTool(message) { return false }
    switch message.extras?.content {
    case .missing: return true
    case .value(let value): return isEmpty(value)
    case .text, nil:
      return text.extracting(message.content).withUnsafeBytes { $0.allSatisfy(isBlank) }
    }
  }

  /// A list of parts is empty if all of them are empty texts.
  private static func isEmpty(_ content: JSONValue) -> Bool {
    switch content {
    case .null: true
    case .string(let text): text.utf8.allSatisfy(isBlank)
    case .array(let parts):
      parts.allSatisfy { part in (part["text"] ?? (part.objectValue == nil ? part : nil)).map(isEmpty) ?? false }
    default: false
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// Roles that chat templates know beside the four of ``ChatRole``.
  private static let otherRoles: Set<String> = ["developer", "ipython", "function", "environment"]

  /// The first message whose role is not known or does not follow the one before it; nil if all do.
  ///
  /// The system speaks first if at all, then the user; neither the user nor the assistant speaks twice in a row.
  var rolesFault: String? {
    var previous: ChatRole?
    for (index, message) in messages.enumerated() {
      let number = index + 1
      switch message.role {
      case .system where index > 0: return "message \(number) is the system's, which speaks first"
      case .other("developer") where index > 0 && previous != .system:
        return "message \(number) is the developer's, who speaks first"
      case .user where previous == .user: return "messages \(number - 1) and \(number) are both the user's"
      case .assistant where previous == .assistant:
        return "messages \(number - 1) and \(number) are both the assistant's"
      case .assistant where previous == nil || previous == .system || previous == .other("developer"):
        return "message \(number) is the assistant's, and no user has spoken"
      case .other(let name) where !Self.otherRoles.contains(name):
        return "message \(number) has the role \"\(name.prefix(40))\", which no template knows"
      default: previous = message.role
      }
    }
    return nil
  }

  /// The first tool's result that answers no call; nil if all do.
  func toolFault(in text: RawSpan) -> String? {
    var hasCalled = false
    var calls: Set<String> = []
    for (index, message) in messages.enumerated() {
      switch message.role {
      case .assistant:
        hasCalled = hasCalled || Self.callsTool(message) || Self.writesCall(message, in: text)
        for call in message.extras?.toolCalls?.arrayValue ?? [] {
          if let id = call["id"]?.stringValue { calls.insert(id) }
        }
      case .tool, .other("ipython"), .other("function"):
        guard hasCalled else { return "message \(index + 1) is a tool's result, and no message before it calls a tool" }
        if let id = message.extras?.object?["tool_call_id"]?.stringValue, !calls.isEmpty, !calls.contains(id) {
          return "message \(index + 1) answers the call \"\(id.prefix(40))\", which no message before it makes"
        }
      default: continue
      }
    }
    return nil
  }

  /// Whether a message has a member that calls a tool.
  private static func callsTool(_ message: ChatMessage) -> Bool {
    if let calls = message.extras?.toolCalls { return calls.arrayValue.map { !$0.isEmpty } ?? true }
    return message.extras?.object?["function_call"] != nil
  }

  /// How models write calls in their own texts.
  private static let writtenCalls = [
    "tool_call", "TOOL_CALL", "<function", "function_call", "<|python_tag|>", "functools[", "Action:",
  ].map { Array($0.utf8) }

  private static func writesCall(_ message: ChatMessage, in text: RawSpan) -> Bool {
    let content = text.extracting(message.content).withUnsafeBytes { Array($0) }
    // Some models write nothing but the call, as JSON.
    if content.first == UInt8(ascii: "{") || content.first == UInt8(ascii: "[") { return true }
    return writtenCalls.contains { call in
      guard content.count >= call.count else { return false }
      return (0...content.count - call.count).contains { content[$0] == call[0] && content[$0...].starts(with: call) }
    }
  }
}
