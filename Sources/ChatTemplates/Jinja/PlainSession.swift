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
    try self.messages.pointee.take(messages, of: text, findsThinking: template.findsThinking)
    let contents = self.messages.pointee.contents
    if let trace = trace(of: messages, contents) {
      traced.pointee.removeAll()
      let generations = trace._withUnsafeGuaranteedRef { $0.render(contents, into: &traced.pointee) }
      chat.assign(traced.pointee, kinds: self.messages.pointee.kinds)
      return chat.visible(generations)
    }
    if let variable { renderer.setVariable(variable, .list(self.messages.pointee.makeList(messages))) }
    try renderer.run(in: scope)
    renderer.withOutput { chat.assign($0, kinds: self.messages.pointee.kinds) }
    return chat.visible(renderer.generations)
  }

  /// What the template does with a conversation like this one; nil where only the engine can tell.
  private func trace(of messages: [ChatMessage], _ contents: MessageContents) -> Unmanaged<RenderingTrace>? {
    let trace: Unmanaged<RenderingTrace>
    switch traces.find(messages, contents) {
    case .engine: return nil
    case .trace(let known): trace = known
    case .unknown(let shape):
      let recorder = TraceRecorder()
      let list = self.messages.pointee.makeList(messages, for: recorder)
      guard let recorded = recording.record(list, by: recorder) else {
        traces.add(recorder, nil, to: shape)
        return nil
      }
      traces.add(recorder, recorded, to: shape)
      // It is kept now.
      trace = .passUnretained(recorded)
    }
    var largest = 0
    for index in messages.indices { largest = max(largest, messages[index].content.count) }
    let isWithin = trace._withUnsafeGuaranteedRef { $0.isWithin(template.limits, largest: largest) }
    return isWithin ? trace : nil
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
