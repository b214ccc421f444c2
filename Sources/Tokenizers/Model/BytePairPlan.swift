import Support

/// The source of compiled tables: a definition all of whose steps the fast paths know.
///
/// Two kinds of definitions have a fast path, both byte pair encoding:
///
/// - Merges of bytes (`ByteLevel`, or tiktoken's vocabularies) by known rules (`PretokenRules`), normalization form C or
///   none before.
/// - Merges of characters with byte fallback, spaces written as U+2581, no pattern: by Gemma, Llama 2, Mistral.
///
/// What a definition is called or where it comes from does not matter: only its steps are compared. Any other
/// definition is followed by the reference code.
struct BytePairPlan: Hashable, Sendable {
  /// How text between added tokens is cut before it is merged.
  enum PreTokenization: Hashable, Sendable {
    /// By the rules of a known pattern.
    case pattern(PretokenRules)
    /// Not at all; U+2581 is written for spaces, and text is cut where no token can be.
    case spaceMarks(SpacePrefix)
  }

  /// Two tokens that become one.
  struct Merge: Hashable, Sendable {
    let left: UInt32
    let right: UInt32
    let result: UInt32
    /// Lower ranks are applied first. Merges with equal ranks have equal results, and the ranks have no gaps.
    let rank: UInt32
  }

  /// The text of every token by its number, as merging sees it; empty for numbers without a token and for tokens whose
  /// text no pre-token can hold.
  var tokens = ByteStrings()
  /// The text of each token in decoded text, where it differs from `tokens`.
  var decodedOverrides: [TokenID: [UInt8]] = [:]
  /// The merges in the order of their ranks.
  var merges: [Merge] = []
  /// Tokens that are found in the text as it is, leftmost and longest, before anything else.
  var addedTokens: [AddedToken] = []
  var preTokenization: PreTokenization
  /// Whether text between added tokens is normalized to form C.
  var normalizes: Bool
  /// The token of each byte: a symbol where bytes merge, else what a byte of an unknown character becomes. Nil for a byte
  /// that is in no text, or that leaves nothing behind.
  var byteTokens: [TokenID?] = []
  /// Whether a whole pre-token that is a token is that token even where no merges lead to it.
  var ignoreMerges: Bool
  /// Whether a space at the start of decoded text is left out.
  var stripsSpace: Bool
  /// What is put before and after the tokens of a text if special tokens are asked for.
  var specialTokens: SpecialTokens

  /// Whether the symbols of merging are characters; else they are bytes.
  var mergesCharacters: Bool {
    if case .spaceMarks = preTokenization { true } else { false }
  }

  /// The most tokens that the compiled tables can number.
  static let maximumTokenCount = 1 << 20 - 1
  /// The most bytes of a token that the compiled tables can hold.
  static let maximumTokenLength = 1 << 12 - 1
  /// The most bytes of an added token that is looked for at each place of a text where it may begin.
  static let maximumAddedLength = 256

  /// Takes over what the fast paths follow.
  ///
  /// - Throws: `TokenizerError` if the definition holds anything that they do not follow.
  init(_ definition: TokenizerDefinition) throws(TokenizerError) {
    guard case .bpe(let model) = definition.model else { throw .noFastPath("the model is not BPE") }
    guard model.continuingSubwordPrefix.isEmpty, model.endOfWordSuffix.isEmpty else {
      throw .noFastPath("the model has a prefix or suffix for parts of words")
    }
    let pipeline = try KnownPipeline(definition, mergesBytes: model.mergesBytes)
    preTokenization = pipeline.preTokenization
    normalizes = pipeline.normalizes
    stripsSpace = pipeline.stripsSpace
    ignoreMerges = model.ignoreMerges
    guard let specialTokens = SpecialTokens(definition.postProcessor) else {
      throw .noFastPath("the post-processor repeats or leaves out the text")
    }
    self.specialTokens = specialTokens
    addedTokens = try Self.addedTokens(of: definition)
    // There runs of white space are tokens, or a space goes before what follows.
    guard !mergesCharacters || !addedTokens.contains(where: \.lstrip) else {
      throw .noFastPath("an added token takes in white space before it where U+2581 is written for spaces")
    }
    try addTokens(of: model.vocabulary, alphabet: pipeline.alphabet)
    let size = max(TokenID(tokens.count), 1 + (addedTokens.map(\.id).max() ?? -1))
    guard (specialTokens.before + specialTokens.after).allSatisfy((0..<size).contains) else {
      throw .noFastPath("the post-processor adds numbers without tokens")
    }
    for token in addedTokens { decodedOverrides[token.id] = pipeline.alphabet.decoded(token.content) }
    try addMerges(of: model)
    byteTokens = try mergesCharacters ? fallbackTokens(of: model) : symbolTokens(of: model)
  }

  /// The added tokens, where one scan of the text as it is finds them.
  private static func addedTokens(of definition: TokenizerDefinition) throws(TokenizerError) -> [AddedToken] {
    var contents: Set<[UInt8]> = []
    for token in definition.addedTokens {
      guard !token.singleWord else { throw .noFastPath("an added token stands for single words") }
      guard contents.insert(token.content).inserted else { throw .noFastPath("two added tokens have equal contents") }
      guard token.content.count <= maximumAddedLength else {
        throw .noFastPath("an added token has more than \(maximumAddedLength) bytes")
      }
      guard token.displacedContents.isEmpty else { throw .noFastPath("two added tokens have one number") }
      guard (0..<TokenID(maximumTokenCount)).contains(token.id) else {
        throw .noFastPath("token \(token.id) is beyond the tables")
      }
    }
    // Normalized ones are looked for between the others, in normalized text. It is one search if none can overlap one of the
    // other sort, and if they are found in the text as it is.
    let normalized = definition.addedTokens.filter(\.normalized).map(\.content)
    let plain = definition.addedTokens.filter { !$0.normalized }.map(\.content)
    guard definition.normalizer.isNothing || normalized.allSatisfy({ $0.allSatisfy(whiteSpace.contains) }) else {
      throw .noFastPath("added tokens are looked for in normalized text")
    }
    guard normalized.isEmpty || plain.isEmpty || !plain.contains(where: { mayOverlap($0, normalized) }) else {
      throw .noFastPath("an added token overlaps one that is looked for in normalized text")
    }
    let beginsWithSpace = definition.addedTokens.contains { token in
      token.content.withUnsafeBufferPointer { AddedTokenMatcher.spacesEnd(in: $0, from: 0) > 0 }
    }
    guard !definition.addedTokens.contains(where: \.rstrip) || !beginsWithSpace else {
      throw .noFastPath("an added token begins with white space that another takes in")
    }
    try checkSpacesBefore(definition)
    return definition.addedTokens
  }

  /// Checks that white space before added tokens is taken in as if one search found all tokens.
  private static func checkSpacesBefore(_ definition: TokenizerDefinition) throws(TokenizerError) {
    let taking = definition.addedTokens.filter(\.lstrip)
    guard let first = taking.first else { return }
    let holdsSpace = definition.addedTokens.contains { token in
      let scalars = String(decoding: token.content, as: UTF8.self).unicodeScalars
      return scalars.contains(where: \.properties.isWhitespace)
    }
    guard !holdsSpace else { throw .noFastPath("an added token holds white space that another takes in") }
    // Those of the other sort are looked for later, when the white space is gone.
    let isOneSort = definition.addedTokens.allSatisfy { !$0.rstrip || $0.normalized == first.normalized }
    guard isOneSort, taking.allSatisfy({ $0.normalized == first.normalized }) else {
      throw .noFastPath("added tokens that are looked for at different times take in white space")
    }
  }

  /// Characters that form C leaves alone, whatever is around them, and that nothing becomes.
  private static let whiteSpace: Set<UInt8> = [0x09, 0x0A, 0x0D, 0x20]

  /// Whether a part of a text may belong to two tokens.
  private static func mayOverlap(_ first: [UInt8], _ others: [[UInt8]]) -> Bool {
    others.contains { other in
      let (short, long) = first.count < other.count ? (first, other) : (other, first)
      let isInside = (0...long.count - short.count).contains { long[$0...].starts(with: short) }
      return isInside
        || (1..<max(1, short.count)).contains {
          first.suffix($0).elementsEqual(other.prefix($0)) || other.suffix($0).elementsEqual(first.prefix($0))
        }
    }
  }

  private mutating func addTokens(of vocabulary: Vocabulary, alphabet: TokenAlphabet) throws(TokenizerError) {
    let last = vocabulary.ids.max() ?? 0
    guard vocabulary.count > 0, last < Self.maximumTokenCount, vocabulary.ids.allSatisfy({ $0 >= 0 }) else {
      throw .noFastPath("the vocabulary is empty or too large for the tables")
    }
    var positions = [Int](repeating: -1, count: Int(last) + 1)
    for (position, id) in vocabulary.ids.enumerated() {
      guard positions[Int(id)] < 0 else { throw .noFastPath("two tokens have the number \(id)") }
      positions[Int(id)] = position
    }
    for (id, position) in positions.enumerated() {
      guard position >= 0 else {
        tokens.append([])
        continue
      }
      let text = vocabulary.texts[position]
      guard text.count <= Self.maximumTokenLength else { throw .noFastPath("token \(id) is too long for the tables") }
      let merged = alphabet.merged(text)
      tokens.append(merged ?? [])
      let decoded = alphabet.decoded(text)
      if decoded != merged { decodedOverrides[TokenID(id)] = decoded }
    }
  }

  private mutating func addMerges(of model: BPEDefinition) throws(TokenizerError) {
    guard model.merges.count < Int(MergeTable.noRank) else { throw .noFastPath("the model has too many merges") }
    let numbers = 0..<TokenID(tokens.count)
    merges.reserveCapacity(model.merges.count)
    for (index, merge) in model.merges.enumerated() {
      guard numbers.contains(merge.left), numbers.contains(merge.right), numbers.contains(merge.result) else {
        throw .noFastPath("a merge is of numbers without tokens")
      }
      var rank: UInt32 = 0
      if index > 0 {
        let (before, last) = (model.merges[index - 1], merges[index - 1])
        guard before.rank <= merge.rank else { throw .noFastPath("the merges are not in the order of their ranks") }
        rank = before.rank == merge.rank ? last.rank : last.rank + 1
        guard before.rank < merge.rank || before.result == merge.result else {
          throw .noFastPath("merges of one rank have different results")
        }
      }
      merges.append(
        Merge(left: UInt32(merge.left), right: UInt32(merge.right), result: UInt32(merge.result), rank: rank))
    }
  }

  /// Indexes the tokens.
  ///
  /// - Throws: `TokenizerError` if two tokens have one text.
  private func indexedTokens() throws(TokenizerError) -> ByteStringIndex {
    let index = ByteStringIndex(tokens)
    for token in 0..<tokens.count where !tokens.range(token).isEmpty {
      guard index.position(of: tokens.range(token), in: tokens.bytes) == token else {
        throw .noFastPath("two tokens have equal texts")
      }
    }
    return index
  }

  /// The bytes that UTF-8 has.
  static let bytesOfText: [UInt8] = (UInt8.min...UInt8.max).filter { $0 < 0xC0 || (0xC2...0xF4).contains($0) }

  /// The tokens that merging begins with, one for each byte.
  private func symbolTokens(of model: BPEDefinition) throws(TokenizerError) -> [TokenID?] {
    let index = try indexedTokens()
    let symbols = (UInt8.min...UInt8.max).map { index.position(of: [$0]).map { TokenID($0) } }
    // Texts with other bytes than these are always looked at closely.
    let leavesNothing =
      !model.mergesBytes && !model.byteFallback && model.unknownToken == nil && !model.lacksUnknownToken
      && !ignoreMerges
      && preTokenization == .pattern(.gpt2Digits)
    for byte in Self.bytesOfText where symbols[Int(byte)] == nil {
      let isSeldom = byte < 0x20 && !(0x09...0x0D).contains(byte) || byte == 0x7F || byte > 0xF0
      guard leavesNothing, isSeldom else { throw .noFastPath("byte \(byte) has no token") }
    }
    return symbols
  }

  /// The tokens `<0x00>` to `<0xFF>`; the character's own where it has one.
  private func fallbackTokens(of model: BPEDefinition) throws(TokenizerError) -> [TokenID?] {
    guard model.byteFallback else { throw .noFastPath("characters may be unknown") }
    guard !ignoreMerges else { throw .noFastPath("a whole text may be a token that merging does not make") }
    let index = try indexedTokens()
    var fallback: [TokenID?] = []
    for byte in UInt8.min...UInt8.max {
      let digits = String(byte, radix: 16, uppercase: true)
      let name = Array("<0x\(digits.count < 2 ? "0" : "")\(digits)>".utf8)
      guard let token = index.position(of: name) ?? (byte < 0x80 ? index.position(of: [byte]) : nil) else {
        throw .noFastPath("byte \(byte) has no token")
      }
      fallback.append(TokenID(token))
    }
    let bytes = Set(
      fallback.indices.filter { tokens.range(Int(fallback[$0] ?? 0)).count > 1 }.compactMap { fallback[$0] })
    guard !merges.contains(where: { bytes.contains(TokenID($0.left)) || bytes.contains(TokenID($0.right)) }) else {
      throw .noFastPath("bytes of unknown characters merge")
    }
    return fallback
  }
}

extension BytePairPlan {
  /// Writes numbers and texts in a canonical form, and hashes them.
  private struct DigestWriter: ~Copyable {
    private var hash = SHA256()

    mutating func add(_ words: [UInt32]) {
      hash.update([UInt32(words.count)].span.bytes)
      hash.update(words.span.bytes)
    }

    mutating func add(_ text: [UInt8]) {
      hash.update([UInt32(text.count)].span.bytes)
      hash.update(text.span.bytes)
    }

    consuming func finish() -> SHA256Digest { hash.finalize() }
  }

  /// The SHA-256 digest of all that the tables depend on.
  var digest: SHA256Digest {
    var writer = DigestWriter()
    let words: [UInt32] =
      switch preTokenization {
      case .pattern(let rules): [1, rules.rawValue]
      case .spaceMarks(let prefix): [2, prefix.rawValue, stripsSpace ? 1 : 0]
      }
    writer.add(
      words + [normalizes ? 1 : 0, ignoreMerges ? 1 : 0, UInt32(addedTokens.count), UInt32(decodedOverrides.count)])
    writer.add(tokens.offsets)
    writer.add(tokens.bytes)
    writer.add(merges.flatMap { [$0.left, $0.right, $0.result, $0.rank] })
    writer.add(byteTokens.map { $0.map { UInt32($0) } ?? TokenDerivation.noToken })
    for ids in [specialTokens.before, specialTokens.after] { writer.add(ids.map { UInt32($0) }) }
    for token in addedTokens {
      writer.add([UInt32(token.id), AddedTokenSpaces(token).rawValue])
      writer.add(token.content)
    }
    for (id, text) in decodedOverrides.sorted(by: { $0.key < $1.key }) {
      writer.add([UInt32(id)])
      writer.add(text)
    }
    return writer.finish()
  }
}

/// The tokens that a post-processor puts around those of a text.
public struct SpecialTokens: Hashable, Sendable {
  /// The tokens before those of the text.
  public internal(set) var before: [TokenID] = []
  /// The tokens after those of the text.
  public internal(set) var after: [TokenID] = []

  init(before: [TokenID], after: [TokenID]) {
    self.before = before
    self.after = after
  }

  /// What a post-processor puts around one text; nil if the text is not there exactly once.
  init?(_ definition: PostProcessorDefinition?) {
    switch definition {
    case nil, .byteLevel: return
    case .bert(let begin, let end), .roberta(let begin, let end, _, _):
      (before, after) = ([begin.id], [end.id])
    case .sequence(let steps):
      // What one step adds is cut up by the next.
      let adding = steps.compactMap { SpecialTokens($0) }.filter { $0 != SpecialTokens(before: [], after: []) }
      guard adding.count <= 1, steps.allSatisfy({ SpecialTokens($0) != nil }) else { return nil }
      if let tokens = adding.first { self = tokens }
    case .template(let template):
      var holdsText = false
      for piece in template.single {
        switch piece {
        case .tokens(let ids): if holdsText { after += ids } else { before += ids }
        case .first where !holdsText: holdsText = true
        case .first, .second, .missing: return nil
        }
      }
      guard holdsText else { return nil }
    }
  }
}
