/// Counts the tokens of texts without making them.
///
/// A counter remembers the counts of pieces of text and so is faster the more it has seen. It belongs to one thread;
/// what it has seen never changes a result.
public struct TokenCounter: ~Copyable {
  private var encoder: TextEncoder

  init(_ model: BytePairModel) { encoder = TextEncoder(model) }

  /// The number of tokens of UTF-8 text: what `Tokenizer.encode(_:)` makes of it. Linear.
  public mutating func count(_ text: RawSpan) -> Int {
    text.withUnsafeBytes { encoder.encode($0.assumingMemoryBound(to: UInt8.self)) }
    return encoder.ids.count
  }

  /// Counts the tokens of `text` by the stretches between borders.
  ///
  /// - Parameters:
  ///   - borders: Ascending byte offsets. They never change how the text is cut into tokens.
  ///   - counts: Replaced: at each border's place the number of tokens whose first source byte lies before it and not
  ///     before the border before it, and at the end the number of the others. The sum is `count(text)`.
  public mutating func count(_ text: RawSpan, borders: [Int], into counts: inout [Int]) {
    text.withUnsafeBytes { encoder.encode($0.assumingMemoryBound(to: UInt8.self)) }
    counts.removeAll(keepingCapacity: true)
    var token = 0
    for border in borders {
      let first = token
      while token < encoder.starts.count, encoder.starts[token] < border { token += 1 }
      counts.append(token - first)
    }
    counts.append(encoder.starts.count - token)
  }
}
