/// A dataset, or a folder of datasets, that cannot be read or made.
public struct DatasetError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is, for callers that treat the kinds differently.
  public enum Kind: Sendable, Hashable {
    /// The folder or file is not there.
    case missing
    /// The folder is there and holds no dataset, or none that was asked for.
    case nothingFound
    /// The name does not parse.
    case name
    /// The files cannot be read, or hold something else than expected.
    case unreadable
    /// Files cannot be written.
    case unwritable
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// The dataset's name, or the path where there is no name.
  public let dataset: String
  /// What is wrong and, where that helps, what to do.
  public let message: String

  /// Makes an error.
  public init(_ kind: Kind, dataset: String, _ message: String) {
    self.kind = kind
    self.dataset = dataset
    self.message = message
  }

  /// The dataset and the message.
  public var description: String { "\(dataset): \(message)" }
}
