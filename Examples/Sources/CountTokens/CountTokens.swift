import ModelHub
import Tokenizers

/// Counts the tokens of each argument and shows them: `count-tokens TEXT...`.
@main
struct CountTokens {
  static func main() throws {
    // The vocabulary is one of those that `tokenstats tokenizers fetch` has put into the user's cache.
    let vocabulary = try VocabularyStore().locate(.qwen3)
    let tokenizer = try Tokenizer(kind: .qwen3, location: vocabulary, tables: .userCache)
    // A counter makes no token ids, which is many times as fast, and remembers words. Each thread takes its own.
    var counter = tokenizer.makeCounter()
    for text in CommandLine.arguments.dropFirst() {
      let count = counter.count(text.utf8Span.span.bytes)
      let tokens = try tokenizer.encode(text).map { "\($0)=\(String(reflecting: try tokenizer.decode([$0])))" }
      print("\(count) tokens: \(tokens.joined(separator: " "))")
    }
  }
}
