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
