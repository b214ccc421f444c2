public import Counting
public import ChatTemplates
public import Datasets
import TokenStatistics
public import Tokenizers

/// Counts the message contents of a dataset under several tokenizers.
public struct TokenizerComparer: RowVisitor, ~Copyable {
  /// A counter in a place of its own, so that an array can hold it.
  private final class CounterBox {
    var counter: TokenCounter

    init(_ counter: consuming TokenCounter) { self.counter = counter }
  }

  private let counters: [CounterBox]
  private var comparison: TokenizerComparison
  private var lengths: ComparedLengths
  private var tokens: [Int]
  private var conversation: [Int]
  private var assistant: [Int]
  /// A copy of the content at hand: the batch may be the file's own memory, and all counters must see the same bytes.
  private var content: [UInt8] = []

  /// Makes a comparer of named tokenizers, at least one.
  public init(_ tokenizers: [(name: String, tokenizer: Tokenizer)]) {
    counters = tokenizers.map { CounterBox($0.tokenizer.makeCounter()) }
    comparison = TokenizerComparison(tokenizers: tokenizers.map(\.name))
    lengths = ComparedLengths(tokenizers: tokenizers.count)
    tokens = [Int](repeating: 0, count: tokenizers.count)
    conversation = tokens
    assistant = tokens
  }

  /// Takes a counted row.
  public mutating func visit(_ row: CountedRow, messages: [ChatMessage], in batch: DatasetBatch) {
    let label = row.label ?? ScoreTally.missingLabel
    for index in tokens.indices {
      conversation[index] = 0
      assistant[index] = 0
    }
    for message in messages {
      content.removeAll(keepingCapacity: true)
      batch.text.extracting(message.content).withUnsafeBytes { content.append(contentsOf: $0) }
      // Held in a constant: a view of a stored array would lock all of self.
      let bytes = content
      let text = bytes.span.bytes
      let isAssistant = message.role == .assistant
      var size = ContentSize()
      size.add(text)
      for (index, box) in counters.enumerated() {
        tokens[index] = box.counter.count(text)
        conversation[index] += tokens[index]
        if isAssistant { assistant[index] += tokens[index] }
      }
      comparison.add(
        role: message.role.name, score: row.score, label: label, bytes: size.bytes, characters: size.characters,
        tokens: tokens)
    }
    lengths.add(score: row.score, label: label, lengths: conversation, assistantTokens: assistant)
  }

  /// The sums over all texts, and the lengths of the conversations.
  public consuming func finish() -> TokenizerComparison {
    comparison.conversations = lengths.finish()
    return comparison
  }
}
