/// The steps around the model that the fast paths follow.
struct KnownPipeline {
  let preTokenization: BytePairPlan.PreTokenization
  /// Whether text between added tokens is normalized to form C.
  let normalizes: Bool
  /// How the texts of the vocabulary are read.
  let alphabet: TokenAlphabet
  /// Whether a space at the start of decoded text is left out.
  let stripsSpace: Bool

  /// Recognizes the steps of a definition.
  ///
  /// - Parameter mergesBytes: Whether the texts of the vocabulary are bytes.
  /// - Throws: `TokenizerError` if some step is not known.
  init(_ definition: TokenizerDefinition, mergesBytes: Bool) throws(TokenizerError) {
    let normalizers = definition.normalizer?.steps ?? []
    let preTokenizers = definition.preTokenizer?.steps ?? []
    if !mergesBytes, let prefix = Self.spacePrefix(normalizers, preTokenizers) {
      let decoders = definition.decoder?.steps ?? []
      stripsSpace = decoders == Self.spaceMarkDecoder + [.strip(content: " ", start: 1, stop: 0)]
      guard stripsSpace || decoders == Self.spaceMarkDecoder else { throw .noFastPath("the decoder is another one") }
      preTokenization = .spaceMarks(prefix)
      normalizes = false
      alphabet = .spaceMarks
      return
    }
    guard normalizers.isEmpty || normalizers == [.nfc] else { throw .noFastPath("the normalizer is not NFC") }
    guard definition.decoder?.steps == [mergesBytes ? .fuse : .byteLevel] else {
      throw .noFastPath("the decoder is another one")
    }
    var splits = preTokenizers
    if !mergesBytes {
      guard case .byteLevel(let options) = splits.popLast(), !options.addPrefixSpace else {
        throw .noFastPath("the pre-tokenizer does not end with ByteLevel without a space of its own")
      }
      if options.useRegex {
        splits.append(
          .split(
            .regex(Array(ReferencePreTokenizer.byteLevelPattern.utf8)), behavior: .isolated, invert: false))
      }
    }
    guard let rules = PretokenRules(splits) else { throw .noFastPath("the pre-tokenizer's pattern is not known") }
    preTokenization = .pattern(rules)
    stripsSpace = false
    normalizes = !normalizers.isEmpty
    alphabet = mergesBytes ? .bytes : .byteLevel
  }

  /// Writes U+2581 for spaces, as SentencePiece does.
  private static let spaceMark = NormalizerDefinition.replace(.string([0x20]), content: SpaceMark.bytes)

  /// How spaces become U+2581, which leaves text whole; nil for other steps.
  private static func spacePrefix(_ normalizers: [NormalizerDefinition], _ preTokenizers: [PreTokenizerDefinition])
    -> SpacePrefix?
  {
    if preTokenizers.allSatisfy(cutsAtSpaces) {
      if normalizers == [spaceMark] { return SpacePrefix.none }
      return normalizers == [.prepend(SpaceMark.bytes), spaceMark] ? .always : nil
    }
    guard normalizers.isEmpty, preTokenizers.count == 1, case .metaspace(let options) = preTokenizers[0],
      !options.split, options.replacement == SpaceMark.scalar
    else { return nil }
    return switch options.prependScheme {
    case .always: .beforeOthers
    case .first: .atStart
    case .never: SpacePrefix.none
    }
  }

  private static let spaceMarkDecoder: [DecoderDefinition] = [
    .replace(.string(SpaceMark.bytes), content: [0x20]), .byteFallback, .fuse,
  ]

  /// Whether a step leaves text without spaces whole.
  private static func cutsAtSpaces(_ step: PreTokenizerDefinition) -> Bool {
    guard case .split(.string([0x20]), _, invert: false) = step else { return false }
    return true
  }
}

/// How the texts of a vocabulary relate to the text that is merged and to decoded text.
enum TokenAlphabet: Hashable {
  /// Texts are bytes.
  case bytes
  /// Texts are written in the characters that `ByteLevel` has for bytes.
  case byteLevel
  /// Texts are UTF-8 with U+2581 for a space, and `<0x00>` to `<0xFF>` for single bytes.
  case spaceMarks

  /// A token's text as it is merged; nil if no pre-token can hold it.
  func merged(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    switch self {
    case .bytes: Array(text)
    case .byteLevel: ByteAlphabet.bytes(of: text)
    // Text has no spaces once it is normalized.
    case .spaceMarks: text.contains(0x20) ? nil : SpaceMark.spaced(text)
    }
  }

  /// A token's text in decoded text.
  func decoded(_ text: some Collection<UInt8>) -> [UInt8] {
    switch self {
    case .bytes: Array(text)
    case .byteLevel: ByteAlphabet.bytes(of: text) ?? Array(text)
    case .spaceMarks: SpaceMark.byte(named: text).map { [$0] } ?? SpaceMark.spaced(text)
    }
  }
}

extension NormalizerDefinition {
  /// The steps one by one.
  var steps: [NormalizerDefinition] {
    guard case .sequence(let steps) = self else { return [self] }
    return steps.flatMap(\.steps)
  }
}

extension PreTokenizerDefinition {
  /// The steps one by one.
  var steps: [PreTokenizerDefinition] {
    guard case .sequence(let steps) = self else { return [self] }
    return steps.flatMap(\.steps)
  }
}

extension DecoderDefinition {
  /// The steps one by one.
  var steps: [DecoderDefinition] {
    guard case .sequence(let steps) = self else { return [self] }
    return steps.flatMap(\.steps)
  }
}

extension NormalizerDefinition? {
  /// Whether text is left as it is.
  var isNothing: Bool { self?.steps.isEmpty ?? true }
}
