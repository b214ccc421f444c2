/// A model that follows its definition step by step.
struct ReferenceModel: Sendable {
  private enum Kind: Sendable {
    case bpe(ReferenceBPE)
    case unigram(ReferenceUnigram)
    case wordPiece(ReferenceWordPiece)
    case wordLevel(WordLevelDefinition)
    case sentencePiece(ReferenceSentencePiece)
  }

  private let kind: Kind
  let lookup: VocabularyLookup

  /// The model where it is BPE, else nil.
  var bpe: ReferenceBPE? { if case .bpe(let model) = kind { model } else { nil } }

  /// The model where it is Unigram, else nil.
  var unigram: ReferenceUnigram? { if case .unigram(let model) = kind { model } else { nil } }

  /// The model where it is WordPiece, else nil.
  var wordPiece: ReferenceWordPiece? { if case .wordPiece(let model) = kind { model } else { nil } }

  /// The model where it is of SentencePiece, else nil.
  var sentencePiece: ReferenceSentencePiece? { if case .sentencePiece(let model) = kind { model } else { nil } }

  init(_ definition: ModelDefinition) {
    let lookup = VocabularyLookup(definition.vocabulary)
    self.lookup = lookup
    kind =
      switch definition {
      case .bpe(let model): .bpe(ReferenceBPE(model, lookup))
      case .unigram(let model): .unigram(ReferenceUnigram(model, lookup))
      case .wordPiece(let model): .wordPiece(ReferenceWordPiece(model, lookup))
      case .wordLevel(let model): .wordLevel(model)
      case .sentencePiece(let model): .sentencePiece(ReferenceSentencePiece(model, lookup))
      }
  }

  /// Passes on the tokens of a pre-token, which is not empty, with the range of it that each covers.
  func encode(_ text: [UInt8], _ body: (TokenID, Range<Int>) -> Void) throws(TokenizerError) {
    switch kind {
    case .bpe(let model): try model.encode(text, body)
    case .unigram(let model): try model.encode(text, body)
    case .wordPiece(let model): try model.encode(text, body)
    case .sentencePiece(let model): model.encode(text, body)
    case .wordLevel(let model):
      guard let token = lookup.id(of: text) ?? lookup.id(of: model.unknownToken) else {
        throw .missingUnknownToken(model.unknownToken)
      }
      body(token, 0..<text.count)
    }
  }

  /// The text of a token; nil for none.
  func text(of token: TokenID) -> [UInt8]? { lookup.text(of: token) }
}

/// Finds tokens by text and by number.
struct VocabularyLookup: Sendable {
  private let vocabulary: Vocabulary
  private let index: ByteStringIndex
  private var positions: NumberMap

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    index = ByteStringIndex(vocabulary.texts)
    positions = NumberMap(expectedKeys: vocabulary.count * 2)
    for (position, id) in vocabulary.ids.enumerated() {
      positions[UInt32(bitPattern: id)] = Int32(truncatingIfNeeded: position)
    }
  }

  /// The number of the token with a text.
  func id(of text: [UInt8]) -> TokenID? { id(of: 0..<text.count, in: text) }

  /// The number of the token whose text is a part of some bytes.
  func id(of range: Range<Int>, in bytes: [UInt8]) -> TokenID? {
    index.position(of: range, in: bytes).map { vocabulary.ids[$0] }
  }

  /// The text of the token with a number.
  func text(of id: TokenID) -> [UInt8]? { positions[UInt32(bitPattern: id)].map { Array(vocabulary.texts[Int($0)]) } }

  /// The token `<0x00>` to `<0xFF>` of a byte.
  func byteToken(_ byte: UInt8) -> TokenID? {
    let digits = Array("0123456789ABCDEF".utf8)
    return id(of: Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)], UInt8(ascii: ">")])
  }
}

/// WordPiece: the longest token from the left, again and again.
struct ReferenceWordPiece: Sendable {
  private let model: WordPieceDefinition
  private let unknown: TokenID?
  private var trie = ByteTrie()
  /// The node that all tokens but the first begin at; nil where no token has the prefix.
  private let continuation: Int32?

  init(_ model: WordPieceDefinition, _ lookup: VocabularyLookup) {
    self.model = model
    unknown = lookup.id(of: model.unknownToken)
    for (position, id) in model.vocabulary.ids.enumerated() { trie.insert(model.vocabulary.texts[position], value: id) }
    continuation = trie.node(after: model.continuingSubwordPrefix)
  }

  func encode(_ text: [UInt8], _ body: (TokenID, Range<Int>) -> Void) throws(TokenizerError) {
    var tokens: [(id: TokenID, range: Range<Int>)] = []
    guard text.withUnsafeBufferPointer({ find($0) { tokens.append(($0, $1)) } }) else {
      guard let unknown else { throw .missingUnknownToken(model.unknownToken) }
      return body(unknown, 0..<text.count)
    }
    for token in tokens { body(token.id, token.range) }
  }

  /// The number of tokens of a pre-token.
  func count(_ text: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> Int {
    var count = 0
    if find(text, { _, _ in count += 1 }) { return count }
    if unknown == nil { throw .missingUnknownToken(model.unknownToken) }
    return 1
  }

  /// Passes on the tokens of a text; false where it is no sequence of tokens.
  @inline(__always)
  private func find(_ text: UnsafeBufferPointer<UInt8>, _ body: (TokenID, Range<Int>) -> Void) -> Bool {
    guard text.count(where: { $0 & 0xC0 != 0x80 }) <= model.maximumCharacters else { return false }
    var start = 0
    while start < text.count {
      guard var node = start == 0 ? ByteTrie.root : continuation else { return false }
      var longest: (id: TokenID, end: Int)?
      var offset = start
      while offset < text.count, let next = trie.step(from: node, text[offset]) {
        node = next.node
        offset &+= 1
        if next.value >= 0 { longest = (next.value, offset) }
      }
      guard let longest else { return false }
      body(longest.id, start..<longest.end)
      start = longest.end
    }
    return true
  }
}
