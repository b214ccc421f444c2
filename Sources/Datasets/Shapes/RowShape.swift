import JSON
public import TokenStatistics

/// Which members of a row make its conversation or its text, and what else is read of it.
public struct RowShape: Sendable, Hashable {
  /// How a row holds a conversation or a text.
  public enum Form: Sendable, Hashable {
    /// A text.
    case text(column: String)
    /// A list of messages, of pairs of turns, or a JSON text of one.
    case messages(column: String)
    /// What is asked and what is answered, both as messages or both as texts.
    case answer(prompt: String?, column: String)
    /// Messages, and one more or a list of more after them.
    case continued(column: String, answer: String)
    /// Messages, and another answer in the place of their last one.
    case replaced(column: String, answer: String)
    /// An instruction with what belongs to it.
    case instruction(InstructionColumns)
  }

  /// The columns of an instruction and its answer.
  public struct InstructionColumns: Sendable, Hashable {
    /// What is asked.
    public var instruction: String
    /// What the instruction is about; nil if there is no such column.
    public var input: String?
    /// What is answered.
    public var output: String
    /// The turns before, as pairs; nil if there is no such column.
    public var history: String?
  }

  /// How a row holds a conversation or a text.
  public var form: Form
  /// The column of a system message that comes first; nil if there is none.
  public var systemColumn: String?
  /// The column of the tools; nil for `tools`.
  public var toolsColumn: String?
  /// The member of a message that says who speaks; nil for `role` or else `from`.
  public var roleKey: String?
  /// The member of a message that holds what is said; nil for `content` or else `value`.
  public var contentKey: String?
  /// What roles are called in the data, by our names.
  public var roleNames: [String: String] = [:]
  /// Whether a prompt and a completion that are texts become the turns of a user and an assistant.
  public var asChat = false
  /// Columns that the other conversations of the same rows are made of.
  var otherColumns: [String] = []
  /// Columns that say more of a row, or that it is of another shape, and that the rows looked at first do not have.
  ///
  /// A row that has one is looked at by itself. Tables tell all their columns, so that there are none.
  var lateColumns: [String] = []
  /// Columns that would make rows of another shape, as which they are not read where the main column is null.
  var passedOverShapes: [String] = []
  /// Which of a row's conversations this is; nil where rows hold one.
  var side: SourceSide?
  /// The column of the scores.
  public var scoreColumn = DatasetColumns.score
  /// The column of the labels.
  public var labelColumn = DatasetColumns.label
  /// The scale of the scores where it was said outright; nil for that of the dataset's kind.
  public var scoreScale: ScoreScale?
  /// The columns that were named outright, so that they must be there.
  var namedColumns: [String] = []

  /// Makes a shape.
  public init(_ form: Form) { self.form = form }

  /// Rows with `messages`.
  public static let messages = RowShape(.messages(column: DatasetColumns.messages))

  /// Rows of which nobody looked at any: those without `messages` are looked at one by one.
  static let unseen: RowShape = {
    var shape = messages
    shape.lateColumns = shape.optionalColumns
    return shape
  }()

  /// The columns that a row's conversation or text is made of.
  var contentColumns: [String] {
    let columns: [String?]
    switch form {
    case .text(let column): columns = [column]
    case .messages(let column): columns = [column] + systemColumns
    case .answer(let prompt, let column): columns = [prompt, column, systemColumn]
    case .continued(let column, let answer), .replaced(let column, let answer):
      columns = [column, answer, systemColumn]
    case .instruction(let names): columns = [names.instruction, names.input, names.output, names.history, systemColumn]
    }
    return columns.compactMap { $0 }
  }

  /// The columns of which one may hold the system message: beside `contents` rows may be of both spellings.
  var systemColumns: [String] {
    guard let systemColumn else { return [] }
    let spellings = Self.instructionsToGemini
    return form == .messages(column: "contents") && spellings.contains(systemColumn) ? spellings : [systemColumn]
  }

  /// Whether roles have names of their own under `role` too, as they do in lists that are no `messages`.
  var renamesRoles: Bool {
    switch form {
    case .messages(let column), .continued(let column, _), .replaced(let column, _):
      switch column {
      case "conversations", "conversation", "contents", "data": true
      default: false
      }
    case .text, .answer, .instruction: false
    }
  }

  /// The columns of which nothing is told to the template, because they are read for themselves.
  var ownColumns: [String] { contentColumns + otherColumns + [scoreColumn, labelColumn] }

  /// The column without which there is nothing.
  var mainColumn: String {
    switch form {
    case .text(let column), .messages(let column), .answer(_, let column), .continued(let column, _),
      .replaced(let column, _):
      column
    case .instruction(let names): names.output
    }
  }

  /// The columns that every table must have: without the first there is nothing, and the others were said outright.
  var demandedColumns: [String] {
    [mainColumn] + namedColumns + (scoreColumn == DatasetColumns.score ? [] : [scoreColumn])
      + (labelColumn == DatasetColumns.label ? [] : [labelColumn])
  }

  /// Everything that decides what is read of a row, in words that stay the same; empty for rows with `messages`.
  public var key: String {
    // Whether the usual names were guessed or said makes no difference to what is read.
    var guessed = self
    guessed.namedColumns = []
    guessed.lateColumns = []
    guessed.passedOverShapes = []
    guard guessed != .messages else { return "" }
    var parts: [String]
    switch form {
    case .text(let column): parts = ["text", column]
    case .messages(let column): parts = ["messages", column]
    case .answer(let prompt, let column): parts = ["answer", prompt ?? "", column]
    case .continued(let column, let answer): parts = ["continued", column, answer]
    case .replaced(let column, let answer): parts = ["replaced", column, answer]
    case .instruction(let names):
      parts = ["instruction", names.instruction, names.input ?? "", names.output, names.history ?? ""]
    }
    for (name, value) in [
      ("system", systemColumn), ("tools", toolsColumn), ("role", roleKey), ("content", contentKey),
      ("chat", asChat ? "yes" : nil), ("score", scoreColumn == DatasetColumns.score ? nil : scoreColumn),
      ("label", labelColumn == DatasetColumns.label ? nil : labelColumn),
    ] {
      if let value { parts.append("\(name)=\(value)") }
    }
    for (own, role) in roleNames.sorted(by: { $0.key < $1.key }) { parts.append("\(own)>\(role)") }
    return parts.joined(separator: "\u{1F}")
  }

  /// The columns that rows of this form may have or not have, and those of the other answer of a pair.
  var optionalColumns: [String] {
    let others = Self.rejectedColumns
    switch form {
    case .text, .messages("messages"): return others
    case .messages("contents"): return others + Self.instructionsToGemini
    // A prompt by itself is one that nothing answers.
    case .answer(nil, "prompt"): return others + ["system", "completion", "response", "answer", "output", "chosen"]
    case .messages, .answer, .continued, .replaced:
      return others + (systemColumn == nil && renamesRoles ? ["system", "system_prompt"] : ["system"])
    case .instruction(let names):
      var columns = others + ["history", "input", "system"]
      // Second names count only where there is no first.
      if names.input == nil { columns.append("context") }
      if systemColumn == nil { columns.append("system_prompt") }
      return columns
    }
  }

  /// The columns of answers that were not preferred.
  static let rejectedColumns = ["rejected", "rejected_messages", "rejected_response"]

  /// The columns of the system message beside `contents`, in Google's two spellings.
  static let instructionsToGemini = ["systemInstruction", "system_instruction"]

  /// The columns among those of a row, or of a table, that would make it one of another shape than this.
  func others(among columns: [String]) -> [String] {
    let own = contentColumns + otherColumns
    return RowShape.guesses(columns: columns.filter { $0 != mainColumn }).map(\.shape.mainColumn)
      .filter { !own.contains($0) }
  }

  /// Why a row without the main column is not read as one of another shape.
  func nullReason(beside other: String) -> String {
    "\(mainColumn) is null, and the rows are not read by \(other): write those of each shape into a file of their own, "
      + "or rows without null members as JSONL"
  }

  /// Whether another shape is of the same form, with another answer.
  func isLike(_ other: RowShape) -> Bool {
    switch (form, other.form) {
    case (.answer, .answer), (.continued, .continued), (.replaced, .replaced), (.instruction, .instruction): true
    default: false
    }
  }

  /// What the guess of the shape says about itself; nil where nothing was guessed.
  public var guessText: String? {
    let words: String
    switch form {
    case .messages(DatasetColumns.messages) where systemColumn == nil: return nil
    case .text("text"): return nil
    case .text(let column): words = "texts of \(column)"
    case .messages(let column): words = "conversations of \(column)"
    case .answer(nil, let column): words = "conversations or texts of \(column)"
    case .answer(let prompt?, let column):
      words = "\(prompt) and \(column)" + (asChat ? " as the turns of a user and an assistant" : "")
    case .continued(let column, let answer): words = "\(column), then \(answer)"
    case .replaced(let column, let answer): words = "\(column), with \(answer) in the place of the last answer"
    case .instruction(let names):
      let parts = [systemColumn, names.history, names.instruction, names.input, names.output].compactMap { $0 }
      return "rows are read as conversations of \(parts.joined(separator: ", "))"
    }
    return "rows are read as \(words)" + (systemColumn.map { ", after a system message of \($0)" } ?? "")
  }
}

/// What the command line says about rows outright.
public struct ShapeOptions: Sendable, Hashable {
  /// The column of the messages.
  public var messagesColumn: String?
  /// The column of the texts.
  public var textColumn: String?
  /// The member of a message that says who speaks.
  public var roleKey: String?
  /// The member of a message that holds what is said.
  public var contentKey: String?
  /// The column of the scores.
  public var scoreColumn: String?
  /// The scale of the scores.
  public var scoreScale: ScoreScale?
  /// The column of the labels.
  public var labelColumn: String?
  /// Whether a prompt and a completion that are texts become turns.
  public var asChat = false

  /// Makes options that leave everything to the guess.
  public init() {}

  /// The columns that are named.
  var namedColumns: [String] { [messagesColumn, textColumn, scoreColumn, labelColumn].compactMap(\.self) }

  /// A shape with everything that is said outright.
  func applied(to shape: RowShape) -> RowShape {
    var shape = shape
    if let roleKey { shape.roleKey = roleKey }
    if let contentKey { shape.contentKey = contentKey }
    if let scoreColumn { shape.scoreColumn = scoreColumn }
    if let scoreScale { shape.scoreScale = scoreScale }
    if let labelColumn { shape.labelColumn = labelColumn }
    if asChat { shape.asChat = true }
    shape.namedColumns = namedColumns
    return shape
  }
}
