import ChatTemplates
import JSON
import Support

/// Makes conversations and texts of rows, by the same rules whatever file they come from.
struct RowInterpreter: Sendable {
  /// The shape of the rows.
  let shape: RowShape
  /// What reads the images of rows; nil where nobody asks for their sizes.
  var images: ImageReading?

  /// Adds a row; one that cannot be read is added with the reason.
  ///
  /// A row that is a text is one, a list is a conversation. An object that lacks the shape's columns is looked at by
  /// itself, so that files of mixed rows are read too.
  ///
  /// - Parameter own: the images of the row's columns; nil where the row itself holds them.
  /// - Returns: the members that the conversation or the text was made of.
  @discardableResult
  func append(_ row: JSONValue, to rows: inout DecodedRows, images own: RowImages? = nil) -> [String] {
    let mark = rows.mark
    do throws(InputError) {
      switch row {
      case .string(let text):
        rows.text.append(contentsOf: text.utf8)
        rows.endText(since: mark)
      case .array:
        let turns = RowTurns(shape, RowImages(images))
        turns.write(try turns.turns(of: row, column: DatasetColumns.messages), to: &rows)
      case .object(let object):
        let shape = try shape(of: object)
        if let reason = Self.nullReason(shape, in: object) { throw .unreadable(reason) }
        try RowTurns(shape, own ?? RowImages(images, media(of: object, shape))).append(object, to: &rows)
        return shape.contentColumns
      default:
        throw .unreadable("\(row.kindName) where a string or an object with \"text\" or \"messages\" is expected")
      }
    } catch {
      rows.rewind(to: mark)
      rows.fail(error.message)
    }
    return []
  }

  /// The images of a row's own members.
  private func media(of row: JSONObject, _ shape: RowShape) -> [ChatMedia] {
    guard let images else { return [] }
    let own = shape.contentColumns
    return ImageReading.columns.filter { !own.contains($0) }.flatMap { images.images(row[$0] ?? .null) }
  }

  /// The shape of a row that may be another than that of most, or have columns that most have not.
  private func shape(of object: JSONObject) throws(InputError) -> RowShape {
    let holds = { (name: String) in object[name].map { $0 != .null } ?? false }
    let isUsual = object.value(at: shape.mainColumn) != nil
    if isUsual, !shape.lateColumns.contains(where: holds) { return shape }
    let content = { (name: String) in ColumnContent(object[name]) }
    // A preferred answer beside one that is null stands alone.
    let columns = object.keys.filter { isUsual || RowShape.rejectedColumns.contains($0) ? holds($0) : true }
    let guesses = RowShape.guesses(columns: columns, content: content)
    if let same = guesses.first(where: { $0.side == shape.side }) { return sharing(same.shape, isUsual: isUsual) }
    // Of two answers none is passed over in silence.
    guard guesses.count < 2 else {
      throw .unreadable("the row holds two answers, chosen and rejected, where rows of one conversation are read")
    }
    // A preferred answer alone is a conversation, but not the other one of a pair.
    if let only = guesses.first, only.side == nil || shape.side == nil { return sharing(only.shape, isUsual: isUsual) }
    guard isUsual else { throw .unreadable(Self.missing(shape, in: object)) }
    return shape
  }

  /// The shape of one row with what holds for all.
  ///
  /// - Parameter isUsual: whether the row only has more columns than most, which make no turns of texts.
  private func sharing(_ other: RowShape, isUsual: Bool) -> RowShape {
    var other = other
    (other.roleKey, other.contentKey) = (shape.roleKey, shape.contentKey)
    other.asChat = isUsual ? shape.asChat : other.asChat || shape.asChat
    return other
  }

  /// Why a row cannot be read whose main column is null and others are not that would make it one of another shape; nil
  /// for other rows.
  private static func nullReason(_ shape: RowShape, in object: JSONObject) -> String? {
    guard object.value(at: shape.mainColumn) == .null else { return nil }
    let others = shape.passedOverShapes + shape.others(among: object.keys.filter { object[$0] != .null })
    guard let other = others.first else { return nil }
    return shape.nullReason(beside: other)
  }

  private static func missing(_ shape: RowShape, in object: JSONObject) -> String {
    guard shape == .messages || shape == .unseen else { return "\(shape.mainColumn) is missing" }
    return "the object has neither \"text\" nor \"messages\""
  }
}

/// Makes the turns of a row.
struct RowTurns {
  let shape: RowShape
  private let images: RowImages

  init(_ shape: RowShape, _ images: RowImages = RowImages(nil)) {
    self.shape = shape
    self.images = images
  }

  /// Adds the conversation or the text of a row.
  func append(_ row: JSONObject, to rows: inout DecodedRows) throws(InputError) {
    switch shape.form {
    case .text(let column): try appendText([row.value(at: column) ?? .null], of: column, to: &rows)
    case .messages(let column):
      try write(turns(of: row.value(at: column) ?? .null, column: column), of: row, to: &rows)
    case .answer(let prompt, let column): try append(answer: column, to: prompt, of: row, to: &rows)
    case .continued(let column, let answer):
      let value = row.value(at: answer) ?? .null
      let after = try turns(of: listed(value), column: answer, textRole: "assistant")
      // A text tells only here whether it holds one message or a whole conversation.
      let isWhole = value.stringValue != nil && after.count > 1
      let before = try isWhole ? [] : turns(of: row.value(at: column) ?? .null, column: column)
      try write(before + after, of: row, to: &rows)
    case .replaced(let column, let answer):
      let value = row.value(at: answer) ?? .null
      let after = try turns(of: listed(value), column: answer, textRole: "assistant")
      // Here, too; no conversation begins with what replaces an answer.
      let isWhole = value.stringValue != nil && after.first?.role != "assistant"
      var before = try isWhole ? [] : turns(of: row.value(at: column) ?? .null, column: column)
      while before.last?.role == "assistant" { before.removeLast() }
      try write(before + after, of: row, to: &rows)
    case .instruction(let names): try write(turns(of: names, in: row), of: row, to: &rows)
    }
  }

  /// Adds a prompt and an answer: messages make a conversation, texts a text.
  private func append(
    answer column: String, to prompt: String?, of row: JSONObject, to rows: inout DecodedRows
  ) throws(InputError) {
    let asked = prompt.flatMap { row.value(at: $0) } ?? .null
    let answer = row.value(at: column) ?? .null
    guard let text = answer.stringValue, messages(of: asked) == nil, messages(of: answer) == nil else {
      return try write(exchange(asked, of: prompt ?? "", answer, of: column), of: row, to: &rows)
    }
    let before = asked == .null ? [] : [try plainText(asked, of: prompt ?? "")]
    // As TRL does: the one text behind the other, without a template.
    guard shape.asChat else {
      guard try system(row, before: []).isEmpty else {
        throw .unreadable(
          "\(shape.systemColumn ?? "") first comes in this row, and those before are read as texts, in which a system "
            + "message has no place: --as-chat makes turns of all")
      }
      return try appendText(before + [answer], of: column, to: &rows)
    }
    let speaker = column == "prompt" ? "user" : "assistant"
    let turns = before.map { Turn(role: "user", content: $0) } + [Turn(role: speaker, content: .string(text))]
    try write(turns, of: row, to: &rows)
  }

  /// The turns of what is asked and what is answered, of which each is messages or a text.
  private func exchange(
    _ asked: JSONValue, of prompt: String, _ answer: JSONValue, of column: String
  ) throws(InputError) -> [Turn] {
    let after: [Turn]
    let question = messages(of: asked)
    // After messages one by itself is an answer.
    if let list = messages(of: answer) ?? question.flatMap({ _ in decodedList(answer, takesOne: true) }) {
      after = try turns(of: list, column: column)
    } else {
      after = [Turn(role: "assistant", content: try plainText(answer, of: column))]
    }
    if let question { return try turns(of: question, column: prompt) + after }
    guard asked != .null else { return after }
    let text = try plainText(asked, of: prompt)
    // A conversation that begins with its prompt says it itself.
    return after.first?.role == "assistant" ? [Turn(role: "user", content: text)] + after : after
  }

  /// The turns of an instruction: those before, what is asked, what is answered.
  private func turns(of names: RowShape.InstructionColumns, in row: JSONObject) throws(InputError) -> [Turn] {
    var turns: [Turn] = []
    if let history = names.history, let value = row.value(at: history), value != .null {
      turns = try self.turns(of: value, column: history)
    }
    var asked = row.value(at: names.instruction) ?? .null
    let input = names.input.flatMap { row.value(at: $0) } ?? .null
    // What is behind messages would be lost: with an input, JSON is a text.
    if messages(of: asked) == nil || asked.stringValue != nil && input != .null && input != .string("") {
      asked = try plainText(asked, of: names.instruction)
      if input != .null, let text = try plainText(input, of: names.input ?? "").stringValue, !text.isEmpty {
        let before = asked.stringValue ?? ""
        asked = .string(before.isEmpty ? text : before + "\n" + text)
      }
    }
    let answer = row.value(at: names.output) ?? .null
    return turns + (try exchange(asked, of: names.instruction, answer, of: names.output))
  }

  /// Ends a row with these turns, after a system message of its own where they have none.
  private func write(_ turns: [Turn], of row: JSONObject, to rows: inout DecodedRows) throws(InputError) {
    write(try system(row, before: turns) + turns, to: &rows)
  }

  /// The system message of a row, if it has one that the turns do not begin with.
  private func system(_ row: JSONObject, before turns: [Turn]) throws(InputError) -> [Turn] {
    let filled = shape.systemColumns.compactMap { name in
      row.value(at: name).flatMap { $0 == .null ? nil : (column: name, value: $0) }
    }
    guard let (column, value) = filled.first, turns.first?.role != "system" else { return [] }
    guard filled.count == 1 else {
      throw .unreadable("the row holds both \(column) and \(filled[1].column); remove one")
    }
    let text = if let joined = try joinedParts(of: value, column) { joined } else { try plainText(value, of: column) }
    // Rows of models without system messages have it at the beginning of the question, too.
    if column == "system_prompt", let words = text.stringValue,
      turns.first?.content?.stringValue?.utf8.starts(with: words.utf8) == true
    {
      return []
    }
    return text == .string("") ? [] : [Turn(role: "system", content: text)]
  }

  private func plainText(_ value: JSONValue, of column: String) throws(InputError) -> JSONValue {
    guard value.stringValue != nil else {
      throw .unreadable(value == .null ? "\(column) is null" : "\(column) is \(value.kindName); a text is expected")
    }
    return value
  }

  private func appendText(
    _ values: [JSONValue], of column: String, to rows: inout DecodedRows
  ) throws(InputError) {
    let mark = rows.mark
    for value in values {
      guard let text = value.stringValue else {
        throw .unreadable(
          value == .null ? "\(column) is null" : "\"\(column)\" is \(value.kindName); a string is expected")
      }
      rows.text.append(contentsOf: text.utf8)
    }
    rows.endText(since: mark)
  }
}

// Lists of messages.
extension RowTurns {
  private static let reasoningKeys = ["reasoning_content", "thinking", "reasoning"]
  /// Who asks and who answers in pairs.
  static let askers = ["human", "user", "input"]
  private static let answerers = ["assistant", "gpt", "bot", "output"]
  /// The members of a message that are read; `parts` are too where there is neither `content` nor `value`.
  static let knownMembers: Set<String> = [
    "role", "content", "from", "value", "reasoning_content", "thinking", "reasoning", "tool_calls",
  ]

  /// The turns of a list of messages, of pairs, or of a JSON text of one.
  ///
  /// - Parameter textRole: who says a plain text; nil if that is an error.
  func turns(of value: JSONValue, column: String, textRole: String? = nil) throws(InputError) -> [Turn] {
    switch value {
    case .null: throw .unreadable("\(column) is null")
    case .array(let elements):
      if let pairs = try pairs(elements, column: column) { return pairs }
      if case .string? = elements.first, holdsTexts(column) { return try texts(elements, column: column) }
      var turns: [Turn] = []
      turns.reserveCapacity(elements.count)
      for (index, element) in elements.enumerated() { turns.append(try turn(element, number: index + 1)) }
      return turns
    case .string(let text):
      if let textRole, decodedList(value, takesOne: true) == nil { return [Turn(role: textRole, content: value)] }
      let list: JSONValue
      do { list = try JSONValue.parse(text) } catch {
        throw .unreadable("\(column) is a text that is no list of messages: \(error)")
      }
      guard list.arrayValue != nil || list.objectValue != nil else {
        throw .unreadable("\"\(column)\" is a text; a list of messages is expected")
      }
      return try turns(of: listed(list), column: column)
    default: throw .unreadable("\"\(column)\" is \(value.kindName); a list of messages is expected")
    }
  }

  /// The turns of pairs, as `[question, answer]` or objects of two; nil if the elements are messages.
  private func pairs(_ elements: [JSONValue], column: String) throws(InputError) -> [Turn]? {
    switch elements.first {
    case .array?: break
    case .object(let object)? where Self.askers.contains { object[$0] != nil } && object.present("role") == nil: break
    default: return nil
    }
    var turns: [Turn] = []
    for (index, element) in elements.enumerated() {
      let values: [(role: String, value: JSONValue?)]
      switch element {
      case .array(let pair) where pair.count == 2: values = [("user", pair[0]), ("assistant", pair[1])]
      case .object(let object):
        let asked = Self.askers.lazy.compactMap { object[$0] }.first
        let answered = Self.answerers.lazy.compactMap { object[$0] }.first
        // Nothing asked, and no system message, are often written as a text without anything in it.
        let (system, isAsked) = (object["system"], asked != .string(""))
        values = [
          ("system", system == .string("") ? nil : system), ("user", isAsked ? asked : nil), ("assistant", answered),
        ]
      default: throw .unreadable("\(column): element \(index + 1) is no pair of a question and an answer")
      }
      for (role, value) in values {
        guard let value, value != .null else { continue }
        turns.append(Turn(role: role, content: try plainText(value, of: "\(column), element \(index + 1)")))
      }
    }
    return turns
  }

  private func turn(_ element: JSONValue, number: Int) throws(InputError) -> Turn {
    guard let message = element.objectValue else {
      let what = element == .null ? "" : "; an object with role and content is expected"
      throw .unreadable("message \(number) is \(element.kindName)\(what)")
    }
    let (roleKey, contentKey) = keys(of: message)
    guard let role = message.present(roleKey) else {
      throw .unreadable("message \(number): \(roleKey) is \(message[roleKey] == nil ? "missing" : "null")")
    }
    guard let name = role.stringValue else {
      throw .unreadable("message \(number): \(roleKey) is \(role.kindName); a string is expected")
    }
    var content = message.present(contentKey)
    if contentKey == "parts" { content = try joinedParts(of: element, "message \(number)") }
    var turn = Turn(role: self.role(name, key: roleKey), content: content)
    turn.reasoning = Self.reasoningKeys.lazy.compactMap { message.present($0) }.first
    turn.toolCalls = message.present("tool_calls")
    if let calls = turn.toolCalls, calls.arrayValue == nil, calls.stringValue == nil {
      throw .unreadable("message \(number): tool_calls is \(calls.kindName); a list is expected")
    }
    if turn.role == RoleNames.call, turn.toolCalls == nil, let content = turn.content {
      turn.role = "assistant"
      do throws(InputError) { turn.toolCalls = try ToolCalls.calls(of: content) } catch {
        throw .unreadable("message \(number): \(error.message)")
      }
      turn.content = nil
    }
    let names = message.members.lazy.map(\.key).filter { $0 == roleKey || $0 == contentKey }
    turn.isContentFirst = names.first == contentKey
    if message.count > 2 || turn.toolCalls != nil || turn.content?.stringValue == nil {
      turn.object = object(of: turn, message, roleKey: roleKey, contentKey: contentKey)
    }
    return turn
  }

  /// The members of a message under the names that templates read.
  private func object(of turn: Turn, _ message: JSONObject, roleKey: String, contentKey: String) -> JSONObject {
    var object = JSONObject()
    for member in message.members {
      switch member.key {
      case roleKey: object["role"] = .string(turn.role)
      case contentKey: if let content = turn.content { object["content"] = content }
      default: if member.value != .null { object[member.key] = member.value }
      }
    }
    if let calls = turn.toolCalls { object["tool_calls"] = calls }
    return object
  }

  private func role(_ name: String, key: String) -> String {
    if let own = shape.roleNames[name] { return own }
    return RoleNames.role(name, isRenamed: key != "role" || shape.renamesRoles)
  }

  /// The role of a message that holds nothing unusual; nil if it needs a closer look.
  func plainRole(_ name: RawSpan, isRole: Bool) -> ChatRole? {
    let role = ChatRole(bytes: name)
    if case .other(let name) = role {
      let known = self.role(name, key: isRole ? "role" : "from")
      return known == RoleNames.call ? nil : ChatRole(known)
    }
    return shape.roleNames.isEmpty ? role : ChatRole(self.role(role.name, key: isRole ? "role" : "from"))
  }

  /// Ends a row with these turns.
  func write(_ turns: [Turn], to rows: inout DecodedRows) {
    let mark = rows.mark
    var images = images
    var media: [[ChatMedia]] = []
    for turn in turns {
      var own: [ChatMedia] = []
      let start = rows.text.count
      var content = ChatMessageExtras.Content.missing
      var object = turn.object
      switch turn.content {
      case nil: break
      case .string(let text)?:
        let (kept, count) = MediaParts.removed(from: text)
        own = images.media(ofText: kept) + [ChatMedia](repeating: .placeless(.inText), count: count)
        rows.text.append(contentsOf: kept.utf8)
        content = .text
        if count > 0, object != nil { object?["content"] = .string(kept) }
      case let value?:
        let kept: JSONValue
        (kept, own) = MediaParts.normalized(value, &images)
        content = .value(kept)
        if object != nil { object?["content"] = kept }
      }
      media.append(own)
      let isPlain = content == .text && object == nil && turn.reasoning == nil && turn.toolCalls == nil
      rows.append(
        ChatMessage(
          role: ChatRole(turn.role), content: start..<rows.text.count,
          extras: isPlain
            ? nil
            : ChatMessageExtras(
              content: content, reasoning: turn.reasoning, toolCalls: turn.toolCalls, object: object),
          isContentFirst: turn.isContentFirst))
    }
    // As TRL has it, images without places are the first question's.
    if !images.rest.isEmpty, !turns.isEmpty {
      media[turns.firstIndex { $0.role == "user" } ?? 0].insert(contentsOf: images.rest, at: 0)
    }
    rows.note(media, since: mark)
    rows.endConversation(since: mark, of: shape.mainColumn)
  }
}

extension JSONObject {
  /// The value of a member that is there and not null.
  func present(_ name: String) -> JSONValue? { self[name].flatMap { $0 == .null ? nil : $0 } }
}
