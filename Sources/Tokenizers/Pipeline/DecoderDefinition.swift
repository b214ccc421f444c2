/// A step that makes text of the texts of tokens.
public indirect enum DecoderDefinition: Hashable, Sendable {
  /// Turns the suffix of a token, UTF-8, into a space, and removes it from the last.
  case bpe(suffix: [UInt8])
  /// Turns tokens `<0x00>` to `<0xFF>` into bytes.
  case byteFallback
  /// Reads the characters of the byte-level alphabet as bytes.
  case byteLevel
  /// Joins the tokens of a speech model.
  case ctc(padToken: [UInt8], wordDelimiterToken: [UInt8], cleanup: Bool)
  /// Joins all tokens into one.
  case fuse
  /// Turns the replacement into a space.
  case metaspace(MetaspaceOptions)
  /// Replaces every match in each token by a text, UTF-8.
  case replace(PatternDefinition, content: [UInt8])
  /// One step after the other.
  case sequence([DecoderDefinition])
  /// Removes up to a number of one character at the ends of each token.
  case strip(content: Unicode.Scalar, start: Int, stop: Int)
  /// Removes the prefix of continuing tokens, UTF-8, and puts spaces before all others.
  case wordPiece(prefix: [UInt8], cleanup: Bool)
}
