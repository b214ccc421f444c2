import ChatTemplates
import ColumnarFiles
import JSON
import Support

/// The columns of the messages of all rows; in one place, because they are asked for message by message.
final class MessageColumns: Sendable {
  private let lists: ListColumn
  /// Nil if every list is empty and the file therefore knows no type for the elements.
  private let parts: Parts?
  /// Whether roles have names of their own.
  private let renamesRoles: Bool

  private final class Parts: Sendable {
    let structs: StructColumn
    let roles: UTF8Column?
    let contents: UTF8Column?
    let extras: MessageExtraColumns?
    let isContentFirst: Bool

    init(_ structs: StructColumn) {
      self.structs = structs
      roles = structs["role"]?.utf8
      contents = structs["content"]?.utf8
      extras = MessageExtraColumns(structs)
      isContentFirst = structs.fields.first { $0.name == "role" || $0.name == "content" }?.name == "content"
    }
  }

  /// Finds the parts by name: their order is the writer's.
  init?(_ column: Column, renamesRoles: Bool) {
    guard let lists = column.list else { return nil }
    self.lists = lists
    self.renamesRoles = renamesRoles
    parts = lists.elements.struct.map(Parts.init)
  }

  var text: RawSpan {
    @_lifetime(borrow self)
    get {
      guard let contents = parts?.contents else { return RawSpan() }
      // The copy shares the column's memory, which `self` keeps alive.
      return _overrideLifetime(contents.data, borrowing: self)
    }
  }

  /// Which elements are a row's messages; nil if the row is null.
  func range(_ row: Int) -> Range<Int>? { lists.isNull(row) ? nil : lists.range(row) }

  /// Whether a content of the first rows may hold a data URL.
  ///
  /// - Complexity: O(bytes of the contents).
  func mayHoldMedia(rows: Int) -> Bool {
    guard let contents = parts?.contents else { return false }
    for row in 0..<rows {
      guard let range = range(row) else { continue }
      for element in range where !contents.isNull(element) {
        if MediaParts.mayHoldURL(contents.bytes(element)) { return true }
      }
    }
    return false
  }

  /// What is wrong with a message, in words that follow its number; nil if nothing is.
  ///
  /// A message needs a role. A content that is null counts as missing, as it does for `apply_chat_template`.
  func fault(_ element: Int) -> String? {
    guard let parts, !parts.structs.isNull(element) else { return " is null" }
    if parts.roles?.isNull(element) ?? true { return ": role is null" }
    if let fault = parts.extras?.fault(element) { return fault }
    do throws(InputError) { _ = try functionCall(element) } catch { return ": \(error.message)" }
    return nil
  }

  /// What the data's name of a role means.
  private func role(_ name: String) -> String { RoleNames.role(name, isRenamed: renamesRoles) }

  /// The tool calls that the content of a message of such a role holds; nil for all other messages.
  private func functionCall(_ element: Int) throws(InputError) -> JSONValue? {
    guard let parts, let roles = parts.roles, let contents = parts.contents, !contents.isNull(element),
      case .other(let name) = ChatRole(bytes: roles.bytes(element)), role(name) == RoleNames.call,
      parts.extras?.hasToolCalls(element) != true
    else { return nil }
    return try ToolCalls.calls(of: .string(contents.string(element) ?? ""))
  }

  /// - Precondition: ``fault(_:)`` is nil.
  subscript(element: Int) -> ChatMessage {
    guard let parts, let roles = parts.roles else { preconditionFailure("a message without a role was read") }
    var role = ChatRole(bytes: roles.bytes(element))
    if case .other(let name) = role {
      if let calls = try? functionCall(element) {
        return ChatMessage(
          role: .assistant, content: 0..<0, extras: ChatMessageExtras(content: .missing, toolCalls: calls))
      }
      role = ChatRole(self.role(name))
    }
    guard let contents = parts.contents, !contents.isNull(element) else {
      let extras = parts.extras?.extras(of: element, role, hasContent: false) ?? ChatMessageExtras(content: .missing)
      return ChatMessage(role: role, content: 0..<0, extras: extras)
    }
    return ChatMessage(
      role: role, content: contents.range(element), extras: parts.extras?.extras(of: element, role, hasContent: true),
      isContentFirst: parts.isContentFirst)
  }
}

/// The columns of messages beyond role and content, which chat templates may use; most datasets have none.
struct MessageExtraColumns: Sendable {
  /// The older names of the first are read if it is null, as transformers 5 does.
  private static let reasoningNames = ["reasoning_content", "thinking", "reasoning"]
  private static let toolCallsName = "tool_calls"

  /// All columns of the messages, in the file's order.
  private let members: [(field: Field, column: Column)]
  /// Those that are neither role nor content.
  private let others: [Column]

  /// Finds the columns by name; nil if there are none.
  init?(_ structs: StructColumn) {
    members = zip(structs.fields, structs.columns).map { ($0, $1) }
    others = members.filter { $0.field.name != "role" && $0.field.name != "content" }.map(\.column)
    if others.isEmpty { return nil }
  }

  /// What a message holds in them; nil if all are null.
  ///
  /// - Precondition: ``fault(_:)`` is nil.
  func extras(of element: Int, _ role: ChatRole, hasContent: Bool) -> ChatMessageExtras? {
    guard var object = try? object(element) else { return nil }
    object["role"] = .string(role.name)
    return ChatMessageExtras(
      content: hasContent ? .text : .missing,
      reasoning: Self.reasoningNames.lazy.compactMap { object[$0] }.first,
      toolCalls: object[Self.toolCallsName], object: object)
  }

  /// What is wrong with them in a message, in words that follow its number; nil if nothing is.
  func fault(_ element: Int) -> String? {
    do throws(InputError) {
      guard let calls = try object(element)?[Self.toolCallsName] else { return nil }
      guard calls.arrayValue != nil || calls.stringValue != nil else {
        return ": tool_calls is \(calls.kindName); a list is expected"
      }
      return nil
    } catch { return ": \(error.message)" }
  }

  /// Whether a message has tool calls.
  func hasToolCalls(_ element: Int) -> Bool {
    members.contains { $0.field.name == Self.toolCallsName && !$0.column.isNull(element) }
  }

  /// The members of a message that are not null; nil if it has no more than a role and a content.
  private func object(_ element: Int) throws(InputError) -> JSONObject? {
    if others.allSatisfy({ $0.isNull(element) }) { return nil }
    var values = ColumnJSON(measuring: nil)
    var object = JSONObject()
    for (field, column) in members where !column.isNull(element) {
      object[field.name] = try values.value(element, of: column, field)
    }
    return object
  }
}
