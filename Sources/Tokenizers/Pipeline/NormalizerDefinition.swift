/// A step that rewrites text before it is cut into pre-tokens.
public indirect enum NormalizerDefinition: Hashable, Sendable {
  /// Cleans and folds text as BERT does.
  case bert(BertNormalizerOptions)
  /// Replaces each byte by its character of the byte-level alphabet.
  case byteLevel
  /// Replaces each character by its lower case.
  case lowercase
  /// Unicode normalization form C.
  case nfc
  /// Unicode normalization form D.
  case nfd
  /// Unicode normalization form KC.
  case nfkc
  /// Unicode normalization form KD.
  case nfkd
  /// Removes controls and turns characters like spaces into spaces, as SentencePiece's `nmt` rules do.
  case nmt
  /// Replaces text by the rules of a SentencePiece model, `precompiled_charsmap` decoded from Base64.
  case precompiled([UInt8])
  /// Puts a text, UTF-8, before text that is not empty.
  case prepend([UInt8])
  /// Replaces every match by a text, UTF-8.
  case replace(PatternDefinition, content: [UInt8])
  /// What SentencePiece itself does to text before it encodes it.
  case sentencePiece(SentencePieceNormalizerOptions)
  /// One step after the other.
  case sequence([NormalizerDefinition])
  /// Removes white space at the ends.
  case strip(left: Bool, right: Bool)
  /// Removes combining marks.
  case stripAccents
}

/// The options of `BertNormalizer`.
public struct BertNormalizerOptions: Hashable, Sendable {
  /// Whether controls are removed and white space becomes a space.
  public var cleanText: Bool
  /// Whether spaces are put around Chinese characters.
  public var handleChineseCharacters: Bool
  /// Whether accents are removed; nil for the same as `lowercase`.
  public var stripAccents: Bool?
  /// Whether characters become lower case.
  public var lowercase: Bool

  /// Makes options.
  public init(
    cleanText: Bool = true, handleChineseCharacters: Bool = true, stripAccents: Bool? = nil, lowercase: Bool = true
  ) {
    self.cleanText = cleanText
    self.handleChineseCharacters = handleChineseCharacters
    self.stripAccents = stripAccents
    self.lowercase = lowercase
  }
}

/// How SentencePiece normalizes text, the fields of `NormalizerSpec` in its models.
public struct SentencePieceNormalizerOptions: Hashable, Sendable {
  /// The replacements (`precompiled_charsmap`), of which the longest match counts; empty for none.
  public var characterMap: [UInt8]
  /// Texts that no replacement touches, UTF-8.
  public var userDefinedSymbols: [[UInt8]]
  /// Whether a space is put before the text, or after it where `treatsWhitespaceAsSuffix` is true.
  public var addsDummyPrefix: Bool
  /// Whether spaces at the ends and all but one of several spaces are removed.
  public var removesExtraWhitespaces: Bool
  /// Whether a space becomes U+2581.
  public var escapesWhitespaces: Bool
  /// Whether the space of `addsDummyPrefix` goes to the end.
  public var treatsWhitespaceAsSuffix: Bool

  /// Makes options.
  public init(
    characterMap: [UInt8] = [], userDefinedSymbols: [[UInt8]] = [], addsDummyPrefix: Bool = true,
    removesExtraWhitespaces: Bool = true, escapesWhitespaces: Bool = true, treatsWhitespaceAsSuffix: Bool = false
  ) {
    self.characterMap = characterMap
    self.userDefinedSymbols = userDefinedSymbols
    self.addsDummyPrefix = addsDummyPrefix
    self.removesExtraWhitespaces = removesExtraWhitespaces
    self.escapesWhitespaces = escapesWhitespaces
    self.treatsWhitespaceAsSuffix = treatsWhitespaceAsSuffix
  }
}
