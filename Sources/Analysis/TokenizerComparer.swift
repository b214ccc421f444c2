public import ChatTemplates
public import PersonaDatasets
internal import TokenStatistics
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
  private var tokens: [Int]

  /// Makes a comparer of named tokenizers, at least one.
  public init(_ tokenizers: [(name: String, tokenizer: Tokenizer)]) {
    counters = tokenizers.map { CounterBox($0.tokenizer.makeCounter()) }
    comparison = TokenizerComparison(tokenizers: tokenizers.map(\.name))
    tokens = [Int](repeating: 0, count: tokenizers.count)
  }

  /// Takes a counted row.
  public mutating func visit(_ row: CountedRow, messages: [ChatMessage], in batch: DatasetBatch) {
    for message in messages {
      let text = batch.text.extracting(message.content)
      var size = ContentSize()
      size.add(text)
      for (index, box) in counters.enumerated() { tokens[index] = box.counter.count(text) }
      comparison.add(
        role: message.role.name, score: row.score, label: row.label ?? ScoreTally.missingLabel, bytes: size.bytes,
        characters: size.characters, tokens: tokens)
    }
  }

  /// The sums over all texts.
  public consuming func finish() -> TokenizerComparison { comparison }
}
