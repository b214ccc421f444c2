/// What the document records about the failures of one dataset.
public struct DatasetErrors: Sendable, Hashable {
  /// One line about what failed.
  public var message: String
  /// The parts of the failure, such as the failed rows.
  public var details: [ErrorDetail]

  /// Makes errors from their parts.
  public init(message: String, details: [ErrorDetail]) {
    self.message = message
    self.details = details
  }
}
