import Counting
import Datasets
import TokenStatistics

/// Reads the lengths of one side of pairs again, row by row, of which a stored result holds none.
struct RowSides: RowVisitor {
  /// The lengths of the rows of a source.
  struct Summary: RowSummary {
    fileprivate(set) var rows: SideRows

    mutating func append(_ next: Summary) { rows.merge(next.rows) }
  }

  private var summary: Summary

  init(_ side: PairSide) { summary = Summary(rows: SideRows(pair: side.pair, isChosen: side.isChosen)) }

  mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) { summary.rows.add(outcome) }

  consuming func finish() -> Summary { summary }
}

extension SideRows {
  /// Adds what became of a row.
  mutating func add(_ outcome: RowOutcome) {
    let row: Int
    switch outcome {
    case .counted(let conversation), .fallback(let conversation, _): row = conversation.row.row
    case .failed(let failure, _, _): row = failure.row
    }
    let count = outcome.conversation?.row.count
    add(row, length: count?.length, prompt: count?.turns?.promptTokens)
  }
}
