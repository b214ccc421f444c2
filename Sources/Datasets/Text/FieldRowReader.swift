import ChatTemplates
import JSON
import Support

/// Reads the usual rows of fields without a tree: texts, turns, and messages as JSON.
///
/// What is anything else is left to ``RowInterpreter``, which says what is wrong with a row too.
struct FieldRowReader: Sendable {
  /// Where the fields of a row's conversation or text are.
  private enum Target: Sendable {
    case text(Int)
    case messages(Int)
    case answer(prompt: Int?, Int, role: ChatRole, asChat: Bool)
    case instruction(Int, input: Int?, output: Int, history: Int?)
  }

  private let target: Target
  private let system: Int?
  private let delimiter: UInt8
  private let fieldCount: Int
  /// The fields whose values are kept, in the order of the names; nil where there is no such field.
  private let wanted: [Int?]
  /// The further fields that are kept, with their names.
  private let others: [(name: String, index: Int)]
  /// Reads messages in JSON.
  private let scanner: JSONRowScanner?
  private var places: [FieldPlace] = []
  private var json: [UInt8] = []

  /// Makes a reader; nil for shapes that have no short way, and for headers that lack a column of the shape.
  ///
  /// - Parameters:
  ///   - header: the names of the fields.
  ///   - wanted: the names of fields whose values are kept.
  ///   - keepsAll: whether all further fields are kept.
  init?(
    _ shape: RowShape, header: [String], delimiter: UInt8, wanted: [String], keepsAll: Bool, scanner: JSONRowScanner?
  ) {
    let place = { (name: String?) in name.flatMap { name in header.firstIndex { $0.hasSameBytes(as: name) } } }
    switch shape.form {
    case .text(let column):
      guard let index = place(column) else { return nil }
      target = .text(index)
    case .messages(let column):
      guard let index = place(column), scanner != nil else { return nil }
      target = .messages(index)
    case .answer(let prompt, let column):
      guard let index = place(column) else { return nil }
      target = .answer(
        prompt: place(prompt), index, role: column == "prompt" ? .user : .assistant, asChat: shape.asChat)
    case .instruction(let names):
      guard let asked = place(names.instruction), let output = place(names.output) else { return nil }
      target = .instruction(asked, input: place(names.input), output: output, history: place(names.history))
    case .continued, .replaced: return nil
    }
    let systems = shape.systemColumns.compactMap(place)
    guard systems.count < 2 else { return nil }
    system = systems.first
    self.delimiter = delimiter
    fieldCount = header.count
    self.wanted = wanted.map(place)
    let content = shape.contentColumns
    others = keepsAll ? header.enumerated().filter { !content.contains($1) }.map { ($1, $0) } : []
    self.scanner = scanner
  }

  /// Adds a row and returns true, or adds nothing and returns false.
  ///
  /// - Parameters:
  ///   - values: receives the values of the wanted fields, in their order.
  ///   - members: receives the further fields, if they are kept.
  mutating func append(
    _ record: RawSpan, to rows: inout DecodedRows, values: inout [JSONValue], members: inout JSONObject
  ) -> Bool {
    let mark = rows.mark
    let isDone = record.withUnsafeBytes { row in
      FieldScanner.find(in: row, delimiter: delimiter, into: &places)
      return places.count <= fieldCount && read(row, into: &values, &members) && append(row, to: &rows)
    }
    if !isDone {
      members = JSONObject()
      rows.rewind(to: mark)
    }
    return isDone
  }

  /// Reads the fields beside the conversation; false if one is no text.
  private func read(
    _ row: UnsafeRawBufferPointer, into values: inout [JSONValue], _ members: inout JSONObject
  ) -> Bool {
    for (number, index) in wanted.enumerated() {
      guard let value = value(index, of: row) else { return false }
      values[number] = value
    }
    guard !others.isEmpty else { return true }
    var kept: [(String, JSONValue)] = []
    for (name, index) in others {
      guard let value = value(index, of: row) else { return false }
      kept.append((name, value))
    }
    members = JSONObject(kept)
    return true
  }

  private func isNull(_ index: Int?) -> Bool {
    guard let index, index < places.count else { return true }
    return places[index].isNull
  }

  /// A field's value; nil if it is not UTF-8.
  private func value(_ index: Int?, of row: UnsafeRawBufferPointer) -> JSONValue? {
    guard let index, !isNull(index) else { return .null }
    var text: [UInt8] = []
    FieldScanner.append(places[index], of: row, to: &text)
    return String(validating: text, as: UTF8.self).map { .string($0) }
  }

  // MARK: Conversations and texts

  private mutating func append(_ row: UnsafeRawBufferPointer, to rows: inout DecodedRows) -> Bool {
    let mark = rows.mark
    switch target {
    case .text(let index):
      guard !isNull(index) else { return false }
      FieldScanner.append(places[index], of: row, to: &rows.text)
      return endText(&rows, since: mark)
    case .messages(let index):
      guard !isNull(index), isNull(system), let scanner else { return false }
      json.removeAll(keepingCapacity: true)
      FieldScanner.append(places[index], of: row, to: &json)
      return scanner.append(messages: json.span.bytes, to: &rows)
    case .answer(let prompt, let index, let role, let asChat):
      guard !isNull(index), !mayHoldMessages(prompt, of: row), !mayHoldMessages(index, of: row) else { return false }
      guard asChat else {
        if !isNull(prompt) { append(prompt, of: row, to: &rows) }
        append(index, of: row, to: &rows)
        return endText(&rows, since: mark)
      }
      appendSystem(of: row, to: &rows)
      if !isNull(prompt) { turn(.user, of: &rows) { append(prompt, of: row, to: &$0) } }
      turn(role, of: &rows) { append(index, of: row, to: &$0) }
      return end(&rows, since: mark)
    case .instruction(let asked, let input, let output, let history):
      guard !isNull(asked), !isNull(output), isNull(history), !mayHoldMessages(asked, of: row),
        !mayHoldMessages(output, of: row)
      else { return false }
      appendSystem(of: row, to: &rows)
      turn(.user, of: &rows) { rows in
        let start = rows.text.count
        append(asked, of: row, to: &rows)
        guard !isNull(input) else { return }
        let end = rows.text.count
        if end > start { rows.text.append(0x0A) }
        let more = rows.text.count
        append(input, of: row, to: &rows)
        if rows.text.count == more { rows.text.removeSubrange(end...) }
      }
      turn(.assistant, of: &rows) { append(output, of: row, to: &$0) }
      return end(&rows, since: mark)
    }
  }

  /// Whether messages as JSON may stand in the place of a text.
  private func mayHoldMessages(_ index: Int?, of row: UnsafeRawBufferPointer) -> Bool {
    guard let index, !isNull(index) else { return false }
    let place = places[index]
    let first = row[place.isQuoted ? place.quoted : place.rest].first { !TextWindow.isSpace($0) }
    return first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
  }

  private func append(_ index: Int?, of row: UnsafeRawBufferPointer, to rows: inout DecodedRows) {
    if let index { FieldScanner.append(places[index], of: row, to: &rows.text) }
  }

  private func turn(_ role: ChatRole, of rows: inout DecodedRows, _ body: (inout DecodedRows) -> Void) {
    let start = rows.text.count
    body(&rows)
    rows.append(ChatMessage(role: role, content: start..<rows.text.count))
  }

  /// A system message without text is none.
  private func appendSystem(of row: UnsafeRawBufferPointer, to rows: inout DecodedRows) {
    guard !isNull(system) else { return }
    let start = rows.text.count
    append(system, of: row, to: &rows)
    if rows.text.count > start { rows.append(ChatMessage(role: .system, content: start..<rows.text.count)) }
  }

  /// Ends a text, unless it is not UTF-8.
  private func endText(_ rows: inout DecodedRows, since mark: DecodedRows.Mark) -> Bool {
    guard rows.text(since: mark).malformedOffset == nil else { return false }
    rows.endText(since: mark)
    return true
  }

  /// Ends a conversation, unless there may be images in it, or what is not UTF-8.
  private func end(_ rows: inout DecodedRows, since mark: DecodedRows.Mark) -> Bool {
    guard rows.text(since: mark).malformedOffset == nil, !MediaParts.mayHoldURL(rows.text(since: mark)) else {
      return false
    }
    rows.endConversation(since: mark)
    return true
  }
}
