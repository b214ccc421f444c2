import Synchronization
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
    let cursor = Cursor()
    let workers = workers
    Threads.run(min(workers.count, max(1, portions.count))) { index in
      while true {
        let portion = cursor.next.add(1, ordering: .relaxed).oldValue
        guard portion < portions.count else { return }
        workers[index].count(portions[portion], of: batch)
      }
    }
    var counts = [Int](repeating: 0, count: batch.count)
    for worker in workers { worker.moveResults(into: &counts) }
    return counts
  }

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

  /// Which portion is to be taken next.
  private final class Cursor: Sendable {
    let next = Atomic<Int>(0)
  }
}
