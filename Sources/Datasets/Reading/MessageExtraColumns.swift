import ChatTemplates
import ColumnarFiles
import JSON

/// The columns of messages beyond role and content that chat templates look at; most datasets have none.
struct MessageExtraColumns: Sendable {
  /// The older names of the first are read where it is null, as transformers 5 does.
  private static let reasoningNames = ["reasoning_content", "thinking", "reasoning"]
  private static let toolCallsName = "tool_calls"

  private let reasoning: [Column]
  private let toolCalls: Column?

  /// Finds the columns by name; nil where there are none.
  init?(_ structs: StructColumn) {
    reasoning = Self.reasoningNames.compactMap { structs[$0] }
    toolCalls = structs[Self.toolCallsName]
    if reasoning.isEmpty, toolCalls == nil { return nil }
  }

  /// What a message holds in them; nil where all are null.
  func extras(of element: Int, hasContent: Bool) -> ChatMessageExtras? {
    let reasoning = reasoning.lazy.map { $0.jsonValue(element) }.first { $0 != .null }
    let calls = toolCalls?.jsonValue(element) ?? .null
    if reasoning == nil, calls == .null { return nil }
    return ChatMessageExtras(
      content: hasContent ? .text : .missing, reasoning: reasoning, toolCalls: calls == .null ? nil : calls)
  }

  /// Whether any of the columns is not null in a message.
  func isUsed(_ element: Int) -> Bool {
    reasoning.contains { !$0.isNull(element) } || toolCalls.map { !$0.isNull(element) } ?? false
  }

  /// Whether a message's tool calls are something else than a list.
  func hasWrongToolCalls(_ element: Int) -> Bool {
    guard let toolCalls, toolCalls.list == nil else { return false }
    return !toolCalls.isNull(element)
  }
}

extension Column {
  /// A row's value as Python has it: members of a struct in the column's order, null where they are null.
  fileprivate func jsonValue(_ row: Int) -> JSONValue {
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
