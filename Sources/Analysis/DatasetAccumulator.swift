import Counting
import Support
import TokenStatistics

/// Adds up the rows of one dataset.
///
/// Lengths are collected row by row and become distributions in bulk, which sorts them once.
struct DatasetAccumulator {
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

  /// Rows after which the collected lengths become distributions, so that memory does not grow with the dataset.
  private static let flushThreshold = 1 << 16

  private var tally: DatasetTally
  private let limits: [Int]
  private let groupColumns: [String]
  private var labels = Interner()
  private var cells: [CellKey: Cell] = [:]
  private var groups: [[TextKey: Cell]]
  private var assistantTokensLost: [Int]
  private var pending = 0
  /// The number of rows read, failed ones included, and those that the filters leave out.
  var rows = 0
  /// The number of rows that the filters leave, failed ones included.
  var chosenRows = 0
  /// The tokens of the conversations added so far.
  private(set) var tokens = 0

  init(limits: [Int], groupColumns: [String] = []) {
    self.limits = limits
    self.groupColumns = groupColumns
    tally = DatasetTally(limits: limits)
    assistantTokensLost = [Int](repeating: 0, count: limits.count)
    groups = [[TextKey: Cell]](repeating: [:], count: groupColumns.count)
  }

  /// Adds one counted conversation.
  ///
  /// - Parameters:
  ///   - row: The row and its tokens.
  ///   - groupValues: Its values in the group columns, in their order.
  ///   - content: The sizes of its message contents.
  ///   - assistantTokensFrom: The assistant and thinking tokens at positions from a limit on.
  mutating func add(
    _ row: CountedRow, groupValues: [String], content: ContentSize, assistantTokensFrom: (Int) -> Int
  ) {
    let count = row.count
    let length = count.length
    let assistantTokens = count.roles.assistantAndThinking
    let key = CellKey(score: row.score, label: labels.index(of: row.label ?? ScoreTally.missingLabel))
    cells[key, default: Cell()].add(length, assistantTokens: assistantTokens)
    for (column, value) in groupValues.enumerated() {
      groups[column][value, default: Cell()].add(length, assistantTokens: assistantTokens)
    }
    for (index, limit) in limits.enumerated() where length > limit {
      assistantTokensLost[index] += assistantTokensFrom(limit)
    }
    tally.roles += count.roles
    tally.tokensWithoutSystem += count.tokensWithoutSystem
    tally.legacyTokens += count.legacyTokens
    tally.bytes += content.bytes
    tally.characters += content.characters
    tokens += length
    pending += 1
    if pending >= Self.flushThreshold { flush() }
  }

  /// Records that a template raised, whatever happens to the row.
  mutating func recordTemplateError(_ message: String) {
    tally.templateErrors[message, default: 0] += 1
  }

  /// Records a row that is left out, with what the original script would have counted for it.
  mutating func record(_ failure: RowFailure, legacyTokens: Int) {
    tally.record(failure)
    tally.legacyTokens += legacyTokens
  }

  /// The tally of all rows added.
  mutating func finish() -> DatasetTally {
    flush()
    for (limit, lost) in zip(limits, assistantTokensLost) { tally.assistantTokensLost[limit] = lost }
    return tally
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

/// Numbers for the few distinct labels of a dataset, which are told apart by their bytes.
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
