/// A text that is no dataset name or no selection of datasets.
public struct DatasetNameError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and what was expected.
  public let description: String

  init(_ description: String) { self.description = description }
}
