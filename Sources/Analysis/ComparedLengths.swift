import Support
import TokenStatistics

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
