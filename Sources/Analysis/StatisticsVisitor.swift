import Counting
import Datasets
import Support
import TokenStatistics

/// Adds up the rows of a part of a source.
///
/// Lengths are collected row by row and become distributions in bulk, which sorts them once.
struct StatisticsVisitor: RowVisitor {
  /// The exact counts of the rows.
  struct Summary: RowSummary {
    fileprivate(set) var tally: DatasetTally

    mutating func append(_ next: Summary) { tally.merge(next.tally) }
  }

  /// The conversations of one score and label, or of one value of a column.
  private struct Cell {
    var lengths: [Int] = []
    var assistantTokens = 0

    mutating func add(_ length: Int, assistantTokens tokens: Int) {
      lengths.append(length)
      assistantTokens += tokens
    }

    func tally() -> LabelTally { LabelTally(lengths: LengthDistribution(lengths), assistantTokens: assistantTokens) }
  }

  private struct CellKey: Hashable {
    let score: Score
    let label: Int
  }

  /// Rows after which the collected lengths become distributions, so that memory does not grow with the source.
  private static let flushThreshold = 1 << 16

  private var tally: DatasetTally
  private let limits: [Int]
  private let groupColumns: [String]
  private var labels = Interner()
  private var cells: [CellKey: Cell] = [:]
  private var groups: [[TextKey: Cell]]
  private var assistantTokensLost: [Int]
  private var pending = 0
  private let lengths: LengthsPart?

  init(limits: [Int], groupColumns: [String] = [], lengths: LengthsPart? = nil) {
    self.limits = limits
    self.groupColumns = groupColumns
    self.lengths = lengths
    tally = DatasetTally(limits: limits)
    assistantTokensLost = [Int](repeating: 0, count: limits.count)
    groups = [[TextKey: Cell]](repeating: [:], count: groupColumns.count)
  }

  mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    if let raised = outcome.raised { tally.templateErrors[raised, default: 0] += 1 }
    switch outcome {
    case .counted(let conversation), .fallback(let conversation, _): add(conversation, in: batch)
    case .failed(let failure, _, let legacyTokens):
      tally.record(failure)
      tally.legacyTokens += legacyTokens
    }
  }

  private mutating func add(_ conversation: CountedConversation, in batch: DatasetBatch) {
    let row = conversation.row
    let count = row.count
    let length = count.length
    let assistantTokens = count.kinds.assistantAndThinking
    let key = CellKey(score: row.score, label: labels.index(of: row.label ?? ScoreTally.missingLabel))
    cells[key, default: Cell()].add(length, assistantTokens: assistantTokens)
    for (index, column) in groupColumns.enumerated() {
      let value = batch.text(of: column, row: row.row - batch.firstRow) ?? ScoreTally.missingLabel
      groups[index][value, default: Cell()].add(length, assistantTokens: assistantTokens)
    }
    for (index, limit) in limits.enumerated() where length > limit {
      assistantTokensLost[index] += conversation.assistantTokens(from: limit)
    }
    let content = conversation.contentSize(in: batch)
    tally.roles += count.kinds
    tally.tokensWithoutSystem += count.tokensWithoutSystem
    tally.legacyTokens += count.legacyTokens
    tally.bytes += content.bytes
    tally.characters += content.characters
    lengths?.add(row)
    pending += 1
    if pending >= Self.flushThreshold { flush() }
  }

  mutating func endBatch(_ batch: DatasetBatch) throws(InputError) { try lengths?.endBatch(batch) }

  consuming func finish() throws(InputError) -> Summary {
    try lengths?.finish()
    flush()
    for (limit, lost) in zip(limits, assistantTokensLost) { tally.assistantTokensLost[limit] = lost }
    return Summary(tally: tally)
  }

  private mutating func flush() {
    for (key, cell) in cells {
      tally.scores[key.score, default: ScoreTally()].add(cell.tally(), label: labels[key.label])
    }
    for (column, values) in zip(groupColumns, groups) {
      for (value, cell) in values {
        tally.groups[column, default: [:]][value, default: LabelTally()].merge(cell.tally())
      }
    }
    cells.removeAll(keepingCapacity: true)
    groups = [[TextKey: Cell]](repeating: [:], count: groupColumns.count)
    pending = 0
  }
}

/// Numbers for the few distinct labels of a source, which are compared by their bytes.
private struct Interner {
  private var texts: [String] = []
  private var last = 0

  subscript(index: Int) -> String { texts[index] }

  mutating func index(of text: String) -> Int {
    if last < texts.count, texts[last].hasSameBytes(as: text) { return last }
    if let index = texts.firstIndex(where: { $0.hasSameBytes(as: text) }) {
      last = index
      return index
    }
    texts.append(text)
    last = texts.count - 1
    return last
  }
}
