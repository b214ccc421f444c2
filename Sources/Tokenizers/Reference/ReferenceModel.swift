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
  private let lookup: VocabularyLookup

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
  private let positions: [TokenID: Int32]

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    index = ByteStringIndex(vocabulary.texts)
    var positions: [TokenID: Int32] = [:]
    positions.reserveCapacity(vocabulary.count)
    for (position, id) in vocabulary.ids.enumerated() { positions[id] = Int32(truncatingIfNeeded: position) }
    self.positions = positions
  }

  /// The number of the token with a text.
  func id(of text: [UInt8]) -> TokenID? { id(of: 0..<text.count, in: text) }

  /// The number of the token whose text is a part of some bytes.
  func id(of range: Range<Int>, in bytes: [UInt8]) -> TokenID? {
    index.position(of: range, in: bytes).map { vocabulary.ids[$0] }
  }

  /// The text of the token with a number.
  func text(of id: TokenID) -> [UInt8]? { positions[id].map { Array(vocabulary.texts[Int($0)]) } }

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

  init(_ model: WordPieceDefinition, _ lookup: VocabularyLookup) {
    self.model = model
    unknown = lookup.id(of: model.unknownToken)
    for (position, id) in model.vocabulary.ids.enumerated() { trie.insert(model.vocabulary.texts[position], value: id) }
  }

  func encode(_ text: [UInt8], _ body: (TokenID, Range<Int>) -> Void) throws(TokenizerError) {
    guard let tokens = tokens(of: text) else {
      guard let unknown else { throw .missingUnknownToken(model.unknownToken) }
      return body(unknown, 0..<text.count)
    }
    for token in tokens { body(token.id, token.range) }
  }

  private func tokens(of text: [UInt8]) -> [(id: TokenID, range: Range<Int>)]? {
    guard text.count(where: { $0 & 0xC0 != 0x80 }) <= model.maximumCharacters else { return nil }
    let continuation = trie.node(after: model.continuingSubwordPrefix)
    var tokens: [(id: TokenID, range: Range<Int>)] = []
    var start = 0
    while start < text.count {
      guard var node = start == 0 ? ByteTrie.root : continuation else { return nil }
      var longest: (id: TokenID, end: Int)?
      var offset = start
      while offset < text.count, let next = trie.child(of: node, text[offset]) {
        node = next
        offset += 1
        if let id = trie.value(at: node) { longest = (id, offset) }
      }
      guard let longest else { return nil }
      tokens.append((longest.id, start..<longest.end))
      start = longest.end
    }
    return tokens
  }
}
