/// A column whose type says that every row is null.
public struct NullColumn: Sendable {
  /// Number of rows.
  public let count: Int
}
