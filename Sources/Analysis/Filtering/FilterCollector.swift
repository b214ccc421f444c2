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

    /// Whether a row is kept.
    func keeps(_ row: Int) -> Bool { decision(about: row).faults.isEmpty }

    /// The number of rows that are kept, and their tokens.
    public var kept: (rows: Int, tokens: Int) {
      zip(faults, lengths).reduce(into: (0, 0)) { sum, row in
        guard row.0 == 0 else { return }
        sum.0 += 1
        sum.1 += Int(row.1)
      }
    }

    /// The number of rows that are rejected.
    public var rejected: Int { faults.count { $0 != 0 && $0 != RowFaults.notSelected.rawValue } }

    /// The number of rows that are rejected for a reason, whatever others there are.
    public func count(of fault: RowFaults) -> Int { faults.count { RowFaults(rawValue: $0).contains(fault) } }
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
