public import Support

/// Why a SentencePiece model could not be used.
public enum SentencePieceError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The model file cannot be read.
  case unreadable(FileError)
  /// libsentencepiece rejects the model, in its own words.
  case rejected(reason: String)
  /// The model's protocol buffer is cut off or malformed at a byte offset.
  case malformed(offset: Int)
  /// libsentencepiece cannot encode a text, in its own words.
  case notEncoded(reason: String)

  /// What is wrong, as it reads after the name of the file.
  public var description: String {
    switch self {
    case .unreadable(let error): error.description
    case .rejected(let reason): "libsentencepiece rejects the model: \(reason)"
    case .malformed(let offset): "the model is malformed at byte \(offset)"
    case .notEncoded(let reason): "libsentencepiece cannot encode the text: \(reason)"
    }
  }
}
