/// A dataset that could not be counted, and why.
public struct DatasetFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The dataset's full name.
  public var dataset: String
  /// What is wrong, where in the dataset, and what to do.
  public var message: String
  /// Whether the dataset is sound and its selection leaves no row.
  public var isEmptySelection = false

  /// Makes a failure of `dataset`.
  public init(dataset: String, message: String) {
    self.dataset = dataset
    self.message = message
  }

  /// The dataset's name and what is wrong.
  public var description: String { "\(dataset): \(message)" }
}
