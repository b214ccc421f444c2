public import Counting
public import Datasets
import TokenStatistics

/// Decides which rows of a source are kept.
public struct FilterCollector: RowVisitor {
  /// The decisions about the rows of a source: five bytes for each.
  public struct Summary: RowSummary {
    /// The number of the first row of the part.
    private var firstRow: Int?
    private var faults: [UInt8] = []
    private var lengths: [UInt32] = []
    /// Why rows failed, by their numbers.
    private(set) var failures: [Int: String] = [:]

    /// Makes decisions about no rows.
    init() {}

    /// Adds a row, which comes after those that there are.
    fileprivate mutating func add(_ row: Int, _ fault: RowFaults, length: Int, failure: String? = nil) {
      pad(to: row)
      faults.append(fault.rawValue)
      lengths.append(UInt32(clamping: length))
      failures[row] = failure
    }

    private mutating func pad(to row: Int) {
      let first = firstRow ?? row
      firstRow = first
      while first + faults.count < row {
        faults.append(RowFaults.notSelected.rawValue)
        lengths.append(0)
      }
    }

    /// Adds the decisions about the rows that follow.
    public mutating func append(_ next: Summary) {
      guard let first = next.firstRow else { return }
      pad(to: first)
      faults += next.faults
      lengths += next.lengths
      failures.merge(next.failures) { $1 }
    }

    /// What is wrong with a row, and its length in tokens; rows beyond all that were seen are not selected.
    func decision(about row: Int) -> (faults: RowFaults, length: Int) {
      guard let firstRow, faults.indices.contains(row - firstRow) else { return (.notSelected, 0) }
      return (RowFaults(rawValue: faults[row - firstRow]), Int(lengths[row - firstRow]))
    }

    /// The rows that decisions were made about.
    var rowNumbers: Range<Int> { (firstRow ?? 0)..<(firstRow ?? 0) + faults.count }
  }

  private let requirements: RowRequirements
  private var summary = Summary()

  /// Makes a collector.
  public init(_ requirements: RowRequirements) { self.requirements = requirements }

  /// Takes a row.
  public mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    switch outcome {
    case .counted(let conversation), .fallback(let conversation, _):
      summary.add(
        conversation.row.row, requirements.faults(of: conversation), length: conversation.row.count.length)
    case .failed(let failure, _, _): summary.add(failure.row, .failed, length: 0, failure: failure.message)
    }
  }

  /// The decisions.
  public consuming func finish() -> Summary { summary }
}
