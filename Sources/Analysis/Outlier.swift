public import Counting
/// A conversation that is unusually long or short.
public struct Outlier: Sendable, Hashable {
  /// The dataset's full name.
  public var dataset: String
  /// The row with its tokens.
  public var row: CountedRow
  /// The number of the system prompt; nil where the dataset does not tell.
  public var promptIndex: Int64?
  /// The number of the question; nil where the dataset does not tell.
  public var questionIndex: Int64?
  /// The beginning of the last message.
  public var preview: String

  /// The conversation's length in tokens.
  public var length: Int { row.count.length }
}
