import ChatTemplates
public import Counting
public import Datasets
import Support
import TokenStatistics
public import Tokenizers

/// Counts the message contents of a dataset under several tokenizers.
public struct TokenizerComparer: RowVisitor {
  /// A counter in a place of its own, so that an array can hold it.
  private final class CounterBox {
    var counter: TokenCounter

    init(_ counter: consuming TokenCounter) { self.counter = counter }
  }

  private let counters: [CounterBox]
  private var comparison: TokenizerComparison
  private var lengths: ComparedLengths
  private var lengthOfRow: [Int]
  private var assistant: [Int]

  /// Makes a comparer of named tokenizers, at least one.
  public init(_ tokenizers: [(name: String, tokenizer: Tokenizer)]) {
    counters = tokenizers.map { CounterBox($0.tokenizer.makeCounter()) }
    comparison = TokenizerComparison(tokenizers: tokenizers.map(\.name))
    lengths = ComparedLengths(tokenizers: tokenizers.count)
    lengthOfRow = [Int](repeating: 0, count: tokenizers.count)
    assistant = lengthOfRow
  }

  /// Takes a row; one that failed is not compared, and neither is one with a text that a tokenizer has no tokens for.
  public mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    guard let conversation = outcome.conversation else { return }
    let row = conversation.row
    let label = row.label ?? ScoreTally.missingLabel
    // A table has no room for a line for each fraction.
    let score = row.score.withoutFraction
    let failures = counters.map { $0.counter.failureCount }
    var texts: [CountedText] = []
    for message in conversation.messages { texts.append(count(message, of: batch)) }
    if let index = counters.indices.first(where: { counters[$0].counter.failureCount > failures[$0] }) {
      comparison.failedTexts += 1
      comparison.failure = comparison.failure ?? counters[index].counter.lastFailure?.description
      return
    }
    for index in lengthOfRow.indices {
      lengthOfRow[index] = texts.reduce(0) { $0 + $1.tokens[index] }
      assistant[index] = texts.reduce(0) { $0 + ($1.role == .assistant ? $1.tokens[index] : 0) }
    }
    for text in texts {
      comparison.add(
        role: text.role.name, score: score, label: label, bytes: text.size.bytes, characters: text.size.characters,
        tokens: text.tokens)
      for part in text.parts { comparison.add(part.script, part.size, tokens: part.tokens) }
      for word in text.words { comparison.words.add(word) }
    }
    lengths.add(score: score, label: label, lengths: lengthOfRow, assistantTokens: assistant)
  }

  /// A content with its tokens under each tokenizer.
  private struct CountedText {
    let role: ChatRole
    let size: ContentSize
    var tokens: [Int]
    /// The same by script.
    var parts: [(script: TextScript, size: ContentSize, tokens: [Int])]
    let words: [TextKey]
  }

  private func count(_ message: ChatMessage, of batch: DatasetBatch) -> CountedText {
    // A copy: the batch may be the file's own memory, and all counters must see the same bytes.
    let content = batch.text.extracting(message.content).withUnsafeBytes { Array($0) }
    let text = content.span.bytes
    let runs = ScriptRuns(content)
    var size = ContentSize()
    size.add(text)
    let none = [Int](repeating: 0, count: counters.count)
    var counted = CountedText(
      role: message.role, size: size, tokens: none,
      parts: runs.runs.map { run in
        var size = ContentSize()
        size.add(text.extracting(run.range))
        return (run.script, size, none)
      },
      words: runs.words.map { TextKey(String(decoding: content[$0], as: UTF8.self)) })
    let borders = runs.runs.dropFirst().map(\.range.lowerBound)
    var counts: [Int] = []
    for (index, box) in counters.enumerated() {
      if borders.isEmpty {
        counts = [box.counter.count(text)]
      } else {
        box.counter.count(text, borders: borders, into: &counts)
      }
      counted.tokens[index] = counts.reduce(0, +)
      for part in counted.parts.indices { counted.parts[part].tokens[index] = counts[part] }
    }
    return counted
  }

  /// The sums over all texts, and the lengths of the conversations.
  public consuming func finish() -> TokenizerComparison {
    comparison.conversations = lengths.finish()
    return comparison
  }
}

/// The lengths of the same conversations under several tokenizers.
///
/// Lengths are collected conversation by conversation and become distributions in bulk, which sorts them once.
struct ComparedLengths {
  private struct Key: Hashable {
    let score: Score
    let label: TextKey
  }

  /// The conversations of one score and label, by tokenizer.
  private struct Cell {
    var lengths: [[Int]]
    var assistantTokens: [Int]
  }

  /// Conversations after which the lengths become distributions, so that memory does not grow with the dataset.
  private static let flushThreshold = 1 << 16

  private let empty: Cell
  private var cells: [Key: Cell] = [:]
  private var tallies: [[Score: ScoreTally]]
  private var pending = 0

  init(tokenizers: Int) {
    empty = Cell(
      lengths: [[Int]](repeating: [], count: tokenizers), assistantTokens: [Int](repeating: 0, count: tokenizers))
    tallies = [[Score: ScoreTally]](repeating: [:], count: tokenizers)
  }

  /// Adds one conversation with its tokens under each tokenizer.
  mutating func add(score: Score, label: String, lengths: [Int], assistantTokens: [Int]) {
    let key = Key(score: score, label: TextKey(label))
    for index in lengths.indices {
      cells[key, default: empty].lengths[index].append(lengths[index])
      cells[key, default: empty].assistantTokens[index] += assistantTokens[index]
    }
    pending += 1
    if pending >= Self.flushThreshold { flush() }
  }

  /// The conversations added, by tokenizer and score.
  mutating func finish() -> [[Score: ScoreTally]] {
    flush()
    return tallies
  }

  private mutating func flush() {
    for (key, cell) in cells {
      for index in tallies.indices {
        let tally = LabelTally(
          lengths: LengthDistribution(cell.lengths[index]), assistantTokens: cell.assistantTokens[index])
        tallies[index][key.score, default: ScoreTally()].add(tally, label: key.label.text)
      }
    }
    cells.removeAll(keepingCapacity: true)
    pending = 0
  }
}
