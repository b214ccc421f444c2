import ChatTemplates
import ModelHub
import Tokenizers

/// Renders a conversation with two chat templates and prints how many tokens each kind of text has.
@main
struct ChatLengths {
  static let turns: [(role: ChatRole, content: String)] = [
    (.system, "You answer in one sentence."),
    (.user, "Why is the sky red in the evening?"),
    (.assistant, "Its light has crossed so much air that little but red is left of it."),
  ]

  static func main() throws {
    // Messages point into one text, so that datasets are read without a copy of each message.
    var text: [UInt8] = []
    let messages = turns.map { turn in
      let start = text.count
      text += turn.content.utf8
      return ChatMessage(role: turn.role, content: start..<text.count)
    }
    let store = VocabularyStore()
    try report(.llama33, tokenizer: load(.llama3, from: store), messages, of: text)
    try report(.qwen3, tokenizer: load(.qwen3, from: store), messages, of: text)
  }

  static func load(_ kind: TokenizerKind, from store: VocabularyStore) throws -> Tokenizer {
    try Tokenizer(kind: kind, location: store.locate(kind), tables: .userCache)
  }

  static func report(
    _ template: ChatTemplate, tokenizer: Tokenizer, _ messages: [ChatMessage], of text: [UInt8]
  ) throws {
    var chat = RenderedChat()
    try template.render(messages, of: text.span.bytes, into: &chat)
    var counter = tokenizer.makeCounter()
    var counts: [Int] = []
    counter.count(chat.bytes.span.bytes, borders: chat.borders, into: &counts)
    var totals: [TokenKind: Int] = [:]
    for (part, count) in zip(chat.spans, counts) { totals[part.kind, default: 0] += count }
    let kinds = TokenKind.allCases.compactMap { kind in totals[kind].map { "\(kind.name) \($0)" } }
    print("\(template.name): \(counts.reduce(0, +)) tokens: \(kinds.joined(separator: ", "))")
  }
}
