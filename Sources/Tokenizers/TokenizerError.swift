public import Support

/// Why a vocabulary cannot be loaded, a definition not be followed, or a text not be encoded.
public enum TokenizerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The vocabulary file cannot be read.
  case unreadable(FileError)
  /// The vocabulary file does not hold what files of its kind hold.
  case damaged(path: String, reason: String)
  /// The kernel that `TOKENSTATS_KERNEL` asks for is unknown or not available on this processor.
  case kernelUnavailable(name: String, available: [String])
  /// A definition cannot be used because of a field, given by its path in the file; empty for the file as a whole.
  case definition(field: String, reason: String)
  /// A part of the text is in no token, and the unknown token is not in the vocabulary.
  case missingUnknownToken([UInt8])
  /// A byte of the text is no token.
  case missingByte(UInt8)
  /// White space belongs to two added tokens, this one and the one before.
  case overlappingTokens([UInt8])
  /// A control token that is to be encoded as text is made of its text all the same.
  case inseparableToken([UInt8])
  /// A step takes text for longer than it is, because an empty match was replaced at its start.
  case misaligned
  /// A template received a number of parts from the step before for which it has none.
  case templateParts(Int)
  /// A template names a special token that is not among those of the post-processor.
  case missingTemplateToken([UInt8])
  /// A pattern needs more steps or memory than it may take.
  case patternLimit(reason: String)
  /// libsentencepiece cannot encode a text, with its message.
  case notEncoded(reason: String)

  /// What is wrong, with which file, field or text, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let error):
      error.description
    case .damaged(let path, let reason):
      "\(path) is not a usable vocabulary: \(reason); fetch it again with `tokenstats tokenizers fetch`"
    case .kernelUnavailable(let name, let available):
      "TOKENSTATS_KERNEL=\(name) cannot be used here; available: \(available.joined(separator: ", "))"
    case .definition(let field, let reason):
      field.isEmpty ? reason : "\(field): \(reason)"
    case .missingUnknownToken(let text):
      "\"\(Excerpt.of(text))\" cannot be encoded: the vocabulary has no unknown token"
    case .missingByte(let byte):
      "the vocabulary has no token for the byte \(byte)"
    case .overlappingTokens(let text):
      "the white space before \"\(Excerpt.of(text))\" belongs to the added token before it"
    case .inseparableToken(let text):
      "Can't sanitize '\(Excerpt.of(text))': the tokenizer produces it from plain text"
    case .misaligned:
      "a step of the normalizer or pre-tokenizer does not fit text that an empty match has changed"
    case .templateParts(let count):
      "no template of the post-processor takes \(count) parts"
    case .missingTemplateToken(let text):
      "the template of the post-processor names \"\(Excerpt.of(text))\", which is not among its special_tokens"
    case .patternLimit(let reason):
      "a pattern needs too many steps for this text (\(reason))"
    case .notEncoded(let reason):
      "libsentencepiece cannot encode the text: \(reason)"
    }
  }
}

extension TokenizerError {
  /// A field of a definition, and what is wrong with it.
  init(_ field: String, _ reason: String) { self = .definition(field: field, reason: reason) }

  /// The compiled tables cannot follow a definition; the reference code can.
  static func noFastPath(_ reason: String) -> TokenizerError { TokenizerError("", reason) }

  /// A step makes text much longer than any step of a model's tokenizer does.
  static func tooLong(_ step: String, _ bytes: Int) -> TokenizerError {
    TokenizerError("", "the \(step) makes a text of more than \(bytes) bytes, many times as long as it was")
  }

  /// libsentencepiece rejects a model, with its message.
  static func rejected(reason: String) -> TokenizerError {
    TokenizerError("", "libsentencepiece rejects the model: \(reason)")
  }

  /// The protocol buffer of a SentencePiece model is cut off or malformed at a byte offset.
  static func malformed(offset: Int) -> TokenizerError {
    TokenizerError("", "the model is malformed at byte \(offset)")
  }
}
