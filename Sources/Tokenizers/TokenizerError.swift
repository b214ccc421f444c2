public import Support

/// Why a vocabulary could not be loaded.
public enum TokenizerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The vocabulary file cannot be read.
  case unreadable(FileError)
  /// The vocabulary file does not hold what files of its kind hold.
  case damaged(path: String, reason: String)
  /// The kernel that `TOKENSTATS_KERNEL` asks for is unknown or not available on this processor.
  case kernelUnavailable(name: String, available: [String])

  /// What is wrong, with which file, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let error):
      error.description
    case .damaged(let path, let reason):
      "\(path) is not a usable vocabulary: \(reason); fetch it again with `tokenstats tokenizers fetch`"
    case .kernelUnavailable(let name, let available):
      "TOKENSTATS_KERNEL=\(name) cannot be used here; available: \(available.joined(separator: ", "))"
    }
  }
}
