import JSON

extension RowShape {
  /// The shapes that columns of these names have, one for each conversation of a row; none if nothing fits.
  ///
  /// - Parameters:
  ///   - columns: the names of the columns or members.
  ///   - options: what is said outright.
  ///   - content: what a column holds.
  static func guesses(
    columns: [String], options: ShapeOptions = ShapeOptions(),
    content: @escaping (String) -> ColumnContent = { _ in .other }
  ) -> [(side: SourceSide?, shape: RowShape)] {
    let guess = ShapeGuess(columns: columns, content: content)
    return guess.sides(options).map { ($0.side, options.applied(to: $0.shape)) }
  }
}

/// What a column holds, as far as it tells the shape of rows.
enum ColumnContent: Sendable, Hashable {
  /// Lists.
  case list
  /// Lists of texts.
  case texts
  /// Single objects.
  case object
  /// Texts.
  case text
  /// Anything else, or nobody has looked.
  case other

  /// What a value of a row is.
  init(_ value: JSONValue?) {
    switch value {
    case .array(let elements)?: self = if case .string? = elements.first { .texts } else { .list }
    case .object?: self = .object
    case .string?: self = .text
    default: self = .other
    }
  }
}

/// One of several conversations that a row holds.
public enum SourceSide: String, Sendable, Hashable {
  /// The answer that was preferred.
  case chosen
  /// The answer that was not.
  case rejected
}

/// Looks for a shape among the names of columns.
private struct ShapeGuess {
  typealias Sides = [(side: SourceSide?, shape: RowShape)]
  typealias Question = (asked: String, answers: [String])

  let columns: [String]
  let content: (String) -> ColumnContent

  /// Columns of conversations.
  private static let conversations = ["messages", "conversations", "conversation"]
  /// Names of questions, and of the answers that go with them in public data, which always mean a conversation.
  private static let instructions: [Question] = [
    ("instruction", ["output", "response"]), ("query", ["response", "output"]),
  ]
  /// The same for names that may mean something else beside a `text`.
  private static let questions: [Question] = [
    ("question", ["answer", "response", "output"]), ("prompt", ["response", "answer", "output"]),
    ("input", ["output"]),
  ]

  /// Columns of system messages.
  private static let systems = ["system", "system_prompt"]

  private func mayBeText(_ name: String) -> Bool { content(name) == .text || content(name) == .other }

  private func has(_ name: String) -> Bool { columns.contains { $0.utf8.elementsEqual(name.utf8) } }

  private func first(_ names: [String]) -> String? { names.first(where: has) }

  func sides(_ options: ShapeOptions) -> Sides {
    if let column = options.messagesColumn { return [(nil, messages(column))] }
    if let column = options.textColumn { return [(nil, RowShape(.text(column: column)))] }
    let preference = preference()
    if let conversation = first(Self.conversations) { return sides(of: conversation, preference) }
    if !preference.isEmpty { return answers(preference) }
    if has("prompt"), has("completion") { return [(nil, answer("completion", to: "prompt"))] }
    if let shape = instruction(Self.instructions) { return [(nil, shape)] }
    if has("text") { return [(nil, RowShape(.text(column: "text")))] }
    if let shape = instruction(Self.questions) { return [(nil, shape)] }
    // A prompt alone is what a model is to answer; with the steps of an answer it is not all of the row.
    if has("prompt"), !has("completions") { return [(nil, answer("prompt", to: nil))] }
    // These may be anything: only turns of Gemini and the texts of UltraChat are conversations.
    if has("contents"), [.list, .other].contains(content("contents")) { return [(nil, messages("contents"))] }
    if has("data"), content("data") == .texts { return [(nil, messages("data"))] }
    return []
  }

  private func messages(_ column: String) -> RowShape {
    // Beside `messages` a column of this name is what the data's maker asked the model with, not a message.
    let shape = RowShape(.messages(column: column))
    if column == "contents" { return withSystem(shape, RowShape.instructionsToGemini) }
    return shape.renamesRoles ? withSystem(shape, Self.systems.filter(mayBeText)) : shape
  }

  private func withSystem(_ shape: RowShape, _ names: [String] = ["system"]) -> RowShape {
    var shape = shape
    shape.systemColumn = first(names)
    return shape
  }

  // MARK: Preferences

  private func preference() -> [(side: SourceSide, column: String)] {
    for names in [("chosen", "rejected"), ("chosen_messages", "rejected_messages")] where has(names.0) {
      return [(.chosen, names.0)] + (has(names.1) ? [(.rejected, names.1)] : [])
    }
    return []
  }

  /// The conversations of rows with a common one, or with one of two.
  private func sides(of conversation: String, _ preference: [(side: SourceSide, column: String)]) -> Sides {
    let contents = Set(preference.map { content($0.column) })
    // A single message after common ones, which texts hold as JSON; else whole conversations, one of which is repeated
    // in the common column.
    if contents == [.object] || contents == [.text] && preference.count == 2 && conversation == "conversations" {
      return preference.map { side, column in
        let shape = RowShape(.continued(column: conversation, answer: column))
        return (side, shape.renamesRoles ? withSystem(shape, Self.systems.filter(mayBeText)) : withSystem(shape))
      }
    }
    if contents == [.list], preference.count == 2 { return answers(preference) }
    let chosen = messages(conversation)
    // Texts are answers, or hold them or whole conversations as JSON.
    if contents == [.text], preference.count == 2 {
      return preference.map { side, column in
        var shape = chosen
        shape.form = .replaced(column: conversation, answer: column)
        return (side, shape)
      }
    }
    if has("rejected_messages") { return [(.chosen, chosen), (.rejected, messages("rejected_messages"))] }
    if has("rejected_response") {
      let form = RowShape.Form.replaced(column: conversation, answer: "rejected_response")
      var rejected = chosen
      rejected.form = form
      return [(.chosen, chosen), (.rejected, rejected)]
    }
    return [(nil, chosen)]
  }

  private func answers(_ preference: [(side: SourceSide, column: String)]) -> Sides {
    // Texts that answer an instruction are turns; TRL joins those that answer a prompt.
    if preference.allSatisfy({ content($0.column) == .text }), !has("prompt"),
      let asked = first(["question", "instruction", "query", "input"])
    {
      return preference.map { ($0.side, instruction(asked, output: $0.column)) }
    }
    let prompt = first(["prompt", "question", "instruction", "query", "input"])
    return preference.map { ($0.side, answer($0.column, to: prompt)) }
  }

  private func answer(_ column: String, to prompt: String?) -> RowShape {
    var shape = withSystem(RowShape(.answer(prompt: prompt, column: column)))
    // A system message has no place in a text.
    shape.asChat = shape.systemColumn != nil
    return shape
  }

  // MARK: Instructions

  private func instruction(_ names: [Question]) -> RowShape? {
    for (asked, answers) in names where has(asked) {
      if let output = first(answers) { return instruction(asked, output: output) }
    }
    return nil
  }

  private func instruction(_ asked: String, output: String) -> RowShape {
    let inputs = asked == "instruction" ? ["input", "context"] : ["input"]
    let columns = RowShape.InstructionColumns(
      instruction: asked, input: first(inputs.filter { $0 != asked }), output: output, history: first(["history"]))
    return withSystem(RowShape(.instruction(columns)), Self.systems)
  }
}
