public import ChatTemplates
public import Datasets

/// Takes the rows of one dataset, one after the other, and sums them up.
///
/// A visitor is made, used and finished on one thread.
public protocol RowVisitor: ~Copyable, SendableMetatype {
  /// What is left of the rows.
  associatedtype Summary: Sendable

  /// Takes a counted row.
  ///
  /// - Parameters:
  ///   - row: The row and its tokens.
  ///   - messages: Its messages, whose ranges point into `batch.text`.
  ///   - batch: The rows around it, the first of which is `batch.firstRow`.
  mutating func visit(_ row: CountedRow, messages: [ChatMessage], in batch: DatasetBatch)

  /// Sums up all rows taken.
  consuming func finish() -> Summary
}
