import Support

/// How a vocabulary file becomes the definition of a tokenizer.
///
/// A `tokenizer.json` is a definition. Other files hold tokens alone, and what is missing follows the converters with
/// which `transformers` makes a model's `tokenizer.json`, `convert_slow_tokenizer.py`.
public enum VocabularyConverter: Hashable, Sendable {
  /// The file is a `tokenizer.json`; added tokens after `lastAddedToken` are left out.
  case tokenizerJSON(lastAddedToken: TokenID? = nil)
  /// The file is a tiktoken file of byte strings in the order of their ranks; the special tokens follow the last one.
  ///
  /// As `TikTokenConverter` has it: the parts of a token merge in the order of the tokens, then of their own numbers;
  /// pre-tokens that are tokens are not merged; the first special token is put before a text.
  case tiktoken(pattern: String, specialTokens: [String])
  /// The file is a SentencePiece model whose characters merge, as the converter for byte-fallback models reads it.
  case sentencePiece(beginning: String)

  /// Makes the definition of a file.
  ///
  /// - Throws: `TokenizerError` where the file is not what the converter reads, or holds what is not supported.
  public func definition(of file: [UInt8]) throws(TokenizerError) -> TokenizerDefinition {
    switch self {
    case .tokenizerJSON(let lastAddedToken):
      var definition = try TokenizerJSON.load(file.span.bytes)
      if let lastAddedToken { definition.addedTokens.removeAll { $0.id > lastAddedToken } }
      return definition
    case .tiktoken(let pattern, let specialTokens):
      let spec = TiktokenSpec(pattern: pattern, specialTokens: specialTokens.map { TiktokenSpec.SpecialToken($0) })
      return try Self.convert(try TiktokenFile.load(file, spec: spec), pattern: pattern)
    case .sentencePiece(let beginning):
      return try Self.convert(try SentencePieceFile.load(file), beginning: beginning)
    }
  }

  /// What tells the definitions of one file by different converters apart.
  var digest: SHA256Digest {
    let text =
      switch self {
      case .tokenizerJSON(let lastAddedToken): "json \(lastAddedToken ?? -1)"
      case .tiktoken(let pattern, let specialTokens): "tiktoken \(([pattern] + specialTokens).joined(separator: "\0"))"
      case .sentencePiece(let beginning): "sentencepiece \(beginning)"
      }
    return .of(Array(text.utf8).span.bytes)
  }

  // MARK: tiktoken

  private static func convert(_ file: TokenizerDefinition, pattern: String) throws(TokenizerError)
    -> TokenizerDefinition
  {
    var definition = file
    guard case .bpe(var model) = file.model else { return file }
    if let gap = model.vocabulary.ids.enumerated().first(where: { $0.element != $0.offset }) {
      throw TokenizerError("line \(gap.offset + 1)", "the rank \(gap.offset) was expected instead of \(gap.element)")
    }
    model.merges = ranked(splits(of: model.vocabulary.texts, at: { _ in true }))
    definition.model = .bpe(model)
    definition.preTokenizer = .split(.regex(Array(pattern.utf8)), behavior: .isolated, invert: false)
    definition.postProcessor = prefix(definition.addedTokens.first?.id)
    return definition
  }

  private static func prefix(_ token: TokenID?) -> PostProcessorDefinition? {
    guard let token else { return nil }
    let single: [TemplateDefinition.Piece] = [.tokens([token]), .first]
    return .template(TemplateDefinition(single: single, pair: single + [.tokens([token]), .second]))
  }

  // MARK: SentencePiece

  private static func convert(_ file: TokenizerDefinition, beginning: String) throws(TokenizerError)
    -> TokenizerDefinition
  {
    guard case .sentencePiece(let pieces) = file.model, case .sentencePiece(let normalizer)? = file.normalizer else {
      return file
    }
    try check(pieces, normalizer)
    // The piece of a tab has the name of its byte in the file.
    var vocabulary = Vocabulary()
    for id in 0..<pieces.vocabulary.count {
      let text = pieces.vocabulary.texts[id]
      vocabulary.append(text.elementsEqual("<0x09>".utf8) ? [0x09] : text, id: TokenID(id))
    }
    let kinds = pieces.kinds.enumerated().filter { [.unknown, .control, .userDefined].contains($0.element) }
    let added = kinds.map { id, kind in
      AddedToken(id: TokenID(id), content: Array(pieces.vocabulary.texts[id]), special: kind != .userDefined)
    }
    let model = BPEDefinition(
      vocabulary: vocabulary, merges: ranked(orderedSplits(of: vocabulary.texts, scores: pieces.scores)),
      unknownToken: pieces.unknownToken, fuseUnknown: true, byteFallback: true)
    return TokenizerDefinition(
      normalizer: .replace(.string([0x20]), content: SpaceMark.bytes),
      preTokenizer: .split(.string([0x20]), behavior: .mergedWithPrevious, invert: false), model: .bpe(model),
      addedTokens: added,
      postProcessor: prefix(added.first { $0.content.elementsEqual(beginning.utf8) }?.id),
      decoder: .sequence([.replace(.string(SpaceMark.bytes), content: [0x20]), .byteFallback, .fuse]))
  }

  /// Refuses what a converter that only merges characters does not follow.
  private static func check(
    _ pieces: SentencePieceDefinition, _ normalizer: SentencePieceNormalizerOptions
  ) throws(TokenizerError) {
    guard pieces.algorithm == .bpe else { throw TokenizerError("trainer_spec.model_type", "BPE was expected") }
    guard pieces.byteFallback else { throw TokenizerError("trainer_spec.byte_fallback", "true was expected") }
    guard !normalizer.treatsWhitespaceAsSuffix else {
      throw TokenizerError("trainer_spec.treat_whitespace_as_suffix", "false was expected")
    }
    guard normalizer.characterMap.isEmpty else {
      throw TokenizerError("normalizer_spec.precompiled_charsmap", "no replacements were expected")
    }
    guard !normalizer.addsDummyPrefix else {
      throw TokenizerError("normalizer_spec.add_dummy_prefix", "false was expected")
    }
    guard !normalizer.removesExtraWhitespaces else {
      throw TokenizerError("normalizer_spec.remove_extra_whitespaces", "false was expected")
    }
    guard normalizer.escapesWhitespaces else {
      throw TokenizerError("normalizer_spec.escape_whitespaces", "true was expected")
    }
  }

  /// All splits, by score, then by the lengths of the left and the right part in characters, all descending, and
  /// otherwise by the numbers of the token and its parts.
  private static func orderedSplits(of tokens: ByteStrings, scores: [Float]) -> [Split] {
    struct Key {
      let score: Float
      let leftLength: Int
      let rightLength: Int
      let position: Int
    }
    let unordered = splits(of: tokens, at: { $0 & 0xC0 != 0x80 })
    let lengths = (0..<tokens.count).map { tokens[$0].count { $0 & 0xC0 != 0x80 } }
    var keys = unordered.enumerated().map { position, split in
      Key(
        // The converter gives the first three pieces a score of its own.
        score: split.result < 3 ? 0 : scores[Int(split.result)], leftLength: lengths[Int(split.left)],
        rightLength: lengths[Int(split.right)], position: position)
    }
    keys.sort {
      ($1.score, $1.leftLength, $1.rightLength, $0.position) < ($0.score, $0.leftLength, $0.rightLength, $1.position)
    }
    return keys.map { unordered[$0.position] }
  }

  // MARK: Merges

  private struct Split {
    let left: TokenID
    let right: TokenID
    let result: TokenID
  }

  /// The merges of splits, the first one first.
  private static func ranked(_ splits: [Split]) -> [BPEDefinition.Merge] {
    splits.enumerated().map { rank, split in
      BPEDefinition.Merge(left: split.left, right: split.right, result: split.result, rank: UInt32(rank))
    }
  }

  /// Every way to split a token into two tokens: by token, then by the numbers of the two parts.
  private static func splits(of tokens: ByteStrings, at boundaries: (UInt8) -> Bool) -> [Split] {
    let index = ByteStringIndex(tokens)
    var splits: [Split] = []
    var ofToken: [Split] = []
    for token in 0..<tokens.count {
      let range = tokens.range(token)
      guard range.count > 1 else { continue }
      ofToken.removeAll(keepingCapacity: true)
      for cut in range.dropFirst() where boundaries(tokens.bytes[cut]) {
        guard let left = index.position(of: range.lowerBound..<cut, in: tokens.bytes),
          let right = index.position(of: cut..<range.upperBound, in: tokens.bytes)
        else { continue }
        ofToken.append(Split(left: TokenID(left), right: TokenID(right), result: TokenID(token)))
      }
      ofToken.sort { ($0.left, $0.right) < ($1.left, $1.right) }
      splits += ofToken
    }
    return splits
  }
}
