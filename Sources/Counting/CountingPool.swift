import JSON
import Support
public import Tokenizers

/// Texts in memory, one after another: what was read and is about to be counted.
public struct TextBatch: Sendable {
  /// The bytes of all texts.
  public private(set) var bytes: [UInt8] = []
  /// The offset after each text's last byte.
  private(set) var ends: [Int] = []
  /// Texts that could not be read, by position, with the reason; their bytes are empty.
  public private(set) var failures: [Int: String] = [:]

  /// Makes an empty batch.
  public init() {}

  /// The number of texts.
  public var count: Int { ends.count }

  /// The bytes of one text.
  func range(of text: Int) -> Range<Int> {
    (text == 0 ? 0 : ends[text - 1])..<ends[text]
  }

  /// Memory beyond this is not kept for a text that was unusually long.
  private static let keptSize = 16 << 20

  /// Makes room for bytes of further texts.
  public mutating func reserve(_ count: Int) {
    let needed = bytes.count + count
    if needed > bytes.capacity { bytes.reserveCapacity(max(needed, 2 * bytes.capacity)) }
  }

  /// Adds a text.
  public mutating func append(_ text: [UInt8]) {
    // A long text that comes first is shared with its maker, not copied.
    if bytes.isEmpty, text.count > Self.keptSize { bytes = text } else { bytes.append(contentsOf: text) }
    ends.append(bytes.count)
  }

  /// Adds the text of a line that is plainly one JSON string, or returns false and adds nothing.
  public mutating func append(decoding line: RawSpan) -> Bool {
    var scanner = JSONScanner(line)
    guard scanner.peek() == UInt8(ascii: "\"") else { return false }
    let start = bytes.count
    guard (try? scanner.string(appendingTo: &bytes)) != nil, scanner.peek() == nil else {
      bytes.removeSubrange(start...)
      return false
    }
    ends.append(bytes.count)
    return true
  }

  /// Adds the place of a text that could not be read.
  public mutating func append(failure: String) {
    failures[count] = failure
    ends.append(bytes.count)
  }

  /// Notes that a text has no tokens.
  public mutating func fail(_ text: Int, _ reason: TokenizerError) { failures[text] = reason.description }

  /// Forgets everything and keeps the memory, unless a text was unusually long.
  public mutating func removeAll() {
    if bytes.count > Self.keptSize { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    ends.removeAll(keepingCapacity: true)
    failures.removeAll()
  }
}

/// Counts the tokens of many texts on several threads, each of which keeps what it has learnt from batch to batch.
public struct CountingPool {
  /// Bytes of text that a thread takes at once: enough to make taking them cheap, few enough to share the end fairly.
  private static let portion = 1 << 18

  private let workers: [CountingWorker]

  /// Makes a pool.
  ///
  /// - Parameters:
  ///   - tokenizer: The vocabulary.
  ///   - jobs: The number of threads that count.
  public init(tokenizer: Tokenizer, jobs: Int) {
    workers = (0..<jobs).map { _ in CountingWorker(tokenizer: tokenizer) }
  }

  /// The number of tokens of each text of the batch.
  public func count(_ batch: TextBatch) -> [Int] {
    let portions = Self.portions(of: batch)
    let shares = Shares(of: portions.count, among: min(workers.count, max(1, portions.count)))
    let workers = workers
    for worker in workers { worker.failures = [:] }
    Workers.run(count: shares.count) { index in
      while let portion = shares.next(for: index) { workers[index].count(portions[portion], of: batch) }
    }
    var counts = [Int](repeating: 0, count: batch.count)
    for worker in workers { worker.moveResults(into: &counts) }
    return counts
  }

  /// The texts of the last batch that have no tokens, by position, with the reason; their counts are 0.
  public var failures: [Int: TokenizerError] {
    workers.reduce(into: [:]) { failures, worker in failures.merge(worker.failures) { $1 } }
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

  /// The texts of a batch that have no tokens, by position, with the reason.
  fileprivate(set) var failures: [Int: TokenizerError] = [:]

  /// Counts some texts of a batch.
  func count(_ texts: Range<Int>, of batch: TextBatch) {
    let bytes = batch.bytes.span.bytes
    var counts: [Int] = []
    counts.reserveCapacity(texts.count)
    for text in texts {
      let before = counter.failureCount
      counts.append(counter.count(bytes.extracting(batch.range(of: text))))
      if counter.failureCount != before { failures[text] = counter.lastFailure }
    }
    results.append((texts.lowerBound, counts))
  }

  /// Puts the results in their places and forgets them.
  func moveResults(into counts: inout [Int]) {
    for (first, part) in results { counts.replaceSubrange(first..<first + part.count, with: part) }
    results.removeAll(keepingCapacity: true)
  }
}
