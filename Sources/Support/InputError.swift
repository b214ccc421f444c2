/// What was asked for and cannot be found, read, counted or made: a row, a source, a folder of sources, a model.
///
/// It is here, below the modules that throw it, because models and datasets know nothing of each other.
public struct InputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is, for callers that treat the kinds differently.
  public enum Kind: Sendable, Hashable {
    /// The folder or file is not there.
    case missing
    /// The folder exists but holds no dataset, or none that was asked for.
    case nothingFound
    /// The source can be read, but the selection leaves none of its rows.
    case emptySelection
    /// The name or the selection does not parse, or two sources have the same name.
    case name
    /// The model that a source names is not known.
    case unknownModel
    /// The messages of a row are missing, empty or of another type.
    case messages
    /// The score of a row is no number, or outside the scale of the dataset's kind.
    case score
    /// A model that was asked for is not known, or its tokenizer cannot be used or fetched.
    case model
    /// A model or a dataset is not on the hub or in its cache, or could not be fetched.
    case hub(HubProblem)
    /// A chat template that was asked for is not known, or the text does not name one.
    case template
    /// The statistics, or a checkpoint beside them, cannot be read or continued.
    case statistics
    /// The files cannot be read, or do not hold what is expected.
    case unreadable
    /// Files cannot be written.
    case unwritable
  }

  /// What kind of failure of the hub it is, for callers that have another way.
  public enum HubProblem: Sendable, Hashable {
    /// Text that cannot be the name of a repository, a revision or a file.
    case badName
    /// The cache does not hold it.
    case notCached
    /// The hub does not have it, or does not show it to everybody.
    case notFound
    /// The hub wants a token, or another one.
    case denied
    /// The hub could not be reached, or broke off again and again.
    case unreachable
    /// Fetching is not possible or not wanted here: offline, no folder for the cache, no curl, no consent.
    case notPossible
    /// What came is not what was announced.
    case damaged
    /// The user asked to stop.
    case interrupted
    /// It would be fetched, and only what would be done is asked for.
    case planned
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// The dataset's name, or the path if there is no name.
  public let dataset: String
  /// What is wrong, where in the source and, if that helps, what to do.
  public let message: String

  /// Makes an error.
  public init(_ kind: Kind, dataset: String, _ message: String) {
    self.kind = kind
    self.dataset = dataset
    self.message = message
  }

  /// The dataset and the message.
  public var description: String {
    // A file that is a dataset by itself is named once.
    let isNamed = message.hasPrefix("\(dataset): ") || message.hasPrefix("cannot read \(dataset): ")
    return dataset.isEmpty || isNamed ? message : "\(dataset): \(message)"
  }

  /// The same failure under another name of the source.
  public func named(_ dataset: String) -> InputError { InputError(kind, dataset: dataset, message) }

  /// What cannot be read, before it is known what it is a part of.
  public static func unreadable(_ message: String) -> InputError { InputError(.unreadable, dataset: "", message) }

  /// A name, or a selection of datasets, that does not parse.
  public static func name(_ message: String) -> InputError { InputError(.name, dataset: "", message) }
}

extension InputError {
  /// The descriptions of failures, with one line for several datasets of which the same is said, or that lack the same
  /// column among different ones: with their number, and the first of them.
  public static func lines(of failures: [InputError]) -> [String] {
    var order: [TextKey] = []
    var groups: [TextKey: [InputError]] = [:]
    for failure in failures {
      let key = TextKey(failure.subject)
      if groups[key, default: []].isEmpty { order.append(key) }
      groups[key, default: []].append(failure)
    }
    return order.flatMap { key -> [String] in
      let group = groups[key] ?? []
      guard group.count > mostAlike, let first = group.first else { return group.map(\.description) }
      return ["\(NumberFormat.grouped(group.count)) datasets, such as \(first.description)"]
    }
  }

  /// As many datasets have a line each.
  private static let mostAlike = 2

  /// What is said of the dataset: of a column that is missing, without the columns that are there.
  private var subject: String {
    let missing = " is missing; "
    guard message.hasPrefix("column "), let end = message.firstRange(ofBytes: missing)?.lowerBound else {
      return message
    }
    return String(message[..<end])
  }
}
