public import TokenStatistics

/// One row of a dataset with its tokens.
public struct CountedRow: Sendable, Hashable {
  /// The row's number in the dataset, from 0.
  public var row: Int
  /// The row's label; nil where it has none.
  public var label: String?
  /// The row's score.
  public var score: Score
  /// The row's tokens.
  public var count: ConversationCount

  /// Makes a row from its parts.
  public init(row: Int, label: String?, score: Score, count: ConversationCount) {
    self.row = row
    self.label = label
    self.score = score
    self.count = count
  }
}
