import ChatTemplates
import JSON
import ModelHub
import TestSupport
import Testing
import TokenStatistics
import Tokenizers

@testable import Counting

@Suite("Where prompts and turns end")
struct TurnPlacesTests {
  private static let cases: [(file: String, template: ChatTemplate)] = [
    ("gemma_chat", .gemma2), ("llama_chat", .llama33), ("qwen_chat", .qwen3), ("qwen25_chat", .qwen25),
  ]

  /// The tokens of a rendered conversation.
  private static func tokens(
    _ messages: [ChatMessage], _ text: RawSpan, template: ChatTemplate, arguments: TemplateArguments,
    tokenizer: Tokenizer
  ) throws -> [TokenID] {
    var chat = RenderedChat()
    try template.render(messages, of: text, arguments: arguments, into: &chat)
    return try tokenizer.encode(chat.bytes.span.bytes)
  }

  @Test("Places equal those in the tokens of the whole conversation and of its prompt", arguments: cases.indices)
  func reference(index: Int) throws {
    let suite = "reference places of turns"
    let (file, template) = Self.cases[index]
    guard let path = SharedFolder.path("golden/\(file).jsonl", suite: suite),
      let tokenizer = try TestVocabularies.tokenizer(ChatFormat(template).model.tokenizer, suite: suite)
    else { return }
    let marker = try #require(template.turnEnd)
    let turnEnd = try tokenizer.encode("\(marker)")
    #expect(turnEnd.count == 1)
    var compared = 0
    for row in try jsonLines(of: path) {
      let id = try #require(row["id"]?.stringValue)
      var arguments = TemplateArguments()
      arguments.addGenerationPrompt = row["add_generation_prompt"]?.boolValue ?? false
      let chat = try ChatConversation(messages: try #require(row["messages"]))
      let (messages, text) = (chat.messages, chat.text)
      var counter = ConversationCounter(
        tokenizer: tokenizer, template: template, arguments: arguments, mode: .template)
      guard let count = try? counter.count(messages, of: text.span.bytes) else { continue }
      let turns = try #require(count.turns)
      let whole = try Self.tokens(
        messages, text.span.bytes, template: template, arguments: arguments, tokenizer: tokenizer)
      #expect(whole.count == count.length)
      // Contents may hold the marker, too: the template's own is the last.
      #expect(turns.lastTurnEnd == whole.lastIndex(of: turnEnd[0]), "\(id)")
      let isAnswer: (ChatMessage) -> Bool = {
        $0.role == .assistant || template == .gemma2 && $0.role == .other("model")
      }
      let prompt = messages.lastIndex(where: isAnswer).map { Array(messages[..<$0]) } ?? messages
      arguments.addGenerationPrompt = true
      guard !prompt.isEmpty else { continue }
      let expected = try Self.tokens(
        prompt, text.span.bytes, template: template, arguments: arguments, tokenizer: tokenizer)
      #expect(turns.promptTokens == expected.count, "\(id)")
      compared += 1
    }
    #expect(compared > 100)
  }

  @Test("Contents without a template have no turns")
  func joined() throws {
    guard let tokenizer = try TestVocabularies.tokenizer(.gemma2, suite: "contents without a template") else { return }
    var counter = ConversationCounter(tokenizer: tokenizer, template: .gemma2, mode: .legacy)
    let text = Array("ab".utf8)
    let messages = [ChatMessage(role: .system, content: 0..<1), ChatMessage(role: .user, content: 1..<2)]
    #expect(counter.countJoined(messages, of: text.span.bytes).turns == nil)
    let whole = try counter.count([messages[1]], of: text.span.bytes)
    // The beginning of the text counts twice in this mode; a question alone is all prompt.
    #expect(whole.turns?.promptTokens == whole.length + 3)
  }
}
