import JSON

extension RowShape {
  /// The shapes that columns of these names have, one for each conversation of a row; none if nothing fits.
  ///
  /// - Parameters:
  ///   - columns: the names of the columns or members.
  ///   - options: what is said outright.
  ///   - isSingle: whether a column holds single messages instead of lists of them.
  static func guesses(
    columns: [String], options: ShapeOptions = ShapeOptions(), isSingle: @escaping (String) -> Bool = { _ in false }
  ) -> [(side: SourceSide?, shape: RowShape)] {
    let guess = ShapeGuess(columns: columns, isSingle: isSingle)
    return guess.sides(options).map { ($0.side, options.applied(to: $0.shape)) }
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
  let columns: [String]
  let isSingle: (String) -> Bool

  private func has(_ name: String) -> Bool { columns.contains { $0.utf8.elementsEqual(name.utf8) } }

  private func first(_ names: [String]) -> String? { names.first(where: has) }

  func sides(_ options: ShapeOptions) -> [(side: SourceSide?, shape: RowShape)] {
    if let column = options.messagesColumn { return [(nil, messages(column))] }
    if let column = options.textColumn { return [(nil, RowShape(.text(column: column)))] }
    let preference = preference()
    let conversation = first(["messages", "conversations", "conversation"])
    // A single message after common ones, or conversations of their own.
    if let conversation, preference.isEmpty || !preference.allSatisfy({ isSingle($0.column) }) {
      return [(nil, messages(conversation))]
    }
    if let conversation {
      return preference.map { ($0.side, withSystem(RowShape(.continued(column: conversation, answer: $0.column)))) }
    }
    if !preference.isEmpty {
      let prompt = first(["prompt", "question", "instruction", "query", "input"])
      return preference.map { ($0.side, withSystem(RowShape(.answer(prompt: prompt, column: $0.column)))) }
    }
    if has("prompt"), has("completion") {
      return [(nil, withSystem(RowShape(.answer(prompt: "prompt", column: "completion"))))]
    }
    if let instruction = instruction() { return [(nil, withSystem(RowShape(.instruction(instruction))))] }
    if has("text") { return [(nil, RowShape(.text(column: "text")))] }
    return []
  }

  private func messages(_ column: String) -> RowShape {
    // Beside `messages` a column of this name is what the data's maker asked the model with, not a message.
    let shape = RowShape(.messages(column: column))
    return column == "conversations" ? withSystem(shape) : shape
  }

  private func withSystem(_ shape: RowShape) -> RowShape {
    var shape = shape
    if has("system") { shape.systemColumn = "system" }
    return shape
  }

  private func preference() -> [(side: SourceSide, column: String)] {
    for names in [("chosen", "rejected"), ("chosen_messages", "rejected_messages")] where has(names.0) {
      return [(.chosen, names.0)] + (has(names.1) ? [(.rejected, names.1)] : [])
    }
    return []
  }

  private func instruction() -> RowShape.InstructionColumns? {
    let history = first(["history"])
    if has("instruction"), let output = first(["output", "response"]) {
      return RowShape.InstructionColumns(
        instruction: "instruction", input: first(["input"]), output: output, history: history)
    }
    if has("query"), let output = first(["response", "output"]) {
      return RowShape.InstructionColumns(
        instruction: "query", input: first(["input"]), output: output, history: history)
    }
    return nil
  }
}
