/// How a pre-token becomes tokens.
public enum ModelDefinition: Hashable, Sendable {
  /// Byte pair encoding: neighbors merge, the pair of the best rank first.
  case bpe(BPEDefinition)
  /// The segmentation with the best sum of scores.
  case unigram(UnigramDefinition)
  /// The longest token from the left, again and again.
  case wordPiece(WordPieceDefinition)
  /// The whole pre-token or the unknown token.
  case wordLevel(WordLevelDefinition)
  /// A SentencePiece model, which breaks ties and rounds in its own way.
  case sentencePiece(SentencePieceDefinition)

  /// The tokens of the model; added tokens may have numbers beyond.
  public var vocabulary: Vocabulary {
    switch self {
    case .bpe(let model): model.vocabulary
    case .unigram(let model): model.vocabulary
    case .wordPiece(let model): model.vocabulary
    case .wordLevel(let model): model.vocabulary
    case .sentencePiece(let model): model.vocabulary
    }
  }
}

/// The tokens of a model with their numbers; of equal texts the last one counts.
public struct Vocabulary: Hashable, Sendable {
  /// The texts, UTF-8 in tokenizer.json files and any bytes in tiktoken and tekken files.
  public private(set) var texts = ByteStrings()
  /// The number of each text, not necessarily ascending, with gaps where the file has some.
  public private(set) var ids: [TokenID] = []

  /// Makes a vocabulary without tokens.
  public init() {}

  /// Takes tokens as they are stored; nil where texts and numbers do not fit each other.
  init?(texts: ByteStrings, ids: [TokenID]) {
    guard texts.count == ids.count, ids.allSatisfy({ $0 >= 0 }) else { return nil }
    self.texts = texts
    self.ids = ids
  }

  /// The number of tokens.
  public var count: Int { ids.count }

  /// Adds a token.
  public mutating func append(_ text: some Sequence<UInt8>, id: TokenID) {
    texts.append(text)
    ids.append(id)
  }
}

/// Byte pair encoding and its options.
public struct BPEDefinition: Hashable, Sendable {
  /// Two tokens that become one.
  public struct Merge: Hashable, Sendable {
    /// The token on the left.
    public var left: TokenID
    /// The token on the right.
    public var right: TokenID
    /// What the two become.
    public var result: TokenID
    /// The lowest rank merges first; of equal ranks the leftmost pair.
    public var rank: UInt32

    /// Makes a merge.
    public init(left: TokenID, right: TokenID, result: TokenID, rank: UInt32) {
      self.left = left
      self.right = right
      self.result = result
      self.rank = rank
    }
  }

  /// The tokens.
  public var vocabulary: Vocabulary
  /// What merges, no pair twice, in the order of the ranks; merges of equal rank have equal results.
  public var merges: [Merge]
  /// What a character that is no token becomes; nil to leave it out.
  public var unknownToken: TokenID?
  /// Whether the file names an unknown token that is not in the vocabulary: a text that needs it is an error.
  public var lacksUnknownToken: Bool
  /// The text before each character of a pre-token but the first, UTF-8.
  public var continuingSubwordPrefix: [UInt8]
  /// The text after the last character of a pre-token, UTF-8.
  public var endOfWordSuffix: [UInt8]
  /// Whether unknown tokens next to each other are one.
  public var fuseUnknown: Bool
  /// Whether a character that is no token becomes tokens `<0x00>` to `<0xFF>`, one a byte, where they all exist.
  public var byteFallback: Bool
  /// Whether a pre-token that is a token is not merged together.
  public var ignoreMerges: Bool
  /// Whether the texts of the vocabulary are bytes instead of characters, and merging starts at bytes.
  ///
  /// False in tokenizer.json files, where `ByteLevel` writes bytes as characters; true in tiktoken and tekken files.
  public var mergesBytes: Bool

  /// Makes a definition.
  public init(
    vocabulary: Vocabulary, merges: [Merge], unknownToken: TokenID? = nil, lacksUnknownToken: Bool = false,
    continuingSubwordPrefix: [UInt8] = [], endOfWordSuffix: [UInt8] = [], fuseUnknown: Bool = false,
    byteFallback: Bool = false, ignoreMerges: Bool = false, mergesBytes: Bool = false
  ) {
    self.vocabulary = vocabulary
    self.merges = merges
    self.unknownToken = unknownToken
    self.lacksUnknownToken = lacksUnknownToken
    self.continuingSubwordPrefix = continuingSubwordPrefix
    self.endOfWordSuffix = endOfWordSuffix
    self.fuseUnknown = fuseUnknown
    self.byteFallback = byteFallback
    self.ignoreMerges = ignoreMerges
    self.mergesBytes = mergesBytes
  }
}

/// A Unigram language model and its options.
public struct UnigramDefinition: Hashable, Sendable {
  /// The tokens; the number of each is its position.
  public var vocabulary: Vocabulary
  /// The score of each token as the reference reads it, a logarithm of a probability.
  public var scores: [Double]
  /// What a character in no token becomes, neighbors fused; nil where such text is an error.
  public var unknownToken: TokenID?
  /// Whether unknown text becomes tokens `<0x00>` to `<0xFF>`, one a byte, where they all exist.
  public var byteFallback: Bool

  /// Makes a definition.
  public init(vocabulary: Vocabulary, scores: [Double], unknownToken: TokenID?, byteFallback: Bool) {
    self.vocabulary = vocabulary
    self.scores = scores
    self.unknownToken = unknownToken
    self.byteFallback = byteFallback
  }
}

/// WordPiece and its options.
public struct WordPieceDefinition: Hashable, Sendable {
  /// The tokens.
  public var vocabulary: Vocabulary
  /// The text of the token that a pre-token becomes which is no sequence of tokens, UTF-8.
  public var unknownToken: [UInt8]
  /// The text before each token of a pre-token but the first, UTF-8.
  public var continuingSubwordPrefix: [UInt8]
  /// A pre-token of more characters is unknown.
  public var maximumCharacters: Int

  /// Makes a definition.
  public init(
    vocabulary: Vocabulary, unknownToken: [UInt8], continuingSubwordPrefix: [UInt8], maximumCharacters: Int
  ) {
    self.vocabulary = vocabulary
    self.unknownToken = unknownToken
    self.continuingSubwordPrefix = continuingSubwordPrefix
    self.maximumCharacters = maximumCharacters
  }
}

/// A vocabulary of whole words.
public struct WordLevelDefinition: Hashable, Sendable {
  /// The tokens.
  public var vocabulary: Vocabulary
  /// The text of the token that any other pre-token becomes, UTF-8.
  public var unknownToken: [UInt8]

  /// Makes a definition.
  public init(vocabulary: Vocabulary, unknownToken: [UInt8]) {
    self.vocabulary = vocabulary
    self.unknownToken = unknownToken
  }
}

/// A SentencePiece model, the pieces of a `.model` file.
public struct SentencePieceDefinition: Hashable, Sendable {
  /// How text is segmented.
  public enum Algorithm: Hashable, Sendable {
    /// Neighbors whose joined text is a piece merge, the best score first, the leftmost of equals.
    case bpe
    /// The segmentation with the best sum of scores.
    case unigram
    /// Words, each from a space on, as a whole.
    case word
    /// Characters and user-defined pieces.
    case character

    /// What trainers call it.
    public var name: String {
      switch self {
      case .bpe: "BPE"
      case .unigram: "Unigram"
      case .word: "Word"
      case .character: "Char"
      }
    }
  }

  /// What a piece stands for; the raw values are those of `sentencepiece_model.proto`.
  public enum Kind: UInt8, Hashable, Sendable {
    /// A piece that text is encoded to.
    case normal = 1
    /// The piece for what no other piece covers.
    case unknown = 2
    /// A marker that never comes from text.
    case control = 3
    /// A piece that is matched as a whole before all others.
    case userDefined = 4
    /// A piece that is never used.
    case unused = 5
    /// The fallback for one byte, written like `<0x0A>`.
    case byte = 6
  }

  /// How text is segmented.
  public var algorithm: Algorithm
  /// The texts of the pieces; the number of each is its position.
  public var vocabulary: Vocabulary
  /// The score of each piece.
  public var scores: [Float]
  /// What each piece stands for.
  public var kinds: [Kind]
  /// The piece for what no other piece covers.
  public var unknownToken: TokenID
  /// Whether unknown text becomes the pieces of its bytes.
  public var byteFallback: Bool

  /// Makes a definition.
  public init(
    algorithm: Algorithm, vocabulary: Vocabulary, scores: [Float], kinds: [Kind], unknownToken: TokenID,
    byteFallback: Bool
  ) {
    self.algorithm = algorithm
    self.vocabulary = vocabulary
    self.scores = scores
    self.kinds = kinds
    self.unknownToken = unknownToken
    self.byteFallback = byteFallback
  }
}
