import Counting
import Datasets
import Support
import TokenStatistics

/// The lengths of one side of pairs, row by row, so that the other side's can be put beside them.
struct RowSides: RowVisitor {
  /// The lengths of the rows of a source.
  struct Summary: RowSummary {
    /// Tokens of each row in order, and of its prompt; -1 where they are not known. No conversation is longer than
    /// ``LengthDistribution/maximumLength``, so 32 bits do.
    private var lengths: [Int32] = []
    private var prompts: [Int32] = []

    /// The number of rows, those that failed included.
    var count: Int { lengths.count }

    mutating func append(_ next: Summary) {
      lengths += next.lengths
      prompts += next.prompts
    }

    mutating func add(_ outcome: RowOutcome) {
      let count = outcome.conversation?.row.count
      lengths.append(Self.stored(count?.length))
      prompts.append(Self.stored(count?.turns?.promptTokens))
    }

    /// The length of a row in tokens; nil for one that failed.
    func length(_ row: Int) -> Int? { lengths.indices.contains(row) ? Self.known(lengths[row]) : nil }

    /// The tokens of a row's prompt; nil where they are not known.
    func prompt(_ row: Int) -> Int? { prompts.indices.contains(row) ? Self.known(prompts[row]) : nil }

    private static func stored(_ tokens: Int?) -> Int32 { tokens.map { Int32(clamping: $0) } ?? -1 }

    private static func known(_ tokens: Int32) -> Int? { tokens < 0 ? nil : Int(tokens) }
  }

  private var summary = Summary()

  mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) { summary.add(outcome) }

  consuming func finish() -> Summary { summary }
}

/// The sides of pairs that an analysis has counted, by the datasets' names.
final class PairBoard: Sendable {
  private let sides = Guarded<[TextKey: RowSides.Summary]>([:])

  /// Keeps the rows of a dataset.
  func add(_ summary: RowSides.Summary, of dataset: String) { sides.withLock { $0[dataset] = summary } }

  /// The rows of a dataset; nil if it was not counted.
  func side(_ dataset: String) -> RowSides.Summary? { sides.withLock { $0[dataset] } }
}
