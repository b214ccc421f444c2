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
  private var tokens: [Int]
  private var lengthOfRow: [Int]
  private var assistant: [Int]
  /// A copy of the content at hand: the batch may be the file's own memory, and all counters must see the same bytes.
  private var content: [UInt8] = []

  /// Makes a comparer of named tokenizers, at least one.
  public init(_ tokenizers: [(name: String, tokenizer: Tokenizer)]) {
    counters = tokenizers.map { CounterBox($0.tokenizer.makeCounter()) }
    comparison = TokenizerComparison(tokenizers: tokenizers.map(\.name))
    lengths = ComparedLengths(tokenizers: tokenizers.count)
    tokens = [Int](repeating: 0, count: tokenizers.count)
    lengthOfRow = tokens
    assistant = tokens
  }

  /// Takes a row; one that failed is not compared.
  public mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    guard let conversation = outcome.conversation else { return }
    let row = conversation.row
    let label = row.label ?? ScoreTally.missingLabel
    for index in tokens.indices {
      lengthOfRow[index] = 0
      assistant[index] = 0
    }
    for message in conversation.messages {
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
        lengthOfRow[index] += tokens[index]
        if isAssistant { assistant[index] += tokens[index] }
      }
      comparison.add(
        role: message.role.name, score: row.score, label: label, bytes: size.bytes, characters: size.characters,
        tokens: tokens)
    }
    lengths.add(score: row.score, label: label, lengths: lengthOfRow, assistantTokens: assistant)
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
