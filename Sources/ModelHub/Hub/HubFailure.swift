public import Support

/// Why something is not on the hub or in its cache, or could not be fetched.
public struct HubFailure: Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure.
  public let kind: InputError.HubProblem
  /// What is wrong and what to do, as a sentence.
  public let description: String

  /// Makes a failure.
  init(_ kind: InputError.HubProblem, _ description: String) {
    self.kind = kind
    self.description = description
  }
}

extension InputError {
  /// The failure of the hub or its cache; nil for any other error.
  public var hubFailure: HubFailure? {
    if case .hub(let kind) = kind { HubFailure(kind, message) } else { nil }
  }

  /// The error of a failure of the hub or its cache.
  static func hub(_ failure: HubFailure) -> InputError {
    InputError(.hub(failure.kind), dataset: "", failure.description)
  }

  /// The error of a file of the cache.
  static func file(_ error: FileError) -> InputError { InputError(.model, dataset: "", error.description) }
}
