import ChatTemplates
import JSON
import Support

/// The messages of which a template renders no text, which is what most do with roles that they do not know.
struct UnrenderedMessages: Sendable, Equatable {
  /// Roles that are told apart; data may have any number of them.
  private static let namedRoles = 16
  /// What is said of the roles beyond those.
  private static let others = "..."

  /// The number of messages by role.
  private var roles: [String: Int] = [:]

  /// Notes such messages of a conversation that was rendered.
  ///
  /// Where there are as many parts of a kind as messages, nothing is missing, so that nearly all conversations are not
  /// looked at twice; but tool calls may be the part of a message whose content is missing. Else it is tried whether a
  /// change in a content that is not found changes what is rendered.
  ///
  /// - Parameter row: What the row told the template.
  mutating func note(
    _ messages: [ChatMessage], of text: RawSpan, _ row: JSONObject, rendered chat: RenderedChat,
    by renderer: ChatRenderer
  ) {
    var missing = SIMD8<Int>()
    for message in messages where Self.hasText(message, in: text) {
      missing[Int(message.role.contentKind.rawValue)] += 1
    }
    for part in chat.spans { missing[Int(part.kind.rawValue)] -= 1 }
    let mayMiss = { (message: ChatMessage) in
      missing[Int(message.role.contentKind.rawValue)] > 0 || message.extras?.toolCalls != nil
    }
    guard messages.contains(where: { mayMiss($0) && Self.hasText($0, in: text) }) else { return }
    var found = RenderedSearch(chat.bytes)
    let trial = RenderingTrial(messages, of: text, row, rendered: chat.bytes)
    for (index, message) in messages.enumerated() where Self.hasText(message, in: text) {
      let members = MessageMember.members(of: message, in: text)
      guard mayMiss(message), let content = members.first(where: { $0.name == "content" }), !found.passes(content.text),
        !trial.reads(content, of: index, renderer)
      else { continue }
      add(1, of: String(message.role.name.prefix(40)))
    }
  }

  /// Whether a content is a text that is not blank; lists of parts are looked at by themselves.
  private static func hasText(_ message: ChatMessage, in text: RawSpan) -> Bool {
    if case .value? = message.extras?.content { return false }
    return text.extracting(message.content).withUnsafeBytes { content in
      content.contains { $0 != 0x20 && !(0x09...0x0D).contains($0) }
    }
  }

  private mutating func add(_ count: Int, of role: String) {
    let isNamed = roles[role] != nil || roles.count < Self.namedRoles
    roles[isNamed ? role : Self.others, default: 0] += count
  }

  /// Adds what others found.
  mutating func merge(_ other: UnrenderedMessages) {
    for (role, count) in other.roles.sorted(by: { $0.key < $1.key }) { add(count, of: role) }
  }

  /// What is not rendered, in words; nil where everything is.
  var notice: String? {
    guard !roles.isEmpty else { return nil }
    let total = roles.values.reduce(0, +)
    let sorted = roles.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
    let names = sorted.map { "'\($0.key)'" + (sorted.count > 1 ? " (\(NumberFormat.grouped($0.value)))" : "") }
    let subject =
      total == 1 ? "the text of 1 message is" : "the texts of \(NumberFormat.grouped(total)) messages are"
    let isUnknown = sorted.contains { if case .other = ChatRole($0.key) { true } else { false } }
    return "\(subject) not rendered by the template and not counted, of role \(names.joined(separator: ", "))"
      + (isUnknown ? "; templates know the roles system, user, assistant and tool: rename others in the data" : "")
  }
}
