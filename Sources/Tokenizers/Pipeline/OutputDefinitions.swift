/// What is put around the tokens of a text where special tokens are asked for.
public indirect enum PostProcessorDefinition: Hashable, Sendable {
  /// A token before and one after the text, as BERT has them.
  case bert(begin: SpecialToken, end: SpecialToken)
  /// Changes offsets only.
  case byteLevel(ByteLevelOptions)
  /// A token before and one after the text, as RoBERTa has them.
  case roberta(begin: SpecialToken, end: SpecialToken, trimOffsets: Bool, addPrefixSpace: Bool)
  /// One step after the other.
  case sequence([PostProcessorDefinition])
  /// Tokens where a template has them.
  case template(TemplateDefinition)

  /// A token of a post-processor, with the text that the file has for it.
  public struct SpecialToken: Hashable, Sendable {
    /// The text, UTF-8.
    public var content: [UInt8]
    /// The number that is put out.
    public var id: TokenID

    /// Makes a token.
    public init(content: [UInt8], id: TokenID) {
      self.content = content
      self.id = id
    }
  }
}

/// The templates of `TemplateProcessing`.
public struct TemplateDefinition: Hashable, Sendable {
  /// One piece of a template.
  public enum Piece: Hashable, Sendable {
    /// The tokens of the first text (`$A`).
    case first
    /// The tokens of the second text (`$B`).
    case second
    /// Tokens of the template.
    case tokens([TokenID])
    /// A token, by its text in UTF-8, for which the file has no number.
    case missing([UInt8])
  }

  /// The template of one text.
  public var single: [Piece]
  /// The template of two texts, which only pairs of texts need.
  public var pair: [Piece]

  /// Makes templates.
  public init(single: [Piece], pair: [Piece]) {
    self.single = single
    self.pair = pair
  }
}

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
  /// What SentencePiece itself does with the pieces of a model, which is not a step among others.
  case sentencePiece(SentencePieceDecoderOptions)
  /// One step after the other.
  case sequence([DecoderDefinition])
  /// Removes up to a number of one character at the ends of each token.
  case strip(content: Unicode.Scalar, start: Int, stop: Int)
  /// Removes the prefix of continuing tokens, UTF-8, and puts spaces before all others.
  case wordPiece(prefix: [UInt8], cleanup: Bool)
}

/// How SentencePiece makes text of pieces, from the fields of its models.
public struct SentencePieceDecoderOptions: Hashable, Sendable {
  /// The text of the unknown piece, UTF-8.
  public var unknownSurface: [UInt8]
  /// Whether the space that the first piece begins with is left out.
  public var removesFirstSpace: Bool
  /// Whether that goes on where the first piece was nothing but a space.
  public var removesAllFirstSpaces: Bool
  /// What the whole text goes through last (`denormalizer_spec`); nil for nothing.
  public var denormalizer: SentencePieceNormalizerOptions?

  /// Makes options.
  public init(
    unknownSurface: [UInt8] = Array(" \u{2047} ".utf8), removesFirstSpace: Bool = true,
    removesAllFirstSpaces: Bool = true, denormalizer: SentencePieceNormalizerOptions? = nil
  ) {
    self.unknownSurface = unknownSurface
    self.removesFirstSpace = removesFirstSpace
    self.removesAllFirstSpaces = removesAllFirstSpaces
    self.denormalizer = denormalizer
  }
}
