/// A tokenizer that follows its definition step by step, as the reference (tokenizers 0.23.3) does.
///
/// It is the ground truth for faster ways, and the way for definitions that have no faster one.
public struct ReferenceTokenizer: Sendable {
  /// A token and where it comes from.
  public struct Token: Sendable, Hashable {
    /// The number of the token.
    public var id: TokenID
    /// The bytes of the text that the token comes from; empty for tokens of the post-processor.
    public var source: Range<Int>

    /// Makes a token.
    public init(id: TokenID, source: Range<Int>) {
      self.id = id
      self.source = source
    }
  }

  /// What the tokenizer does.
  public let definition: TokenizerDefinition

  /// Finds the added tokens that are looked for in the text as it is.
  let splitter: AddedTokenSplitter
  /// Finds the added tokens that are looked for in normalized text.
  let normalizedSplitter: AddedTokenSplitter
  let normalizer: ReferenceNormalizer
  private let preTokenizer: ReferencePreTokenizer
  let model: ReferenceModel
  private let decoder: ReferenceDecoder?
  private let sentencePieceDecoder: SentencePieceDecoder?
  /// The texts of the added tokens, normalized where they are looked for in normalized text.
  let addedTexts: [TokenID: [UInt8]]
  private let specialTexts: Set<[UInt8]>

  /// Prepares a tokenizer.
  ///
  /// - Throws: `TokenizerError` where a pattern cannot be used, or added tokens cannot be told apart.
  public init(_ definition: TokenizerDefinition) throws(TokenizerError) {
    self.definition = definition
    normalizer = try ReferenceNormalizer(definition.normalizer, path: "normalizer")
    preTokenizer = try ReferencePreTokenizer(definition.preTokenizer, path: "pre_tokenizer")
    model = ReferenceModel(definition.model)
    if case .sentencePiece(let options) = definition.decoder, case .sentencePiece(let model) = definition.model {
      sentencePieceDecoder = try SentencePieceDecoder(model, options)
      decoder = nil
    } else {
      sentencePieceDecoder = nil
      decoder = try definition.decoder.map { definition throws(TokenizerError) in
        try ReferenceDecoder(definition, path: "decoder")
      }
    }
    var texts: [TokenID: [UInt8]] = [:]
    var patterns: [(content: [UInt8], token: AddedToken)] = []
    var seen: Set<[UInt8]> = []
    for (index, token) in definition.addedTokens.enumerated() {
      let content = try Self.text(of: token, normalizer, index)
      texts[token.id] = content
      guard token.normalized else { continue }
      guard !content.isEmpty, seen.insert(content).inserted else {
        let name = Excerpt.of(token.content)
        throw TokenizerError(
          "added_tokens[\(index)].content",
          content.isEmpty ? "\"\(name)\" is normalized to nothing" : "\"\(name)\" is normalized to what another one is")
      }
      patterns.append((content, token))
    }
    normalizedSplitter = AddedTokenSplitter(patterns)
    let plain = definition.addedTokens.filter { !$0.normalized }
    splitter = AddedTokenSplitter(plain.map { ($0.content, $0) })
    addedTexts = texts
    specialTexts = Set(definition.addedTokens.filter(\.special).map(\.content))
  }

  /// What an added token is decoded to, and looked for as if it is normalized: the last text that normalization made for
  /// its number and that differs from its content, or else its own content.
  private static func text(
    of token: AddedToken, _ normalizer: ReferenceNormalizer, _ index: Int
  ) throws(TokenizerError) -> [UInt8] {
    for content in (token.displacedContents + (token.normalized ? [token.content] : [])).reversed() {
      let text = try normalized(content, normalizer, index)
      if text != content { return text }
    }
    return token.content
  }

  private static func normalized(
    _ content: [UInt8], _ normalizer: ReferenceNormalizer, _ index: Int
  ) throws(TokenizerError) -> [UInt8] {
    var text = content.withUnsafeBufferPointer { AlignedText(source: $0) }
    do throws(TokenizerError) { try normalizer.normalize(&text) } catch {
      throw TokenizerError("added_tokens[\(index)].content", error.description)
    }
    return text.bytes
  }

  /// Encodes UTF-8 text; every maximal part that is not UTF-8 counts as U+FFFD.
  ///
  /// - Parameters:
  ///   - addsSpecialTokens: Whether the post-processor adds its tokens.
  ///   - splitsSpecialTokens: Whether special tokens in the text are text like any other.
  /// - Throws: `TokenizerError` where the reference raises an error for the text, or a pattern needs too many steps.
  /// - Complexity: O(*n* log *n*) for *n* bytes, but for patterns, which are bounded.
  public func encode(
    _ text: UnsafeBufferPointer<UInt8>, addsSpecialTokens: Bool = false, splitsSpecialTokens: Bool = false
  ) throws(TokenizerError) -> [Token] {
    var tokens: [Token] = []
    if UTF8Repair.isValid(text) {
      try encodeValid(text, splitsSpecialTokens) { tokens.append($0) }
    } else {
      var alignment: [Int] = []
      let repaired = UTF8Repair.repaired(text, alignment: &alignment)
      alignment.append(text.count)
      var failure: TokenizerError?
      repaired.withUnsafeBufferPointer { bytes in
        do throws(TokenizerError) {
          try encodeValid(bytes, splitsSpecialTokens) { token in
            let source = token.source
            tokens.append(Token(id: token.id, source: alignment[source.lowerBound]..<alignment[source.upperBound]))
          }
        } catch { failure = error }
      }
      if let failure { throw failure }
    }
    return try postProcess(tokens, addsSpecialTokens)
  }

  /// Encodes a string.
  public func encode(
    _ text: String, addsSpecialTokens: Bool = false, splitsSpecialTokens: Bool = false
  ) throws(TokenizerError) -> [Token] {
    let bytes = Array(text.utf8)
    var result: Result<[Token], TokenizerError> = .success([])
    bytes.withUnsafeBufferPointer { bytes in
      do throws(TokenizerError) {
        result = .success(
          try encode(bytes, addsSpecialTokens: addsSpecialTokens, splitsSpecialTokens: splitsSpecialTokens))
      } catch { result = .failure(error) }
    }
    return try result.get()
  }

  private func encodeValid(
    _ source: UnsafeBufferPointer<UInt8>, _ splitsSpecialTokens: Bool, _ body: (Token) -> Void
  ) throws(TokenizerError) {
    let whole = AlignedText(source: source)
    for piece in try splitter.pieces(of: whole.bytes, splitsSpecialTokens: splitsSpecialTokens) {
      if let token = piece.token {
        body(Token(id: token, source: whole.source(of: piece.range)))
      } else {
        try encodeStretch(whole.slice(piece.range), splitsSpecialTokens, body)
      }
    }
  }

  /// Encodes UTF-8 text in which no added tokens are looked for: transformers' `_encode_without_added_tokens`.
  ///
  /// The pre-tokenizer sees the normalized text as one that begins there.
  ///
  /// - Throws: `TokenizerError` as ``encode(_:addsSpecialTokens:splitsSpecialTokens:)``.
  func encodePlain(_ text: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> [TokenID] {
    var normalized = AlignedText(source: text)
    try normalizer.normalize(&normalized)
    let bytes = normalized.bytes
    var ids: [TokenID] = []
    try bytes.withUnsafeBufferPointer { bytes throws(TokenizerError) in
      try encodePreTokens(of: AlignedText(source: bytes), preTokenizer) { ids.append($0.id) }
    }
    return ids
  }

  /// Passes on the tokens of a text between added tokens.
  func encodeStretch(
    _ stretch: AlignedText, _ splitsSpecialTokens: Bool = false, _ body: (Token) -> Void
  ) throws(TokenizerError) {
    var text = stretch
    try normalizer.normalize(&text)
    for piece in try normalizedSplitter.pieces(of: text.bytes, splitsSpecialTokens: splitsSpecialTokens) {
      if let token = piece.token {
        body(Token(id: token, source: text.source(of: piece.range)))
      } else {
        try encodePreTokens(of: text.slice(piece.range), preTokenizer, body)
      }
    }
  }

  /// Passes on the tokens of a normalized text, or of a part that the first steps of the pre-tokenizer made.
  func encodePreTokens(
    of text: AlignedText, _ preTokenizer: ReferencePreTokenizer, _ body: (Token) -> Void
  ) throws(TokenizerError) {
    for preToken in try preTokenizer.preTokenize(text) {
      try model.encode(preToken.bytes) { id, range in body(Token(id: id, source: preToken.source(of: range))) }
    }
  }

  // MARK: Post-processing

  private func postProcess(_ tokens: [Token], _ addsSpecialTokens: Bool) throws(TokenizerError) -> [Token] {
    guard let processor = definition.postProcessor else { return tokens }
    return try Self.apply(processor, to: [tokens], addsSpecialTokens).flatMap(\.self)
  }

  /// Follows the reference, where each step receives the parts that the step before has made.
  private static func apply(
    _ processor: PostProcessorDefinition, to parts: [[Token]], _ addsSpecialTokens: Bool
  ) throws(TokenizerError) -> [[Token]] {
    func added(_ ids: [TokenID]) -> [Token] { ids.map { Token(id: $0, source: 0..<0) } }
    switch processor {
    case .byteLevel: return parts
    case .bert(let begin, let end):
      guard addsSpecialTokens else { return parts }
      return parts.enumerated().map { index, part in added(index == 0 ? [begin.id] : []) + part + added([end.id]) }
    case .roberta(let begin, let end, _, _):
      guard addsSpecialTokens else { return parts }
      return parts.enumerated().map { index, part in
        added([index == 0 ? begin.id : end.id]) + part + added([end.id])
      }
    case .sequence(let processors):
      var parts = parts
      for processor in processors { parts = try apply(processor, to: parts, addsSpecialTokens) }
      return parts
    case .template(let template):
      // Two parts count as two texts, and more have no template.
      guard parts.count == 1 || parts.count == 2 else { throw .templateParts(parts.count) }
      var result: [[Token]] = []
      for piece in parts.count == 1 ? template.single : template.pair {
        switch piece {
        case .first: result += parts.prefix(1)
        case .second: result += parts.suffix(1)
        case .tokens(let ids): if addsSpecialTokens { result.append(added(ids)) }
        case .missing(let name): if addsSpecialTokens { throw .missingTemplateToken(name) }
        }
      }
      return result
    }
  }

  // MARK: Decoding

  /// The text that tokens stand for; tokens that do not exist stand for none.
  ///
  /// - Parameter skipsSpecialTokens: Whether special tokens are left out.
  /// - Throws: `TokenizerError` where a pattern of the decoder needs too many steps.
  public func decode(_ ids: [TokenID], skipsSpecialTokens: Bool = false) throws(TokenizerError) -> [UInt8] {
    // Control pieces, the special tokens of such a model, have no text anyway.
    if let sentencePieceDecoder { return try sentencePieceDecoder.decode(ids) }
    var texts: [[UInt8]] = []
    for id in ids {
      guard let text = addedTexts[id] ?? model.text(of: id) else { continue }
      if skipsSpecialTokens && specialTexts.contains(text) { continue }
      texts.append(text)
    }
    if let decoder { return try decoder.decode(texts) }
    return Array(texts.joined(separator: [0x20]))
  }
}
