import ChatTemplates
import JSON
import Support

/// Reads the usual rows of JSON without a tree: messages of nothing but role and content, and texts.
///
/// What is anything else is left to ``RowInterpreter``, which says what is wrong with a row too.
struct JSONRowScanner: Sendable {
  private enum Target {
    case messages
    case text
  }

  private let target: Target
  private let column: [UInt8]
  /// Further members that the conversation is made of, or that make it another.
  private let others: [[UInt8]]
  private let shape: RowShape
  private let wanted: [[UInt8]]
  private let keepsAll: Bool

  /// Makes a scanner; nil for shapes that have no short way.
  ///
  /// - Parameters:
  ///   - wanted: the names of further members whose values are kept.
  ///   - keepsAll: whether all further members are kept.
  init?(_ shape: RowShape, wanted: [String], keepsAll: Bool) {
    guard shape.roleKey == nil, shape.contentKey == nil else { return nil }
    // Members of members need the tree.
    guard !(shape.contentColumns + wanted).contains(where: { $0.utf8.contains(UInt8(ascii: ".")) }) else { return nil }
    switch shape.form {
    case .messages(let name): (target, column) = (.messages, Array(name.utf8))
    case .text(let name): (target, column) = (.text, Array(name.utf8))
    case .answer, .continued, .replaced, .instruction: return nil
    }
    others = (shape.systemColumns + shape.lateColumns).map { Array($0.utf8) }
    self.shape = shape
    self.wanted = wanted.map { Array($0.utf8) }
    self.keepsAll = keepsAll
  }

  /// Adds a row and returns true, or adds nothing and returns false.
  ///
  /// - Parameters:
  ///   - values: receives the values of the wanted members, in their order.
  ///   - members: receives all members but the conversation, if all are kept.
  ///   - unread: receives the names of members that nothing is read of.
  func append(
    _ record: RawSpan, to rows: inout DecodedRows, values: inout [JSONValue], members: inout JSONObject,
    unread: inout UnreadMembers
  ) -> Bool {
    let mark = rows.mark
    for index in values.indices { values[index] = .null }
    var scanner = JSONScanner(record)
    let isDone: Bool
    switch scanner.peek() {
    case UInt8(ascii: "\""): isDone = (try? appendString(&scanner, to: &rows)) != nil
    case UInt8(ascii: "{"):
      isDone =
        (try? appendObject(&scanner, to: &rows, values: &values, members: &members, unread: &unread)) ?? false
    default: isDone = false
    }
    guard isDone else {
      members = JSONObject()
      rows.rewind(to: mark)
      return false
    }
    return true
  }

  /// Adds a conversation of a text that holds its messages as JSON and returns true, or returns false.
  func append(messages text: RawSpan, to rows: inout DecodedRows) -> Bool {
    let mark = rows.mark
    var scanner = JSONScanner(text)
    do throws(FileError) {
      guard try appendMessages(&scanner, to: &rows) else { return false }
      try scanner.finish()
    } catch { return false }
    guard !MediaParts.mayHoldURL(rows.text(since: mark)) else { return false }
    rows.endConversation(since: mark, of: shape.mainColumn)
    return true
  }

  private func appendString(_ scanner: inout JSONScanner, to rows: inout DecodedRows) throws(FileError) {
    let mark = rows.mark
    try scanner.string(appendingTo: &rows.text)
    try scanner.finish()
    rows.endText(since: mark)
  }

  private func appendObject(
    _ scanner: inout JSONScanner, to rows: inout DecodedRows, values: inout [JSONValue], members: inout JSONObject,
    unread: inout UnreadMembers
  ) throws(FileError) -> Bool {
    let mark = rows.mark
    var isFound = false
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      guard !key.hasEscapes else { return false }
      if scanner.equals(key, column) {
        guard !isFound else { return false }
        isFound = true
        switch target {
        case .text:
          guard scanner.peek() == UInt8(ascii: "\"") else { return false }
          try scanner.string(appendingTo: &rows.text)
        case .messages:
          guard try appendMessages(&scanner, to: &rows) else { return false }
        }
      } else if others.contains(where: { scanner.equals(key, $0) }) {
        return false
      } else if let index = wanted.firstIndex(where: { scanner.equals(key, $0) }) {
        values[index] = try scanner.value()
        if keepsAll { members[scanner.text(of: key)] = values[index] }
      } else if keepsAll {
        members[scanner.text(of: key)] = try scanner.value()
      } else {
        // What is null is missing.
        if scanner.peek() != UInt8(ascii: "n") { unread.note(scanner.bytes.extracting(key.range)) }
        try scanner.skipValue()
      }
    }
    try scanner.finish()
    guard isFound else { return false }
    switch target {
    case .text: rows.endText(since: mark)
    case .messages:
      guard !MediaParts.mayHoldURL(rows.text(since: mark)) else { return false }
      rows.endConversation(since: mark, of: shape.mainColumn)
    }
    return true
  }

  private func appendMessages(
    _ scanner: inout JSONScanner, to rows: inout DecodedRows
  ) throws(FileError) -> Bool {
    guard scanner.peek() == UInt8(ascii: "[") else { return false }
    try scanner.beginArray()
    while try scanner.nextElement() {
      guard scanner.peek() == UInt8(ascii: "{") else { return false }
      try scanner.beginObject()
      var role: ChatRole?
      var content: Range<Int>?
      while let key = try scanner.nextKey() {
        guard scanner.peek() == UInt8(ascii: "\"") else { return false }
        if role == nil, scanner.matches(key, "role") || scanner.matches(key, "from") {
          let name = try scanner.string()
          guard !name.hasEscapes else { return false }
          role = RowTurns(shape).plainRole(scanner.bytes.extracting(name.range), isRole: scanner.matches(key, "role"))
          if role == nil { return false }
        } else if content == nil, scanner.matches(key, "content") || scanner.matches(key, "value") {
          let start = rows.text.count
          try scanner.string(appendingTo: &rows.text)
          content = start..<rows.text.count
        } else {
          return false
        }
      }
      guard let role, let content else { return false }
      rows.append(ChatMessage(role: role, content: content))
    }
    return true
  }
}

extension JSONScanner {
  /// Whether a string without escapes has these bytes.
  fileprivate func equals(_ string: JSONString, _ text: [UInt8]) -> Bool {
    string.range.count == text.count && bytes.extracting(string.range).withUnsafeBytes { $0.elementsEqual(text) }
  }
}
