/// What a tokenizer does, as a value: the steps from a text to tokens and back.
///
/// The steps and their names are those of Hugging Face tokenizers 0.23.3, whose files `TokenizerDefinition` describes
/// completely; SentencePiece, tiktoken and tekken files are described in the same terms. Two tokenizers with equal
/// definitions give equal tokens for every text.
///
/// Texts of a definition are UTF-8 bytes. Swift's string equality is canonical equivalence, under which two entries of a
/// vocabulary can be one.
public struct TokenizerDefinition: Hashable, Sendable {
  /// What is done to the text between added tokens before it is cut; nil for nothing.
  public var normalizer: NormalizerDefinition?
  /// How normalized text is cut into pre-tokens; nil for not at all.
  public var preTokenizer: PreTokenizerDefinition?
  /// How a pre-token becomes tokens.
  public var model: ModelDefinition
  /// The tokens that are found in the text before the model sees it, in the order of the file.
  public var addedTokens: [AddedToken]
  /// What is put around the tokens where special tokens are asked for; nil for nothing.
  public var postProcessor: PostProcessorDefinition?
  /// How tokens become text again; nil to join them with spaces.
  public var decoder: DecoderDefinition?

  /// Makes a definition from its steps.
  public init(
    normalizer: NormalizerDefinition? = nil, preTokenizer: PreTokenizerDefinition? = nil, model: ModelDefinition,
    addedTokens: [AddedToken] = [], postProcessor: PostProcessorDefinition? = nil, decoder: DecoderDefinition? = nil
  ) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.addedTokens = addedTokens
    self.postProcessor = postProcessor
    self.decoder = decoder
  }
}

/// A token that is found in the text itself, before the model sees it.
public struct AddedToken: Hashable, Sendable {
  /// The text of the token, UTF-8, never empty.
  public var content: [UInt8]
  /// The number of the token.
  public var id: TokenID
  /// Whether white space before the token belongs to it.
  public var lstrip: Bool
  /// Whether white space after the token belongs to it.
  public var rstrip: Bool
  /// Whether the token is found only where no word character (`\w`) is next to it.
  public var singleWord: Bool
  /// Whether the token is looked for in normalized text, its own content normalized, instead of in the text as it is.
  public var normalized: Bool
  /// The contents of normalized tokens that had this number before, in their order.
  ///
  /// The reference keeps the normalized text of the last one that normalization changes, in place of this token's.
  var displacedContents: [[UInt8]] = []
  /// Whether the token is left out where a text is decoded without special tokens, and can be taken for plain text.
  public var special: Bool

  /// Makes an added token.
  public init(
    id: TokenID, content: [UInt8], lstrip: Bool = false, rstrip: Bool = false, singleWord: Bool = false,
    normalized: Bool = false, special: Bool = false
  ) {
    self.content = content
    self.id = id
    self.lstrip = lstrip
    self.rstrip = rstrip
    self.singleWord = singleWord
    self.normalized = normalized
    self.special = special
  }
}

/// What is looked for in a text: a string as it is, or a regular expression.
public enum PatternDefinition: Hashable, Sendable {
  /// UTF-8 text that is looked for as it is.
  case string([UInt8])
  /// A regular expression in Oniguruma's Ruby syntax, UTF-8.
  case regex([UInt8])
}
