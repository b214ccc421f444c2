internal import ChatTemplates
internal import ColumnarFiles

/// The columns that the messages of all rows stand in.
struct MessageColumns: Sendable {
  private let lists: ListColumn
  /// Nil where every list is empty and the file therefore knows no type for the elements.
  private let parts: Parts?

  private struct Parts: Sendable {
    let structs: StructColumn
    let roles: UTF8Column?
    let contents: UTF8Column?
  }

  /// Finds the parts by name: their order is the writer's.
  init?(_ column: Column) {
    guard let lists = column.list else { return nil }
    self.lists = lists
    parts = lists.elements.structure.map { structs in
      Parts(structs: structs, roles: structs["role"]?.utf8, contents: structs["content"]?.utf8)
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

  /// What is null in a message: its role, its content, or (empty) the message itself; nil where nothing is.
  func missingPart(_ element: Int) -> String? {
    guard let parts, !parts.structs.isNull(element) else { return "" }
    if parts.roles?.isNull(element) ?? true { return "role" }
    return parts.contents?.isNull(element) ?? true ? "content" : nil
  }

  /// - Precondition: ``missingPart(_:)`` is nil.
  subscript(element: Int) -> ChatMessage {
    guard let roles = parts?.roles, let contents = parts?.contents else {
      preconditionFailure("a message without role or content was read")
    }
    return ChatMessage(role: ChatRole(bytes: roles.bytes(element)), content: contents.range(element))
  }
}
