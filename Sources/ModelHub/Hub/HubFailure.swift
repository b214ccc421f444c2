/// Why something is not on the hub or in its cache, or could not be fetched.
public struct HubFailure: Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is, for callers that have another way.
  public enum Kind: Sendable, Hashable {
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
  }

  /// The kind of failure.
  public let kind: Kind
  /// What is wrong and what to do, as a sentence.
  public let description: String

  /// Makes a failure.
  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}

extension ModelHubError {
  /// The failure of the hub or its cache; nil for any other error.
  public var hubFailure: HubFailure? {
    if case .hub(let failure) = self { failure } else { nil }
  }
}
