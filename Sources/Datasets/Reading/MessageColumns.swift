import ChatTemplates
import ColumnarFiles

/// The columns that the messages of all rows stand in.
struct MessageColumns: Sendable {
  private let lists: ListColumn
  /// Nil where every list is empty and the file therefore knows no type for the elements.
  private let parts: Parts?

  private struct Parts: Sendable {
    let structs: StructColumn
    let roles: UTF8Column?
    let contents: UTF8Column?
    let extras: MessageExtraColumns?
  }

  /// Finds the parts by name: their order is the writer's.
  init?(_ column: Column) {
    guard let lists = column.list else { return nil }
    self.lists = lists
    parts = lists.elements.struct.map { structs in
      Parts(
        structs: structs, roles: structs["role"]?.utf8, contents: structs["content"]?.utf8,
        extras: MessageExtraColumns(structs))
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

  /// Which elements are a row's messages; nil where the row is null.
  func range(_ row: Int) -> Range<Int>? { lists.isNull(row) ? nil : lists.range(row) }

  /// What is wrong with a message, as it reads behind its number; nil where nothing is.
  ///
  /// A message needs a role, and a content unless it has reasoning or tool calls: without any of them something was lost.
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
      extras: parts.extras?.extras(of: element, hasContent: hasContent))
  }
}
