import ChatTemplates
import ColumnarFiles
import JSON

/// The columns of the messages of all rows.
struct MessageColumns: Sendable {
  private let lists: ListColumn
  /// Nil if every list is empty and the file therefore knows no type for the elements.
  private let parts: Parts?

  private struct Parts: Sendable {
    let structs: StructColumn
    let roles: UTF8Column?
    let contents: UTF8Column?
    let extras: MessageExtraColumns?
    let isContentFirst: Bool
  }

  /// Finds the parts by name: their order is the writer's.
  init?(_ column: Column) {
    guard let lists = column.list else { return nil }
    self.lists = lists
    parts = lists.elements.struct.map { structs in
      Parts(
        structs: structs, roles: structs["role"]?.utf8, contents: structs["content"]?.utf8,
        extras: MessageExtraColumns(structs),
        isContentFirst: structs.fields.first { $0.name == "role" || $0.name == "content" }?.name == "content")
    }
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

  /// What is wrong with a message, in words that follow its number; nil if nothing is.
  ///
  /// A message needs a role, and a content unless it has reasoning or tool calls: without any of them something was
  /// lost.
  func fault(_ element: Int) -> String? {
    guard let parts, !parts.structs.isNull(element) else { return " is null" }
    if parts.roles?.isNull(element) ?? true { return ": role is null" }
    if let extras = parts.extras {
      if extras.hasWrongToolCalls(element) { return ": tool_calls is no list" }
      if parts.contents != nil, extras.isUsed(element) { return nil }
    }
    return parts.contents?.isNull(element) ?? true ? ": content is null" : nil
  }

  /// - Precondition: ``fault(_:)`` is nil.
  subscript(element: Int) -> ChatMessage {
    guard let parts, let roles = parts.roles, let contents = parts.contents else {
      preconditionFailure("a message without role or content was read")
    }
    let hasContent = !contents.isNull(element)
    return ChatMessage(
      role: ChatRole(bytes: roles.bytes(element)), content: hasContent ? contents.range(element) : 0..<0,
      extras: parts.extras?.extras(of: element, hasContent: hasContent), isContentFirst: parts.isContentFirst)
  }
}

/// The columns of messages beyond role and content, which chat templates may use; most datasets have none.
struct MessageExtraColumns: Sendable {
  /// The older names of the first are read if it is null, as transformers 5 does.
  private static let reasoningNames = ["reasoning_content", "thinking", "reasoning"]
  private static let toolCallsName = "tool_calls"

  private let reasoning: [Column]
  private let toolCalls: Column?
  /// All columns of the messages, in the file's order.
  private let members: [(name: String, column: Column)]
  /// Those that are neither role nor content.
  private let others: [Column]

  /// Finds the columns by name; nil if there are none.
  init?(_ structs: StructColumn) {
    members = zip(structs.fields, structs.columns).map { ($0.name, $1) }
    others = members.filter { $0.name != "role" && $0.name != "content" }.map(\.column)
    if others.isEmpty { return nil }
    reasoning = Self.reasoningNames.compactMap { structs[$0] }
    toolCalls = structs[Self.toolCallsName]
  }

  /// What a message holds in them; nil if all are null.
  func extras(of element: Int, hasContent: Bool) -> ChatMessageExtras? {
    if others.allSatisfy({ $0.isNull(element) }) { return nil }
    let reasoning = reasoning.lazy.map { $0.jsonValue(element) }.first { $0 != .null }
    let calls = toolCalls?.jsonValue(element) ?? .null
    return ChatMessageExtras(
      content: hasContent ? .text : .missing, reasoning: reasoning, toolCalls: calls == .null ? nil : calls,
      object: JSONObject(members.map { ($0.name, $0.column.jsonValue(element)) }))
  }

  /// Whether any of the columns is not null in a message.
  func isUsed(_ element: Int) -> Bool {
    reasoning.contains { !$0.isNull(element) } || toolCalls.map { !$0.isNull(element) } ?? false
  }

  /// Whether a message's tool calls are not a list.
  func hasWrongToolCalls(_ element: Int) -> Bool {
    guard let toolCalls, toolCalls.list == nil else { return false }
    return !toolCalls.isNull(element)
  }
}

extension Column {
  /// A row's value as in Python: members of a struct in the column's order, null if they are null.
  func jsonValue(_ row: Int) -> JSONValue {
    if isNull(row) { return .null }
    switch self {
    case .null: return .null
    case .bool(let column): return column[row].map { .bool($0) } ?? .null
    case .int64(let column): return column[row].map { .integer($0) } ?? .null
    case .double(let column): return column[row].map { .double($0) } ?? .null
    case .utf8(let column): return column.string(row).map { .string($0) } ?? .null
    case .list(let column): return .array(column.range(row).map { column.elements.jsonValue($0) })
    case .struct(let column):
      return .object(JSONObject(zip(column.fields, column.columns).map { ($0.name, $1.jsonValue(row)) }))
    }
  }
}
