import Tokenizers

/// One thread's counter and results.
///
/// Unchecked Sendable: during ``CountingPool/count(_:)`` each worker is used by exactly one thread, and the pool looks at
/// it only before the threads start and after they were joined.
final class CountingWorker: @unchecked Sendable {
  private var counter: TokenCounter
  private var results: [(first: Int, counts: [Int])] = []

  init(tokenizer: Tokenizer) {
    counter = tokenizer.makeCounter()
  }

  /// Why some text has no tokens; nil where all have.
  var failure: EncodingError? { counter.lastFailure }

  /// Counts some texts of a batch.
  func count(_ texts: Range<Int>, of batch: TextBatch) {
    let bytes = batch.bytes.span.bytes
    var counts: [Int] = []
    counts.reserveCapacity(texts.count)
    for text in texts { counts.append(counter.count(bytes.extracting(batch.range(of: text)))) }
    results.append((texts.lowerBound, counts))
  }

  /// Puts the results in their places and forgets them.
  func moveResults(into counts: inout [Int]) {
    for (first, part) in results { counts.replaceSubrange(first..<first + part.count, with: part) }
    results.removeAll(keepingCapacity: true)
  }
}
