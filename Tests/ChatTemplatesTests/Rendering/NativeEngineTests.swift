import ChatTemplates
import Foundation
import JSON
import TestSupport
import Testing

/// The native formats and the template engine give the same texts and errors, on random conversations.
///
/// The official templates are their owners' and are not stored here: `TOKENSTATS_OFFICIAL_TEMPLATES` names a folder with
/// `gemma-2.jinja`, `llama-3.3.jinja`, `qwen-3.jinja` and `qwen2.5.jinja`, as they are published. How many conversations
/// are tried is `TOKENSTATS_RANDOM_CONVERSATIONS`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TOKENSTATS_OFFICIAL_TEMPLATES"] != nil))
struct NativeEngineTests {
  private static let environment = ProcessInfo.processInfo.environment

  @Test("random conversations", arguments: ChatTemplate.native.map(\.name))
  func random(name: String) throws {
    let folder = try #require(Self.environment["TOKENSTATS_OFFICIAL_TEMPLATES"])
    let count = Self.environment["TOKENSTATS_RANDOM_CONVERSATIONS"].flatMap { Int($0) } ?? 2_000
    let text = try String(contentsOf: URL(filePath: folder).appending(path: "\(name).jinja"), encoding: .utf8)
    let format = try #require(ChatTemplate(name: name))
    let official = try NamedChatTemplate(name: nil, text: text, sha256: format.sha256)
    let tokens = JSONObject([("bos_token", .string(name.hasPrefix("llama") ? "<|begin_of_text|>" : "<bos>"))])
    var settings = ChatRenderer.Settings()
    settings.prefersEngine = true
    let engine = try ChatRenderer([official], specialTokens: tokens, settings: settings)
    let native = try ChatRenderer([NamedChatTemplate(format)], specialTokens: tokens)
    var random = RandomConversations(seed: UInt64(name.utf8.reduce(0) { $0 &* 31 &+ UInt32($1) }))
    var unsupported = 0
    var differences = 0
    for _ in 0..<count {
      let (conversation, arguments) = try random.next()
      let ours = Self.outcome(native, conversation, arguments)
      if ours.origin == .unsupported {
        unsupported += 1
        continue
      }
      let theirs = Self.outcome(engine, conversation, arguments)
      guard ours != theirs else { continue }
      differences += 1
      if differences <= 3 {
        Issue.record("\(conversation.1) \(arguments)\nnative: \(ours)\nengine: \(theirs)")
      }
    }
    #expect(differences == 0)
    #expect(unsupported < count / 4, "too few conversations are compared: \(unsupported) of \(count) are not supported")
    print("\(name): \(count) random conversations, \(unsupported) not supported natively, \(differences) differences")
  }

  /// The text with the kinds of its parts, or the error.
  private struct Outcome: Equatable, CustomStringConvertible {
    var bytes: [UInt8] = []
    var spans: [RenderedChat.Part] = []
    var error = ""
    var origin: TemplateError.Origin?

    static func == (left: Outcome, right: Outcome) -> Bool {
      left.bytes == right.bytes && left.error == right.error && left.spans == right.spans
    }

    var description: String {
      var start = 0
      return error
        + spans.map { part in
          defer { start = part.end }
          return "[\(part.kind.name)]" + String(decoding: bytes[start..<part.end], as: UTF8.self)
        }.joined()
    }
  }

  private static func outcome(
    _ renderer: ChatRenderer, _ conversation: (ChatConversation, String), _ arguments: JSONObject
  ) -> Outcome {
    var chat = RenderedChat()
    do {
      try renderer.render(
        conversation.0.messages, of: conversation.0.text.span.bytes, arguments: arguments, into: &chat)
      return Outcome(bytes: chat.bytes, spans: chat.spans)
    } catch {
      return Outcome(error: error.message, origin: error.origin)
    }
  }
}

/// Conversations of all that templates look at.
private struct RandomConversations {
  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(state: seed) }

  private static let pieces = [
    "Hello", " ", "\n", "\n\n", "  x", "<think>", "</think>", "\u{E9}\u{4E2D}", "\u{A0}", "\u{1F600}", "a \"b\" \\",
    "<|im_end|>", "<tool_response>", "</tool_response>", "0", "\t", "{{ x }}", "<end_of_turn>", "\u{1C}", "",
  ]

  private mutating func chance(_ share: Double) -> Bool { random.unit() < share }

  private mutating func choice<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &random)]
  }

  private mutating func text() -> JSONValue {
    .string((0..<Int.random(in: 0...6, using: &random)).map { _ in choice(Self.pieces) }.joined())
  }

  private mutating func value(_ depth: Int = 0) -> JSONValue {
    switch Int.random(in: 0...(depth < 2 ? 7 : 5), using: &random) {
    case 0: .integer(Int64(Int.random(in: -5...500, using: &random)))
    case 1: .double(Double(Int.random(in: -9...9, using: &random)) / 4)
    case 2: .bool(chance(0.5))
    case 3: .null
    case 4, 5: text()
    case 6: .array((0..<Int.random(in: 0...2, using: &random)).map { _ in value(depth + 1) })
    default: .object(JSONObject((0..<Int.random(in: 0...2, using: &random)).map { ("k\($0)", value(depth + 1)) }))
    }
  }

  private mutating func toolCall() -> JSONValue {
    var function = JSONObject()
    if chance(0.95) { function["name"] = chance(0.95) ? .string("look_up") : value() }
    if chance(0.95) { function["arguments"] = chance(0.2) ? text() : value() }
    guard chance(0.85) else { return .object(function) }
    return .object(JSONObject([("type", .string("function")), ("function", .object(function))]))
  }

  private mutating func message(_ index: Int) -> JSONValue {
    var message = JSONObject()
    let alternating = index.isMultiple(of: 2) ? "user" : "assistant"
    let role =
      chance(0.6) ? alternating : choice(["user", "assistant", "system", "tool", "ipython", "model", "developer"])
    message["role"] = .string(role)
    if chance(0.95) { message["content"] = chance(0.93) ? text() : value() }
    if chance(0.1) { message["reasoning_content"] = chance(0.9) ? text() : value() }
    if chance(0.05) { message["thinking"] = text() }
    if chance(0.12) {
      message["tool_calls"] = .array((0..<Int.random(in: 0...2, using: &random)).map { _ in toolCall() })
    }
    if chance(0.05) { message["name"] = text() }
    return .object(message)
  }

  private mutating func tool() -> JSONValue {
    let function = JSONObject([("name", text()), ("x", value())])
    return .object(JSONObject([("type", .string("function")), ("function", .object(function))]))
  }

  mutating func next() throws -> ((ChatConversation, String), JSONObject) {
    var messages = (0..<Int.random(in: 1...6, using: &random)).map { message($0) }
    if chance(0.25) { messages.insert(.object(JSONObject([("role", .string("system")), ("content", text())])), at: 0) }
    var arguments = JSONObject()
    if chance(0.3) { arguments["add_generation_prompt"] = .bool(chance(0.8)) }
    if chance(0.15) { arguments["tools"] = .array((0..<Int.random(in: 0...2, using: &random)).map { _ in tool() }) }
    if chance(0.1) { arguments["date_string"] = chance(0.9) ? text() : value() }
    if chance(0.1) { arguments["enable_thinking"] = chance(0.9) ? .bool(chance(0.3)) : value() }
    if chance(0.05) { arguments["builtin_tools"] = .array([.string("brave_search"), .string("code_interpreter")]) }
    if chance(0.05) { arguments["continue_final_message"] = .bool(true) }
    let json = JSONValue.array(messages)
    return ((try ChatConversation(messages: json), String(decoding: json.serialized(), as: UTF8.self)), arguments)
  }
}
