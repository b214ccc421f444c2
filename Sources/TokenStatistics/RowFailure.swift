/// A row that could not be counted, and why.
public struct RowFailure: Error, Sendable, Hashable {
  /// What a row can fail by.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The chat template raised.
    case template
    /// The messages are missing, empty or of another type.
    case messages
    /// The score is no number, or outside the range of the persona's type.
    case score
  }

  /// The row's number in the dataset, from 0.
  public var row: Int
  /// What failed.
  public var kind: Kind
  /// The reason; for ``Kind/template`` exactly what the template raised.
  public var message: String

  /// Makes a failure of `row`.
  public init(row: Int, kind: Kind, message: String) {
    self.row = row
    self.kind = kind
    self.message = message
  }
}
