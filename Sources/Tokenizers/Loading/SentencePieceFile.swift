/// Reads SentencePiece `.model` files: a serialized `ModelProto` of sentencepiece_model.proto.
enum SentencePieceFile {
  /// Reads the definition in a file.
  ///
  /// Control pieces become special added tokens, so that only a text whose special tokens are split is encoded as
  /// sentencepiece's `encode` does.
  ///
  /// - Throws: `TokenizerError` where the file is damaged or its model type is not supported.
  /// - Complexity: O(size of the file).
  static func load(_ bytes: [UInt8]) throws(TokenizerError) -> TokenizerDefinition {
    var contents = Contents()
    var reader = ProtocolBufferReader(bytes[...])
    while let field = try reader.nextField() {
      switch (field.number, field.value) {
      case (1, .bytes(let message)): try contents.appendPiece(message)
      case (2, .bytes(let message)): try contents.readTrainer(message)
      case (3, .bytes(let message)): try Contents.read(message, into: &contents.normalizer)
      case (5, .bytes(let message)): try Contents.read(message, into: &contents.denormalizer)
      default: break
      }
    }
    return try contents.definition()
  }

  private struct Contents {
    private var texts = Vocabulary()
    private var scores: [Float] = []
    private var kinds: [SentencePieceDefinition.Kind] = []
    private var modelType: UInt64 = 1
    private var byteFallback = false
    private var unknownSurface = SentencePieceDecoderOptions().unknownSurface
    var normalizer = SentencePieceNormalizerOptions()
    var denormalizer = SentencePieceNormalizerOptions()

    mutating func appendPiece(_ message: ArraySlice<UInt8>) throws(TokenizerError) {
      var (text, score, kind) = (ArraySlice<UInt8>(), Float(0), SentencePieceDefinition.Kind.normal)
      var reader = ProtocolBufferReader(message)
      while let field = try reader.nextField() {
        switch (field.number, field.value) {
        case (1, .bytes(let bytes)): text = bytes
        case (2, .fixed32(let bits)): score = Float(bitPattern: bits)
        case (3, .varint(let value)):
          guard let known = UInt8(exactly: value).flatMap(SentencePieceDefinition.Kind.init) else {
            throw .malformed(offset: field.offset)
          }
          kind = known
        default: break
        }
      }
      texts.append(text, id: TokenID(truncatingIfNeeded: scores.count))
      scores.append(score)
      kinds.append(kind)
    }

    mutating func readTrainer(_ message: ArraySlice<UInt8>) throws(TokenizerError) {
      var reader = ProtocolBufferReader(message)
      while let field = try reader.nextField() {
        switch (field.number, field.value) {
        case (3, .varint(let value)): modelType = value
        case (24, .varint(let value)): normalizer.treatsWhitespaceAsSuffix = value != 0
        case (35, .varint(let value)): byteFallback = value != 0
        case (44, .bytes(let text)): unknownSurface = Array(text)
        default: break
        }
      }
    }

    static func read(
      _ message: ArraySlice<UInt8>, into normalizer: inout SentencePieceNormalizerOptions
    ) throws(TokenizerError) {
      var reader = ProtocolBufferReader(message)
      while let field = try reader.nextField() {
        switch (field.number, field.value) {
        case (2, .bytes(let map)): normalizer.characterMap = Array(map)
        case (3, .varint(let value)): normalizer.addsDummyPrefix = value != 0
        case (4, .varint(let value)): normalizer.removesExtraWhitespaces = value != 0
        case (5, .varint(let value)): normalizer.escapesWhitespaces = value != 0
        default: break
        }
      }
    }

    func definition() throws(TokenizerError) -> TokenizerDefinition {
      let algorithm: SentencePieceDefinition.Algorithm
      switch modelType {
      case 1: algorithm = .unigram
      case 2: algorithm = .bpe
      case 3: algorithm = .word
      case 4: algorithm = .character
      default: throw TokenizerError("trainer_spec.model_type", "\(modelType) is not supported")
      }
      try check()
      var normalizer = normalizer
      var added: [AddedToken] = []
      for (position, kind) in kinds.enumerated() {
        let text = Array(texts.texts[position])
        switch kind {
        case .userDefined:
          // It is looked for in the bytes of texts, where a part of a character would match one.
          guard text.withUnsafeBufferPointer(UTF8Repair.isValid) else {
            throw TokenizerError("pieces[\(position)]", "a piece of the type USER_DEFINED is not UTF-8")
          }
          normalizer.userDefinedSymbols.append(text)
        case .control where text.withUnsafeBufferPointer(UTF8Repair.isValid):
          added.append(AddedToken(id: texts.ids[position], content: text, special: true))
        default: break
        }
      }
      // Where bytes stand for what is unknown, any token that no text becomes can mark it.
      let unknown = kinds.firstIndex(of: .unknown) ?? kinds.firstIndex(of: .byte) ?? 0
      return TokenizerDefinition(
        normalizer: .sentencePiece(normalizer),
        model: .sentencePiece(
          SentencePieceDefinition(
            algorithm: algorithm, vocabulary: texts, scores: scores, kinds: kinds,
            unknownToken: TokenID(truncatingIfNeeded: unknown), byteFallback: byteFallback)),
        addedTokens: added, decoder: decoder)
    }

    private var decoder: DecoderDefinition {
      .sentencePiece(
        SentencePieceDecoderOptions(
          unknownSurface: unknownSurface,
          removesFirstSpace: normalizer.addsDummyPrefix || normalizer.removesExtraWhitespaces,
          removesAllFirstSpaces: normalizer.removesExtraWhitespaces,
          denormalizer: denormalizer.characterMap.isEmpty ? nil : denormalizer))
    }

    /// Refuses what sentencepiece refuses.
    private func check() throws(TokenizerError) {
      let unknown = kinds.count { $0 == .unknown }
      guard unknown == 1 || unknown == 0 && byteFallback else {
        throw TokenizerError("pieces", "there must be one piece of the type UNKNOWN")
      }
      // A Unigram model keeps what stands for text apart, so that a marker can have the text of a piece.
      let isUnigram = modelType == 1
      var seen: [Set<[UInt8]>] = [[], []]
      for position in kinds.indices {
        let text = Array(texts.texts[position])
        let path = "pieces[\(position)]"
        if text.isEmpty { throw TokenizerError(path, "a piece may not be empty") }
        let isPart = isUnigram && [.normal, .userDefined, .unused].contains(kinds[position])
        if !seen[isPart ? 1 : 0].insert(text).inserted {
          throw TokenizerError(path, "\"\(String(decoding: text, as: UTF8.self))\" is already defined")
        }
        if isUnigram, !scores[position].isFinite { throw TokenizerError(path, "the score is no finite number") }
        if kinds[position] == .byte, !byteFallback {
          throw TokenizerError(path, "there are pieces of bytes although byte_fallback is false")
        }
        if kinds[position] == .byte, SpaceMark.byte(named: text).map(SpaceMark.name(of:)) != text {
          throw TokenizerError(path, "\"\(Excerpt.of(text))\" is no piece of a byte such as <0x0A>")
        }
      }
      guard !isUnigram || !seen[1].isEmpty else { throw TokenizerError("pieces", "there are no pieces of text") }
      guard !byteFallback || kinds.count(where: { $0 == .byte }) == 256 else {
        throw TokenizerError("pieces", "there are not 256 pieces of bytes although byte_fallback is true")
      }
    }
  }
}
