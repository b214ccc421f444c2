import Support

/// Renders one conversation after the other whose messages hold a role and a text and no more.
///
/// The values that a template sees of the messages, and the renderer, are made once and filled anew, so that a
/// conversation costs little more than what its template does. A session belongs to one thread at a time.
final class PlainSession {
  private let template: JinjaTemplate
  /// All arguments but the messages; their texts lie in its memory.
  private let input: JinjaInput
  private let renderer: Renderer
  private let scope: Scope
  private let messages: PlainMessages
  /// The number of the name `messages`; nil where the template does not read it.
  private let variable: Int?

  init(_ template: JinjaTemplate, _ input: JinjaInput, clock: TemplateClock?) {
    self.template = template
    self.input = input
    renderer = template.makeRenderer(input, clock: clock)
    scope = renderer.makeScope()
    messages = PlainMessages(after: input.kinds)
    variable = template.number(ofName: "messages")
  }

  /// Renders a conversation as `apply_chat_template` does. After an error the session cannot be used again.
  ///
  /// - Parameters:
  ///   - messages: the messages, at least one, without ``ChatMessage/extras``.
  ///   - text: the buffer that their ranges point into.
  ///   - chat: receives the text; what was in it is lost.
  /// - Returns: what `{% generation %}` blocks printed, as byte ranges of the text.
  /// - Throws: `TemplateError` where the template raises, and where a content is not UTF-8.
  func render(
    _ messages: [ChatMessage], of text: RawSpan, into chat: inout RenderedChat
  ) throws(TemplateError) -> [Range<Int>] {
    chat.removeAll()
    guard !messages.isEmpty else { throw JinjaTemplate.noMessages }
    // A closure that throws one type of errors only is not taken by every way into the buffer.
    let failure = text.withUnsafeBytes { text in
      do throws(TemplateError) {
        let list = try self.messages.fill(messages, of: text, findsThinking: template.findsThinking)
        if let variable { renderer.setVariable(variable, .list(list)) }
        try renderer.run(in: scope)
        return nil as TemplateError?
      } catch {
        return error
      }
    }
    if let failure { throw failure }
    let kinds = self.messages.kinds
    renderer.withOutput { chat.assign($0, kinds: kinds) }
    return renderer.generations
  }
}

/// The messages of one conversation after the other as a template sees them.
final class PlainMessages {
  private let shape = DictShape([.text("role"), .text("content")])
  private var dicts: [DictValue] = []
  /// Lists of the first of the dicts, by their number.
  private var lists: [ListValue] = []
  /// Number of kinds that are not those of messages.
  private let firstKind: Int
  /// The kinds of the inputs, of which the first has the number 1.
  private(set) var kinds: [TokenKind]

  /// Makes messages whose inputs are numbered after others.
  init(after kinds: [TokenKind]) {
    firstKind = kinds.count
    self.kinds = kinds
  }

  /// Takes the messages of a conversation, which lie in a buffer; the list is valid until the next one is taken.
  ///
  /// - Throws: `TemplateError` of origin ``TemplateError/Origin/malformed`` where a content is not UTF-8.
  func fill(
    _ messages: [ChatMessage], of text: UnsafeRawBufferPointer, findsThinking: Bool
  ) throws(TemplateError) -> ListValue {
    while dicts.count < messages.count {
      dicts.append(DictValue(shape, values: [.text(.empty), .text(.empty)]))
      lists.append(ListValue(dicts.map { .dict($0) }))
    }
    let dicts = dicts
    // Taken out and put back, so that each change is not checked for others at the same time.
    var kinds: [TokenKind] = []
    swap(&kinds, &self.kinds)
    defer { self.kinds = kinds }
    kinds.removeSubrange(firstKind...)
    for number in messages.indices {
      let content = text[messages[number].content]
      guard content.count < UInt32.max else { throw .limit("a message has more than 4 GiB") }
      let bytes = UnsafeRawBufferPointer(rebasing: content)
      guard RawBytes.isWellFormed(bytes) else {
        throw TemplateError(.malformed, "message \(number + 1): content is not UTF-8")
      }
      kinds.append(messages[number].role.contentKind)
      var value = JinjaText.empty
      if let base = bytes.baseAddress {
        value = JinjaText(borrowing: base, start: 0, end: UInt32(bytes.count), origin: .input(kinds.count))
        if findsThinking, case .assistant = messages[number].role { value = markingThinking(value, &kinds) }
      }
      dicts[number].setValue(at: 0, .text(JinjaText(messages[number].role)))
      dicts[number].setValue(at: 1, .text(value))
    }
    return lists[messages.count - 1]
  }

  private func markingThinking(_ text: JinjaText, _ kinds: inout [TokenKind]) -> JinjaText {
    let ranges = ThinkingRanges.find(in: text)
    guard !ranges.isEmpty else { return text }
    kinds.append(.thinking)
    return ThinkingRanges.mark(ranges, of: text, as: .input(kinds.count))
  }
}

extension JinjaText {
  /// The name of a role.
  fileprivate init(_ role: ChatRole) {
    switch role {
    case .system: self.init(literal: "system")
    case .user: self.init(literal: "user")
    case .assistant: self.init(literal: "assistant")
    case .tool: self.init(literal: "tool")
    case .other(let name): self.init(name)
    }
  }
}

/// The sessions of a template whose arguments are the same for all conversations, for any number of threads.
final class PlainSessions: Sendable {
  /// A session that nobody uses, handed from one thread to another.
  private struct Idle: @unchecked Sendable { let session: PlainSession }

  private let template: JinjaTemplate
  private let request: ChatTemplateRequest
  private let clock: TemplateClock?
  private let idle = Guarded<[Idle]>([])

  /// - Parameter request: everything but the messages; no message is to be continued.
  init(_ template: JinjaTemplate, _ request: ChatTemplateRequest, clock: TemplateClock?) {
    self.template = template
    self.request = request
    self.clock = clock
  }

  /// Renders a conversation as ``PlainSession/render(_:of:into:)`` does.
  func render(
    _ messages: [ChatMessage], of text: RawSpan, into chat: inout RenderedChat
  ) throws(TemplateError) -> [Range<Int>] {
    let session: PlainSession
    if let taken = idle.withLock({ idle in idle.popLast() }) {
      session = taken.session
    } else {
      session = try template.makeSession(request, clock: clock)
    }
    let generations = try session.render(messages, of: text, into: &chat)
    let returned = Idle(session: session)
    idle.withLock { idle in idle.append(returned) }
    return generations
  }
}
