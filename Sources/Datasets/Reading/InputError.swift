/// A source, or a folder of sources, that cannot be found, read, counted or made.
public struct InputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is, for callers that treat the kinds differently.
  public enum Kind: Sendable, Hashable {
    /// The folder or file is not there.
    case missing
    /// The folder is there and holds no dataset, or none that was asked for.
    case nothingFound
    /// The source is sound, and the selection leaves none of its rows.
    case emptySelection
    /// The name does not parse, or two sources have the same.
    case name
    /// The model that a source names is not known.
    case unknownModel
    /// The files cannot be read, or hold something else than expected.
    case unreadable
    /// Files cannot be written.
    case unwritable
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// The dataset's name, or the path where there is no name.
  public let dataset: String
  /// What is wrong, where in the source and, where that helps, what to do.
  public let message: String

  /// Makes an error.
  public init(_ kind: Kind, dataset: String, _ message: String) {
    self.kind = kind
    self.dataset = dataset
    self.message = message
  }

  /// The dataset and the message.
  public var description: String { dataset.isEmpty ? message : "\(dataset): \(message)" }

  /// The same failure of a source that goes by another name.
  func named(_ dataset: String) -> InputError { InputError(kind, dataset: dataset, message) }
}
