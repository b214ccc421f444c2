/// Why the built-in reference rows cannot be read.
public enum ReferenceExpectationsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The rows are damaged, and how.
  case damaged(String)

  /// What is wrong.
  public var description: String {
    switch self {
    case .damaged(let reason): "the reference rows built into this program are damaged: \(reason); build it again"
    }
  }
}
