import JSON
import Testing

@testable import ChatTemplates

/// A renderer that keeps what it learns from one conversation to the next, beside the engine, which makes everything anew
/// for each.
struct EngineComparison {
  /// A message's role and content.
  typealias Message = (role: String, content: String)

  let source: String
  private let tokens = JSONObject([("bos_token", .string("<s>")), ("eos_token", .string("</s>"))])
  private let arguments: JSONObject
  private let template: JinjaTemplate
  private let sessions: (whole: PlainSession, prompt: PlainSession)

  /// - Parameters:
  ///   - source: the template.
  ///   - arguments: what all conversations tell it.
  ///   - limits: how far it may go.
  /// - Throws: `TemplateError` where the template cannot be compiled.
  init(
    _ source: String, arguments: JSONObject = JSONObject(), limits: TemplateLimits = TemplateLimits()
  ) throws(TemplateError) {
    self.source = source
    self.arguments = arguments
    template = try JinjaTemplate(source, limits: limits)
    sessions = (
      try template.makeSession(Self.request(.null, tokens, arguments, addsPrompt: false), clock: nil),
      try template.makeSession(Self.request(.null, tokens, arguments, addsPrompt: true), clock: nil)
    )
  }

  /// How many traces the sessions have recorded.
  var traceCount: Int { sessions.whole.traces.traceCount + sessions.prompt.traces.traceCount }

  private static func request(
    _ messages: JSONValue, _ tokens: JSONObject, _ arguments: JSONObject, addsPrompt: Bool
  ) -> ChatTemplateRequest {
    var request = ChatTemplateRequest(messages: messages)
    request.specialTokens = tokens
    request.arguments = arguments
    request.addGenerationPrompt = addsPrompt
    return request
  }

  /// What a rendering gives.
  struct Outcome: Equatable {
    var text = ""
    var spans: [RenderedChat.Part] = []
    var borders: [Int] = []
    var generations: [Range<Int>] = []
    var error: String?

    fileprivate mutating func take(_ chat: RenderedChat) {
      (text, spans, borders) = (chat.text, chat.spans, chat.borders)
    }
  }

  /// Renders a conversation both ways.
  func outcomes(_ conversation: [Message], addsPrompt: Bool = false) throws -> (session: Outcome, engine: Outcome) {
    let messages = JSONValue.array(
      conversation.map { .object(JSONObject([("role", .string($0.role)), ("content", .string($0.content))])) })
    let read = try ChatConversation(messages: messages)
    let text = read.text
    var chat = RenderedChat()
    var (found, expected) = (Outcome(), Outcome())
    do throws(TemplateError) {
      let session = addsPrompt ? sessions.prompt : sessions.whole
      found.generations = try session.render(read.messages, of: text.span.bytes, into: &chat)
    } catch let failure { found.error = failure.description }
    found.take(chat)
    do throws(TemplateError) {
      let request = Self.request(messages, tokens, arguments, addsPrompt: addsPrompt)
      expected.generations = try template.apply(request, into: &chat).generations
    } catch let failure { expected.error = failure.description }
    expected.take(chat)
    return (found, expected)
  }

  /// Expects that both ways give the same.
  func expectSame(_ conversation: [Message], addsPrompt: Bool = false, _ comment: String) throws {
    let (session, engine) = try outcomes(conversation, addsPrompt: addsPrompt)
    #expect(session == engine, "\(comment): \(conversation)")
  }
}
