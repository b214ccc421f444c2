import Support
import Synchronization

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
  /// Behind a pointer, so that filling them is not checked for others at the same time.
  private let messages: UnsafeMutablePointer<PlainMessages>
  /// The number of the name `messages`; nil where the template does not read it.
  private let variable: Int?
  private let clock: TemplateClock?
  let traces = ShapeTraces()
  /// What a trace prints.
  private let traced: UnsafeMutablePointer<TextOutput>
  private lazy var recording = TraceRecording(template, input, clock: clock)

  init(_ template: JinjaTemplate, _ input: JinjaInput, clock: TemplateClock?) {
    self.template = template
    self.input = input
    self.clock = clock
    renderer = template.makeRenderer(input, clock: clock)
    scope = renderer.makeScope()
    messages = .allocate(capacity: 1)
    messages.initialize(to: PlainMessages(after: input.kinds))
    variable = template.number(ofName: "messages")
    traced = .allocate(capacity: 1)
    traced.initialize(to: TextOutput())
  }

  deinit {
    traced.deinitialize(count: 1)
    traced.deallocate()
    messages.deinitialize(count: 1)
    messages.deallocate()
  }

  /// Renders a conversation as `apply_chat_template` does.
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
    let result = text.withUnsafeBytes { text in
      do throws(TemplateError) {
        return .success(try render(messages, of: text, into: &chat)) as Result<[Range<Int>], TemplateError>
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func render(
    _ messages: [ChatMessage], of text: UnsafeRawBufferPointer, into chat: inout RenderedChat
  ) throws(TemplateError) -> [Range<Int>] {
    let list = try self.messages.pointee.fill(messages, of: text, findsThinking: template.findsThinking)
    let contents = self.messages.pointee.contents
    if let trace = trace(of: messages, list, contents) {
      traced.pointee.removeAll()
      let generations = trace._withUnsafeGuaranteedRef { $0.render(contents, into: &traced.pointee) }
      chat.assign(traced.pointee, kinds: self.messages.pointee.kinds)
      return chat.visible(generations)
    }
    if let variable { renderer.setVariable(variable, .list(list)) }
    try renderer.run(in: scope)
    renderer.withOutput { chat.assign($0, kinds: self.messages.pointee.kinds) }
    return chat.visible(renderer.generations)
  }

  /// What the template does with a conversation like this one; nil where only the engine can tell.
  private func trace(
    of messages: [ChatMessage], _ list: ListValue, _ contents: MessageContents
  ) -> Unmanaged<RenderingTrace>? {
    let trace: Unmanaged<RenderingTrace>
    switch traces.find(messages, contents) {
    case .engine: return nil
    case .trace(let known): trace = known
    case .unknown(let shape):
      guard let recorded = recording.record(list, contents, count: messages.count, shape, in: traces) else {
        return nil
      }
      // It is kept now.
      trace = .passUnretained(recorded)
    }
    var largest = 0
    for index in messages.indices { largest = max(largest, messages[index].content.count) }
    let isWithin = trace._withUnsafeGuaranteedRef { $0.isWithin(template.limits, largest: largest) }
    return isWithin ? trace : nil
  }
}

/// The messages of one conversation after the other as a template sees them.
struct PlainMessages: ~Copyable {
  private let shape = DictShape([.text("role"), .text("content")])
  private var dicts: [DictValue] = []
  /// Where the dicts have their values: the role, then the content.
  private var values: UnsafeMutablePointer<UnsafeMutablePointer<JinjaValue>>
  private var capacity = 16
  /// Lists of the first of the dicts, by their number.
  private var lists: [ListValue] = []
  /// Number of kinds that are not those of messages.
  private let firstKind: Int
  /// Number of inputs of this conversation and before it.
  private var kindCount: Int
  /// The kinds of the inputs, of which the first has the number 1; behind them may be some of an earlier conversation.
  private(set) var kinds: [TokenKind]

  /// Makes messages whose inputs are numbered after others.
  init(after kinds: [TokenKind]) {
    firstKind = kinds.count
    kindCount = firstKind
    self.kinds = kinds
    values = .allocate(capacity: capacity)
  }

  deinit { values.deallocate() }

  /// Takes the messages of a conversation, which lie in a buffer; the list is valid until the next one is taken.
  ///
  /// - Throws: `TemplateError` of origin ``TemplateError/Origin/malformed`` where a content is not UTF-8.
  mutating func fill(
    _ messages: [ChatMessage], of text: UnsafeRawBufferPointer, findsThinking: Bool
  ) throws(TemplateError) -> ListValue {
    while dicts.count < messages.count { addMessage() }
    kindCount = firstKind
    for number in messages.indices {
      let content = text[messages[number].content]
      guard content.count < UInt32.max else { throw .limit("a message has more than 4 GiB") }
      let bytes = UnsafeRawBufferPointer(rebasing: content)
      guard RawBytes.isWellFormed(bytes) else {
        throw TemplateError(.malformed, "message \(number + 1): content is not UTF-8")
      }
      let origin = add(messages[number].role.contentKind)
      var value = JinjaText.empty
      if let base = bytes.baseAddress {
        value = JinjaText(borrowing: base, start: 0, end: UInt32(bytes.count), origin: origin)
        if findsThinking, case .assistant = messages[number].role { value = markingThinking(value) }
      }
      values[number][0] = .text(JinjaText(messages[number].role))
      values[number][1] = .text(value)
    }
    return lists[messages.count - 1]
  }

  /// The contents of the conversation, valid until messages are added to the most that there were.
  var contents: MessageContents { MessageContents(members: UnsafePointer(values)) }

  /// Makes another message.
  private mutating func addMessage() {
    let dict = DictValue(shape, values: [.text(.empty), .text(.empty)])
    if dicts.count == capacity {
      capacity *= 2
      let larger = UnsafeMutablePointer<UnsafeMutablePointer<JinjaValue>>.allocate(capacity: capacity)
      larger.initialize(from: values, count: dicts.count)
      values.deallocate()
      values = larger
    }
    (values + dicts.count).initialize(to: dict.memory)
    dicts.append(dict)
    lists.append(ListValue(dicts.map { .dict($0) }))
  }

  /// Notes the kind of the next input and gives its number.
  private mutating func add(_ kind: TokenKind) -> TextOrigin {
    if kindCount < kinds.count { kinds[kindCount] = kind } else { kinds.append(kind) }
    kindCount += 1
    return .input(kindCount)
  }

  private mutating func markingThinking(_ text: JinjaText) -> JinjaText {
    let ranges = ThinkingRanges.find(in: text)
    guard !ranges.isEmpty else { return text }
    return ThinkingRanges.mark(ranges, of: text, as: add(.thinking))
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
  private let template: JinjaTemplate
  /// Everything but the messages, for conversations as they are and with the beginning of an answer.
  private let requests: (whole: ChatTemplateRequest, prompt: ChatTemplateRequest)
  private let clock: TemplateClock?
  private let idle = (whole: IdleSessions(), prompt: IdleSessions())

  /// - Parameter request: everything but the messages; no message is to be continued.
  init(_ template: JinjaTemplate, _ request: ChatTemplateRequest, clock: TemplateClock?) {
    self.template = template
    var (whole, prompt) = (request, request)
    (whole.addGenerationPrompt, prompt.addGenerationPrompt) = (false, true)
    requests = (whole, prompt)
    self.clock = clock
  }

  /// Renders a conversation as ``PlainSession/render(_:of:into:)`` does.
  ///
  /// - Parameter addsPrompt: whether the text ends with the beginning of an answer.
  func render(
    _ messages: [ChatMessage], of text: RawSpan, addsPrompt: Bool, into chat: inout RenderedChat
  ) throws(TemplateError) -> [Range<Int>] {
    let idle = addsPrompt ? idle.prompt : idle.whole
    let session: PlainSession
    if let taken = idle.take() {
      session = taken
    } else {
      session = try template.makeSession(addsPrompt ? requests.prompt : requests.whole, clock: clock)
    }
    defer { idle.giveBack(session) }
    return try session.render(messages, of: text, into: &chat)
  }
}

/// Sessions that nobody uses, handed from one thread to another.
private final class IdleSessions: Sendable {
  /// A session belongs to nobody while it is here, and to one thread once it is taken.
  private struct Idle: @unchecked Sendable { let session: PlainSession }

  /// The session that was used last, retained: a thread that is alone needs no lock. A pointer is not `Sendable`, but whoever
  /// takes this one out owns it.
  nonisolated(unsafe) private let last = Atomic<UnsafeMutableRawPointer?>(nil)
  private let others = Guarded<[Idle]>([])

  deinit { _ = takeLast() }

  func take() -> PlainSession? { takeLast() ?? others.withLock { idle in idle.popLast() }?.session }

  func giveBack(_ session: PlainSession) {
    let address = Unmanaged.passRetained(session).toOpaque()
    guard !last.compareExchange(expected: nil, desired: address, ordering: .releasing).exchanged else { return }
    let returned = Idle(session: Unmanaged.fromOpaque(address).takeRetainedValue())
    others.withLock { idle in idle.append(returned) }
  }

  private func takeLast() -> PlainSession? {
    last.exchange(nil, ordering: .acquiring).map { Unmanaged.fromOpaque($0).takeRetainedValue() }
  }
}
