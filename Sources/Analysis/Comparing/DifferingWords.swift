public import Support
public import Tokenizers

extension TokenizerComparison {
  /// The words on which the tokenizers differ by the most tokens in all, the greatest difference first.
  ///
  /// Each word is counted for itself, with the space before it where it had one: a token that it shares with its neighbors
  /// is not told apart.
  ///
  /// - Parameters:
  ///   - tokenizers: those of the comparison, in its order.
  ///   - limit: the most words.
  /// - Complexity: O(*n*) counts, where *n* is the number of different words.
  public func differingWords(under tokenizers: [Tokenizer], limit: Int) -> [(word: TextKey, totals: Totals)] {
    var found: [TextKey: Totals] = [:]
    var tokens = [TextKey: [Int]]()
    for tokenizer in tokenizers {
      var counter = tokenizer.makeCounter()
      for (word, _) in words.counts { tokens[word, default: []].append(counter.count(word.text.utf8Span.span.bytes)) }
    }
    for (word, count) in words.counts {
      let bare = word.text.hasPrefix(" ") ? TextKey(String(word.text.dropFirst())) : word
      var totals = Totals(tokenizers: tokenizers.count)
      totals.add(
        bytes: bare.text.utf8.count, characters: bare.text.unicodeScalars.count, tokens: tokens[word] ?? totals.tokens)
      totals.multiply(by: count)
      found[bare, default: Totals(tokenizers: tokenizers.count)].merge(totals)
    }
    let differing = found.filter { $0.value.spread > 0 }
    let sorted = differing.sorted { left, right in
      left.value.spread == right.value.spread ? left.key < right.key : left.value.spread > right.value.spread
    }
    return sorted.prefix(limit).map { (word: $0.key, totals: $0.value) }
  }
}
