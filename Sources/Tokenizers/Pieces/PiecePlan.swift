/// How text between added tokens is cut into pieces whose tokens do not depend on each other.
///
/// Any definition has a plan, because all of a text may be one piece. The count of a piece is remembered, and what a piece is
/// counted as the first time is what the reference code makes of it.
struct PiecePlan: Sendable {
  /// Where text is cut.
  enum Cutting: Sendable {
    /// At white space in the text as it is; all steps follow for each word.
    case words(WordBorders, PlainWords?)
    /// In normalized text by the first steps of the pre-tokenizer; the others follow for each piece.
    case preTokens(PreTokens)
  }

  /// The way from text to pieces of normalized text.
  struct PreTokens: Sendable {
    /// The step of the pre-tokenizer that rewrites each part before it is cut further.
    enum Rewriting: Sendable {
      case none
      /// `ByteLevel`: a space before text that does not begin with one, and a cut.
      case byteLevel(prefixesSpace: Bool, PatternCut?)
      case metaspace(MetaspaceOptions)
    }

    let rewriter: TextRewriter
    let cuts: [PatternCut]
    let rewriting: Rewriting
    /// Pieces are also cut before each U+2581 after another character, unless that ends with one of these bytes: some token
    /// holds the two side by side. Nil where they are not cut so.
    let markJoiners: ByteSet?
    /// The steps for each piece.
    let rest: ReferencePreTokenizer
    /// Counts pieces without following the steps; nil where there is no shorter way.
    let model: PieceModel?

    /// Whether each piece is a part of the normalized text.
    var keepsText: Bool {
      switch rewriting {
      case .none, .byteLevel(prefixesSpace: false, _): true
      default: false
      }
    }
  }

  let cutting: Cutting
  /// The patterns that only Oniguruma can follow.
  let hasComplexPattern: Bool

  /// Makes a plan; nil where tokens are repeated or left out afterwards, or some step looks at where text comes from.
  ///
  /// - Parameter reference: The tokenizer of the definition.
  init?(_ definition: TokenizerDefinition, _ reference: ReferenceTokenizer) throws(TokenizerError) {
    guard SpecialTokens(definition.postProcessor) != nil else { return nil }
    if let borders = WordBorders(definition, reference) {
      cutting = .words(borders, try PlainWords(definition, reference))
      hasComplexPattern = false
      return
    }
    guard let rewriter = try TextRewriter(definition.normalizer) else { return nil }
    let steps = definition.preTokenizer?.steps ?? []
    var cuts: [PatternCut] = []
    for (number, step) in steps.enumerated() {
      guard let cut = try PatternCut(step, path: "pre_tokenizer[\(number)]") else { break }
      cuts.append(cut)
    }
    var rest = Array(steps[cuts.count...])
    var rewriting = PreTokens.Rewriting.none
    switch (rest.first, rest.count) {
    case (.byteLevel(let options)?, 1):
      rewriting = .byteLevel(
        prefixesSpace: options.addPrefixSpace, options.useRegex ? try PatternCut.byteLevel() : nil)
      rest = [Self.writtenBytes]
    case (.metaspace(let options)?, 1):
      guard options.prependScheme != .first || rewriter.isNothing || rewriter.keepsStart else { return nil }
      rewriting = .metaspace(options)
      rest = []
    default:
      let looksAtStart = rest.contains {
        if case .metaspace(let options) = $0 { options.prependScheme == .first } else { false }
      }
      guard !looksAtStart else { return nil }
    }
    cutting = .preTokens(
      PreTokens(
        rewriter: rewriter, cuts: cuts, rewriting: rewriting,
        markJoiners: rest.isEmpty ? Self.markJoiners(of: definition.model) : nil,
        rest: try ReferencePreTokenizer(rest.isEmpty ? nil : .sequence(rest), path: "pre_tokenizer"),
        model: rest.isEmpty || rest == [Self.writtenBytes]
          ? PieceModel(definition.model, reference.model, writesBytes: !rest.isEmpty) : nil))
    hasComplexPattern = cuts.contains { !$0.isSimple }
  }

  /// What is left of `ByteLevel` after the cut.
  private static let writtenBytes = PreTokenizerDefinition.byteLevel(
    ByteLevelOptions(addPrefixSpace: false, useRegex: false))

  /// The last bytes of the characters that some token holds before a U+2581.
  ///
  /// Nil where what is before a U+2581 and what begins with it are not tokenized as if they were texts of their own.
  private static func markJoiners(of model: ModelDefinition) -> ByteSet? {
    let texts = model.vocabulary.texts
    guard let mark = (0..<texts.count).first(where: { texts[$0].elementsEqual(SpaceMark.bytes) }) else { return nil }
    var joiners: Set<UInt8> = []
    func note(_ position: Int) {
      let text = texts[position]
      var place = text.startIndex
      while let next = text[place...].firstIndex(of: SpaceMark.bytes[0]) {
        if text[next...].starts(with: SpaceMark.bytes), next > text.startIndex,
          !text[..<next].suffix(SpaceMark.bytes.count).elementsEqual(SpaceMark.bytes)
        {
          joiners.insert(text[next - 1])
        }
        place = next + 1
      }
    }
    switch model {
    case .bpe(let model):
      // A known character, such as U+2581 is here, ends the run of unknown ones before it.
      guard !model.mergesBytes, !model.ignoreMerges, model.continuingSubwordPrefix.isEmpty,
        model.endOfWordSuffix.isEmpty, let standIns = standIns(of: model)
      else { return nil }
      var positions = NumberMap(expectedKeys: model.vocabulary.count * 2)
      for (position, id) in model.vocabulary.ids.enumerated() {
        positions[UInt32(bitPattern: id)] = Int32(truncatingIfNeeded: position)
      }
      for merge in model.merges {
        guard let position = positions[UInt32(bitPattern: merge.result)] else { return nil }
        note(Int(position))
        // What such a token stands for does not show in its text.
        if standIns.contains(merge.result), texts[Int(position)].contains(SpaceMark.bytes[0]) { return nil }
      }
    case .sentencePiece(let model):
      guard model.algorithm == .bpe, [.normal, .userDefined].contains(model.kinds[mark]) else { return nil }
      for position in 0..<texts.count where [.normal, .userDefined, .unused].contains(model.kinds[position]) {
        note(position)
      }
    case .unigram, .wordPiece, .wordLevel: return nil
    }
    return ByteSet(joiners)
  }

  /// The tokens that stand for other characters than those of their texts, in whole or in part: the unknown token, those of
  /// bytes, and what is merged of them. Nil where unknown characters leave no trace, so that others become neighbors.
  private static func standIns(of model: BPEDefinition) -> Set<TokenID>? {
    var found: Set<TokenID> = []
    if let unknown = model.unknownToken { found.insert(unknown) }
    if model.byteFallback {
      let lookup = VocabularyLookup(model.vocabulary)
      let bytes = (UInt8.min...UInt8.max).compactMap { lookup.byteToken($0) }
      guard bytes.count == 256 || model.unknownToken != nil || model.lacksUnknownToken else { return nil }
      found.formUnion(bytes)
    } else {
      guard model.unknownToken != nil || model.lacksUnknownToken else { return nil }
    }
    var count = -1
    while count < found.count {
      count = found.count
      for merge in model.merges where found.contains(merge.left) || found.contains(merge.right) {
        found.insert(merge.result)
      }
    }
    return found
  }
}
