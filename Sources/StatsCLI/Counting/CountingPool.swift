import Support
import Tokenizers

/// Counts the tokens of many texts on several threads, each of which keeps what it has learnt from batch to batch.
struct CountingPool {
  /// Bytes of text that a thread takes at once: enough to make taking them cheap, few enough to share the end fairly.
  private static let portion = 1 << 18

  private let workers: [CountingWorker]

  /// - Parameters:
  ///   - tokenizer: whose tokens are counted.
  ///   - jobs: threads that count.
  init(tokenizer: Tokenizer, jobs: Int) {
    workers = (0..<jobs).map { _ in CountingWorker(tokenizer: tokenizer) }
  }

  /// The number of tokens of each text of the batch.
  func count(_ batch: TextBatch) -> [Int] {
    let portions = Self.portions(of: batch)
    let shares = Shares(of: portions.count, among: min(workers.count, max(1, portions.count)))
    let workers = workers
    Workers.run(count: shares.count) { index in
      while let portion = shares.next(for: index) { workers[index].count(portions[portion], of: batch) }
    }
    var counts = [Int](repeating: 0, count: batch.count)
    for worker in workers { worker.moveResults(into: &counts) }
    return counts
  }

  /// Why some text so far has no tokens; nil where all have.
  var failure: EncodingError? { workers.lazy.compactMap(\.failure).first }

  private static func portions(of batch: TextBatch) -> [Range<Int>] {
    var portions: [Range<Int>] = []
    var first = 0
    var size = 0
    for text in 0..<batch.count {
      size += batch.range(of: text).count
      if size >= portion {
        portions.append(first..<text + 1)
        (first, size) = (text + 1, 0)
      }
    }
    if first < batch.count { portions.append(first..<batch.count) }
    return portions
  }

  /// A share of the portions for each thread, which takes from those of the others once its own is done.
  ///
  /// The same texts go to the same thread pass after pass, so that it knows their words already.
  private final class Shares: Sendable {
    private let shares: [(first: Int, tickets: Tickets)]

    init(of portions: Int, among threads: Int) {
      shares = (0..<threads).map { thread in
        let first = portions * thread / threads
        return (first, Tickets(portions * (thread + 1) / threads - first))
      }
    }

    /// Number of shares.
    var count: Int { shares.count }

    /// The next portion for a thread; nil once all are taken.
    func next(for thread: Int) -> Int? {
      for number in shares.indices {
        let share = shares[(thread + number) % shares.count]
        if let ticket = share.tickets.next() { return share.first + ticket }
      }
      return nil
    }
  }
}
