import JSON
import Support

/// What a chat template supports, found out by rendering small conversations with it.
///
/// Every answer is what the template does with conversations of one or two turns; a template may do otherwise with others.
public struct TemplateSurvey: Sendable {
  /// What is asked.
  public enum Subject: String, Sendable, CaseIterable {
    case conversation, systemRole = "system_role", alternation, tools, toolCalls = "tool_calls"
    case toolResults = "tool_results", thinkingInHistory = "thinking_in_history"
    case reasoningContent = "reasoning_content", generationBlocks = "generation_blocks", prefix
    case generationPrompt = "generation_prompt", contentParts = "content_parts", whiteSpace = "white_space", bos, date
    case arguments

    /// The name for people.
    public var title: String { String(rawValue.map { $0 == "_" ? " " : $0 }) }
  }

  /// An answer.
  public enum Answer: String, Sendable {
    case yes, no
    /// It is rendered in some cases, or not as one would think.
    case partly
    /// The template raises or fails.
    case refused
  }

  /// What was found out about a subject.
  public struct Finding: Sendable, Hashable {
    /// What was asked.
    public let subject: Subject
    /// The answer in a word.
    public let answer: Answer
    /// What it means, with the template's own message where it raises; no full stop at the end.
    public let detail: String
  }

  /// One finding a subject, in the order of the subjects.
  public let findings: [Finding]

  /// Whether the template renders a message of a user at all.
  public var isUsable: Bool { findings.first?.answer == .yes }

  /// Names that every conversation gives a value, if only None.
  private static let givenNames: Set<String> = [
    "messages", "tools", "documents", "add_generation_prompt", "bos_token", "eos_token", "unk_token", "pad_token",
    "sep_token", "cls_token", "mask_token",
  ]

  /// Asks a template.
  ///
  /// - Complexity: about twenty renderings.
  public init(_ template: JinjaTemplate, clock: TemplateClock? = nil) {
    self.init(TemplateProbe(.engine(template), clock: clock))
  }

  /// Asks a native format, which stands for a template whose text is not here.
  ///
  /// - Complexity: about twenty renderings.
  public init(_ format: ChatTemplate) { self.init(TemplateProbe(.native(format), clock: nil)) }

  private init(_ probe: TemplateProbe) {
    findings = Subject.allCases.map { subject in
      let (answer, detail) = probe.answer(subject)
      return Finding(subject: subject, answer: answer, detail: detail)
    }
  }

  /// The arguments that a template reads beyond those that every conversation gives it.
  fileprivate static func furtherArguments(among names: [String]) -> [String] {
    names.filter { !givenNames.contains($0) }.sorted()
  }
}

/// Renders conversations of texts that cannot come from the template itself.
private struct TemplateProbe {
  private typealias Answer = TemplateSurvey.Answer

  /// What renders.
  enum Template {
    case engine(JinjaTemplate)
    case native(ChatTemplate)

    var engine: JinjaTemplate? { if case .engine(let template) = self { template } else { nil } }

    var argumentNames: [String] {
      switch self {
      case .engine(let template): template.argumentNames
      case .native(let format): format.argumentNames
      }
    }
  }

  private let template: Template
  private let clock: TemplateClock?

  init(_ template: Template, clock: TemplateClock?) {
    self.template = template
    self.clock = clock
  }

  private enum Result {
    case text(String)
    case error(TemplateError)

    func holds(_ text: String) -> Bool {
      if case .text(let whole) = self { whole.contains(bytesOf: text) } else { false }
    }
  }

  // MARK: - Rendering

  private static func message(_ role: String, _ content: String, _ more: [(String, JSONValue)] = []) -> JSONValue {
    .object(JSONObject([("role", .string(role)), ("content", .string(content))] + more))
  }

  private static let user = message("user", "qqUSERqq")
  private static let answer = message("assistant", "qqANSWERqq")
  private static let secondUser = message("user", "qqSECONDqq")
  private static let secondAnswer = message("assistant", "qqLASTqq")
  private static let turns = [user, answer, secondUser, secondAnswer]
  private static let bos = "qqBOSqq"

  private static let tool = JSONValue.object(
    JSONObject([
      ("type", .string("function")),
      (
        "function",
        .object(
          JSONObject([
            ("name", .string("qqTOOLqq")), ("description", .string("d")),
            ("parameters", .object(JSONObject([("type", .string("object")), ("properties", .object(JSONObject()))]))),
          ]))
      ),
    ]))

  private static func call(_ arguments: JSONValue) -> JSONValue {
    let function = JSONObject([("name", .string("qqCALLqq")), ("arguments", arguments)])
    let call = JSONObject([
      ("id", .string("call00001")), ("type", .string("function")), ("function", .object(function)),
    ])
    return message("assistant", "", [("tool_calls", .array([.object(call)]))])
  }

  /// A call whose arguments are an object, and one whose arguments are a text, as the interface of OpenAI gives them.
  private static let calls = [
    call(.object(JSONObject([("qqNAMEqq", .string("qqVALUEqq"))]))), call(.string(#"{"qqNAMEqq": "qqVALUEqq"}"#)),
  ]
  private static let result = message(
    "tool", "qqRESULTqq", [("name", .string("qqCALLqq")), ("tool_call_id", .string("call00001"))])

  private func render(
    _ messages: [JSONValue], tools: [JSONValue]? = nil, prompts: Bool = false
  ) -> Result {
    var request = ChatTemplateRequest(messages: .array(messages))
    request.tools = tools.map { .array($0) }
    request.addGenerationPrompt = prompts
    request.specialTokens = JSONObject([
      ("bos_token", .string(Self.bos)), ("eos_token", .string("qqEOSqq")), ("unk_token", .string("qqUNKqq")),
      ("pad_token", .string("qqPADqq")),
    ])
    do throws(TemplateError) {
      var chat = RenderedChat()
      switch template {
      case .engine(let template): try template.apply(request, clock: clock, into: &chat)
      case .native(let format):
        guard let arguments = format.arguments(of: request) else { throw format.refusal(of: request) }
        let conversation = try ChatConversation(messages: request.messages)
        let text = conversation.text
        try format.render(conversation.messages, of: text.span.bytes, arguments: arguments, into: &chat)
      }
      return .text(chat.text)
    } catch {
      return .error(error)
    }
  }

  // MARK: - Questions

  func answer(_ subject: TemplateSurvey.Subject) -> (TemplateSurvey.Answer, String) {
    switch subject {
    case .conversation:
      return appears("qqLASTqq", in: render(Self.turns), "two turns are rendered", "an assistant's text is not written")
    case .systemRole:
      return appears(
        "qqSYSTEMqq", in: render([Self.message("system", "qqSYSTEMqq"), Self.user], prompts: true),
        "a system message is written", "a system message is passed over")
    case .alternation: return alternation()
    case .tools:
      return appears(
        "qqTOOLqq", in: render([Self.user], tools: [Self.tool], prompts: true), "tools are written",
        "tools are passed over")
    case .toolCalls: return toolCalls()
    case .toolResults:
      let results = Self.calls.map { render([Self.user, $0, Self.result], tools: [Self.tool], prompts: true) }
      return appears(
        "qqRESULTqq", in: results.first { $0.holds("qqRESULTqq") } ?? results[0], "results are written",
        "results are passed over")
    case .thinkingInHistory: return thinking()
    case .reasoningContent:
      let reasoned = Self.message("assistant", "qqLASTqq", [("reasoning_content", .string("qqREASONqq"))])
      return appears(
        "qqREASONqq", in: render([Self.user, reasoned]), "reasoning_content of the last answer is written",
        "reasoning_content is passed over")
    case .generationBlocks:
      return template.engine?.hasGenerationBlocks ?? false
        ? (.yes, "assistant masks are possible")
        : (.no, "there is no {% generation %} block, so that assistant masks are empty")
    case .prefix: return prefix()
    case .generationPrompt: return generationPrompt()
    case .contentParts: return parts()
    case .whiteSpace: return whiteSpace()
    case .bos: return beginning()
    case .date:
      return template.engine?.usesClock ?? false
        ? (.yes, "the text depends on the time (strftime_now)") : (.no, "the text does not depend on the time")
    case .arguments:
      let names = TemplateSurvey.furtherArguments(among: template.argumentNames)
      return names.isEmpty
        ? (.no, "it reads no further arguments")
        : (.yes, "it reads \(names.joined(separator: ", ")), undefined unless given")
    }
  }

  private func appears(_ text: String, in result: Result, _ yes: String, _ no: String) -> (Answer, String) {
    switch result {
    case .text(let whole): return whole.contains(bytesOf: text) ? (.yes, yes) : (.no, no)
    case .error(let error): return (.refused, refusal(error))
    }
  }

  private func refusal(_ error: TemplateError) -> String {
    if error.origin == .unsupported { return error.message }
    let place = error.line.map { " (line \($0))" } ?? ""
    return "\(error.origin == .raised ? "the template raises" : "the template fails"): \(error.message)\(place)"
  }

  private func alternation() -> (Answer, String) {
    for (messages, what) in [
      ([Self.user, Self.secondUser], "two messages of a user in a row"), ([Self.answer, Self.user], "an answer first"),
    ] {
      if case .error(let error) = render(messages) { return (.yes, "\(what) is refused: \(error.message)") }
    }
    return (.no, "messages may come in any order")
  }

  /// Whether calls are written, and of what kind their arguments must be for it.
  private func toolCalls() -> (Answer, String) {
    let results = Self.calls.map { render([Self.user, $0], tools: [Self.tool]) }
    let written = results.map { $0.holds("qqCALLqq") }
    switch (written[0], written[1]) {
    case (true, true):
      if results[1].holds(#"\"qqNAMEqq\""#) {
        return (.partly, "calls are written; arguments must be objects: a text is written with quotes and escapes")
      }
      if results[0].holds("'qqNAMEqq'") {
        return (.partly, "calls are written; arguments must be texts of JSON: an object is written as Python's source")
      }
      return (.yes, "calls are written, with arguments that are objects or texts of JSON")
    case (true, false):
      return (.partly, "calls are written; arguments must be objects: of a text \(fate(of: results[1]))")
    case (false, true):
      return (.partly, "calls are written; arguments must be texts of JSON: of an object \(fate(of: results[0]))")
    case (false, false): return appears("qqCALLqq", in: results[0], "", "calls are passed over")
    }
  }

  /// What becomes of a call that is not written.
  private func fate(of result: Result) -> String {
    if case .error(let error) = result { refusal(error) } else { "nothing is written" }
  }

  private func thinking() -> (Answer, String) {
    let thought = Self.message("assistant", "<think>\nqqTHOUGHTqq\n</think>\n\nqqANSWERqq")
    let earlier = render([Self.user, thought, Self.secondUser, Self.secondAnswer])
    let last = render([Self.user, thought])
    switch (earlier, last) {
    case (.error(let error), _), (_, .error(let error)): return (.refused, refusal(error))
    case (.text(let earlier), .text(let last)):
      switch (earlier.contains(bytesOf: "qqTHOUGHTqq"), last.contains(bytesOf: "qqTHOUGHTqq")) {
      case (true, true): return (.yes, "thinking stays in all answers")
      case (false, true): return (.partly, "thinking stays in the last answer only")
      case (true, false): return (.partly, "thinking stays in earlier answers only")
      case (false, false): return (.no, "thinking is taken out of all answers")
      }
    }
  }

  /// Whether a conversation's text begins with the text of its first messages.
  private func prefix() -> (Answer, String) {
    var previous: String?
    for count in 1...Self.turns.count {
      switch render(Array(Self.turns.prefix(count))) {
      case .error(let error): return (.refused, refusal(error))
      case .text(let text):
        if let previous, !text.hasPrefixBytes(previous) {
          return (.no, "the text of \(count) messages does not begin with that of the first \(count - 1)")
        }
        previous = text
      }
    }
    return (.yes, "the text of a longer conversation begins with that of the shorter one")
  }

  private func generationPrompt() -> (Answer, String) {
    switch (render([Self.user]), render([Self.user], prompts: true), render([Self.user, Self.answer])) {
    case (.error(let error), _, _), (_, .error(let error), _), (_, _, .error(let error)):
      return (.refused, refusal(error))
    case (.text(let plain), .text(let prompted), .text(let answered)):
      if plain == prompted { return (.no, "add_generation_prompt changes nothing") }
      return answered.hasPrefixBytes(prompted)
        ? (.yes, "an answer continues the text that ends with the prompt")
        : (.partly, "the text with the prompt is not how a conversation with an answer begins")
    }
  }

  private func parts() -> (Answer, String) {
    let part = JSONValue.object(JSONObject([("type", .string("text")), ("text", .string("qqPARTqq"))]))
    let message = JSONValue.object(JSONObject([("role", .string("user")), ("content", .array([part]))]))
    let result = render([message], prompts: true)
    if result.holds("'text'") || result.holds("\"text\"") {
      return (.partly, "a list of parts is written as source; join the texts first (--content-parts join)")
    }
    return appears("qqPARTqq", in: result, "texts in a list of parts are written", "a list of parts is passed over")
  }

  private func whiteSpace() -> (Answer, String) {
    let result = render([Self.message("user", "  qqSPACEqq \n"), Self.answer])
    if result.holds("  qqSPACEqq \n") { return (.yes, "white space around a user's text is kept") }
    let (answer, detail) = appears("qqSPACEqq", in: result, "trimmed", "a user's text is not written")
    return answer == .yes ? (.no, "white space around a user's text is trimmed") : (answer, detail)
  }

  private func beginning() -> (Answer, String) {
    if case .native(let format) = template {
      return format.bosPolicy == .template
        ? (.yes, "the text begins with the beginning-of-sequence token; tokenizing it must not add another")
        : (.no, "the beginning-of-sequence token is not written")
    }
    switch render(Self.turns) {
    case .error(let error): return (.refused, refusal(error))
    case .text(let text):
      let count = text.occurrences(of: Self.bos)
      if count == 0 { return (.no, "bos_token is not written") }
      if count > 1 { return (.partly, "bos_token is written \(count) times in two turns") }
      return text.hasPrefixBytes(Self.bos)
        ? (.yes, "the text begins with bos_token; tokenizing it must not add another")
        : (.partly, "bos_token is written, but not at the beginning")
    }
  }
}

extension String {
  /// Whether the text begins with the bytes of another.
  fileprivate func hasPrefixBytes(_ other: String) -> Bool { utf8.starts(with: other.utf8) }

  /// How often a text occurs, without overlaps.
  fileprivate func occurrences(of part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(ofBytes: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
