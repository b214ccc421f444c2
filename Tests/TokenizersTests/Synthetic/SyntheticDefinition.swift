import TestSupport

@testable import Tokenizers

/// A definition of a random vocabulary that the fast paths follow.
struct SyntheticDefinition {
  /// What merges.
  enum Kind: CaseIterable {
    /// Bytes, written in the byte-level alphabet.
    case byteLevel
    /// Bytes, as tiktoken's files hold them.
    case bytes
    /// Characters, spaces written as U+2581, the longest runs of white space 31 characters.
    case characters
    /// The same with runs of 40 spaces, 33 newlines and 35 tabs.
    case longRuns
  }

  var definition: TokenizerDefinition
  /// Texts that the vocabulary has tokens for, to be put together.
  private(set) var pieces: [[UInt8]] = []

  private static let letters = ["a", "b", "c", "e", "A", "s", "é", "e\u{301}", "日", "本", "語", "中", "п", "👍", "ก"]
  private static let others = [" ", "  ", "'", ".", "!", "\n", "\t", "1", "23", "<", "\u{3000}", "'s", "12", "345"]
  private static let firstCharacters = Array("<[{|@#é中👍!zqQ".unicodeScalars).map { String($0) }

  /// Makes a definition; the same one for the same seed.
  init(seed: UInt64, kind: Kind, addedTokens: Int = 6) {
    var random = SplitMix(state: seed)
    switch kind {
    case .byteLevel, .bytes:
      definition = Self.bytes(&random, writesAlphabet: kind == .byteLevel, addedTokens: addedTokens)
    case .characters:
      definition = Self.characters(
        &random, runs: WhiteSpaceRuns(space: 31, newline: 31, tab: 31), addedTokens: addedTokens)
    case .longRuns:
      definition = Self.characters(
        &random, runs: WhiteSpaceRuns(space: 40, newline: 33, tab: 35), addedTokens: addedTokens)
    }
    let isByteLevel = kind == .byteLevel
    let texts = definition.model.vocabulary.texts
    for index in 0..<texts.count {
      let text = texts[index]
      pieces.append(isByteLevel ? ByteAlphabet.bytes(of: text) ?? [] : SpaceMark.spaced(text))
    }
    pieces += definition.addedTokens.map(\.content)
    pieces += (Self.letters + Self.others).map { Array($0.utf8) }
  }

  /// Adds a piece of texts.
  mutating func add(_ piece: [UInt8]) { pieces.append(piece) }

  /// A text of `count` pieces, some repeated.
  func text(pieces count: Int, _ random: inout SplitMix) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<count {
      let longest = Int.random(in: 0..<30, using: &random) == 0 ? 90 : 2
      let piece = pieces.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...longest, using: &random) { bytes += piece }
    }
    // Pieces of byte-level vocabularies may be parts of characters.
    return Int.random(in: 0..<4, using: &random) == 0 ? bytes : Array(String(decoding: bytes, as: UTF8.self).utf8)
  }

  /// Added tokens that begin with many different characters, some of which hold others.
  private static func addedTokens(_ count: Int, first: TokenID, _ random: inout SplitMix, normalized: Bool)
    -> [AddedToken]
  {
    var contents: [[UInt8]] = []
    while contents.count < count {
      // One more first byte for each token, beyond ASCII too, as far as there are some.
      let number = contents.count
      let start =
        count > 20
        ? String(Unicode.Scalar(UInt32(0x21 + number % 94 + number / 94 * 0x400)) ?? "x")
        : firstCharacters.randomElement(using: &random) ?? "<"
      let content = Array((start + (["", "|a|", "<", "ab", "é"].randomElement(using: &random) ?? "")).utf8)
      if !contents.contains(content) { contents.append(content) }
    }
    return contents.enumerated().map {
      AddedToken(
        id: first + TokenID($0.offset), content: $0.element, normalized: normalized,
        special: Bool.random(using: &random))
    }
  }

  private static func bytes(_ random: inout SplitMix, writesAlphabet: Bool, addedTokens count: Int)
    -> TokenizerDefinition
  {
    var tokens = (UInt8.min...UInt8.max).map { [$0] }
    tokens.shuffle(using: &random)
    var builder = MergeBuilder(tokens)
    let seeds = (letters + others).map { Array($0.utf8) }
    builder.grow(to: 256 + Int.random(in: 0...400, using: &random), seeds: seeds, &random) { _, _ in true }
    let hasNumbers = Bool.random(using: &random)
    if hasNumbers { builder.addNumbers() }
    if !writesAlphabet, Bool.random(using: &random) { builder.mergeAllSplits() }
    var vocabulary = Vocabulary()
    for (id, token) in builder.tokens.enumerated() {
      let text =
        writesAlphabet
        ? token.flatMap { Array(String(Character(Unicode.Scalar(ByteAlphabet.scalar(of: $0)) ?? "?")).utf8) } : token
      vocabulary.append(text, id: TokenID(id))
    }
    let ignoreMerges = Bool.random(using: &random)
    if ignoreMerges {
      // Tokens that no merges lead to.
      for word in ["abcab", "日本語", "中日", "sss!", "語"] where !builder.tokens.contains(Array(word.utf8)) {
        let text =
          writesAlphabet
          ? word.utf8.flatMap { Array(String(Character(Unicode.Scalar(ByteAlphabet.scalar(of: $0)) ?? "?")).utf8) }
          : Array(word.utf8)
        vocabulary.append(text, id: TokenID(vocabulary.count))
      }
    }
    let normalizes = Bool.random(using: &random)
    let rules = PretokenRules.allCases.randomElement(using: &random) ?? .threeNumbers
    let model = BPEDefinition(
      vocabulary: vocabulary, merges: builder.merges, ignoreMerges: ignoreMerges, mergesBytes: !writesAlphabet)
    return TokenizerDefinition(
      normalizer: normalizes ? .nfc : nil,
      preTokenizer: .sequence(
        rules.steps + (writesAlphabet ? [.byteLevel(ByteLevelOptions(addPrefixSpace: false, useRegex: false))] : [])),
      model: .bpe(model),
      addedTokens: addedTokens(
        count, first: TokenID(vocabulary.count), &random, normalized: !normalizes && Bool.random(using: &random)),
      decoder: writesAlphabet ? .byteLevel : .fuse)
  }

  private static func characters(_ random: inout SplitMix, runs: WhiteSpaceRuns, addedTokens count: Int)
    -> TokenizerDefinition
  {
    let mark = SpaceMark.bytes
    var tokens: [[UInt8]] = [Array("<unk>".utf8)]
    for byte in UInt8.min...UInt8.max {
      let digits = String(byte, radix: 16, uppercase: true)
      tokens.append(Array("<0x\(digits.count < 2 ? "0" : "")\(digits)>".utf8))
    }
    // Some letters are left to byte fallback.
    let known = letters.dropLast(Int.random(in: 0...4, using: &random)).flatMap { $0.unicodeScalars.map { String($0) } }
    for text in Set(known + ["\u{2581}", ".", "!", "'", "<", "1", "2", "3"]).sorted() {
      tokens.append(Array(text.utf8))
    }
    for length in 2...runs.space { tokens.append(repeated(mark, length)) }
    var builder = MergeBuilder(tokens)
    // Spaces merge first, the longer run on the left before a shorter one, so that runs are cut from the left.
    for left in (1..<runs.space).reversed() {
      for right in (1...runs.space - left).reversed() { builder.merge(repeated(mark, left), repeated(mark, right)) }
    }
    let seeds = known.map { Array($0.utf8) } + [mark, Array(".".utf8), Array("!".utf8)]
    builder.grow(to: builder.tokens.count + 200, seeds: seeds, &random) { left, right in
      // No space after another character, and no more than one before.
      let hasDigit = (left + right).contains { (0x30...0x39).contains($0) }
      return !hasDigit && !right.starts(with: mark) && (left == mark || !left.starts(with: mark + mark))
    }
    var vocabulary = Vocabulary()
    for (id, token) in builder.tokens.enumerated() { vocabulary.append(token, id: TokenID(id)) }
    var added = addedTokens(count, first: TokenID(vocabulary.count), &random, normalized: false)
    for (byte, longest) in [(UInt8(ascii: "\n"), runs.newline), (UInt8(ascii: "\t"), runs.tab)] {
      for length in 1...longest {
        added.append(
          AddedToken(id: TokenID(vocabulary.count + added.count), content: [UInt8](repeating: byte, count: length)))
      }
    }
    let model = BPEDefinition(
      vocabulary: vocabulary, merges: builder.merges, unknownToken: 0, fuseUnknown: true, byteFallback: true)
    return TokenizerDefinition(
      normalizer: .replace(.string([0x20]), content: mark), model: .bpe(model), addedTokens: added,
      decoder: .sequence([.replace(.string(mark), content: [0x20]), .byteFallback, .fuse]))
  }

  private static func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
    Array(repeatElement(bytes, count: count).joined())
  }
}

/// Makes tokens of pairs of tokens.
private struct MergeBuilder {
  private(set) var tokens: [[UInt8]]
  private(set) var merges: [BPEDefinition.Merge] = []
  private var ids: [[UInt8]: TokenID] = [:]
  private var pairs: Set<[TokenID]> = []

  init(_ tokens: [[UInt8]]) {
    self.tokens = tokens
    for (id, token) in tokens.enumerated() { ids[token] = TokenID(id) }
  }

  /// Adds a merge of two tokens, and its result where it is new.
  mutating func merge(_ left: [UInt8], _ right: [UInt8]) {
    guard let leftID = ids[left], let rightID = ids[right], pairs.insert([leftID, rightID]).inserted else { return }
    let text = left + right
    let result = ids[text] ?? TokenID(tokens.count)
    if ids[text] == nil {
      ids[text] = result
      tokens.append(text)
    }
    merges.append(BPEDefinition.Merge(left: leftID, right: rightID, result: result, rank: UInt32(merges.count)))
  }

  /// Makes random tokens of the bytes or characters in `seeds` and of tokens made of them.
  mutating func grow(
    to count: Int, seeds: [[UInt8]], _ random: inout SplitMix, where mayMerge: ([UInt8], [UInt8]) -> Bool
  ) {
    let first = tokens.count
    var attempts = 0
    while tokens.count < count, attempts < 20 * count {
      attempts += 1
      let text = (0..<3).flatMap { _ in seeds.randomElement(using: &random) ?? [] }
      // The tokens that a part of the text is now, two of which merge.
      let parts =
        Bool.random(using: &random) && tokens.count > first
        ? [tokens[Int.random(in: first..<tokens.count, using: &random)]] + split(text) : split(text)
      guard parts.count > 1 else { continue }
      let place = Int.random(in: 0..<parts.count - 1, using: &random)
      if mayMerge(parts[place], parts[place + 1]) { merge(parts[place], parts[place + 1]) }
    }
  }

  /// The shortest tokens of a text.
  private func split(_ text: [UInt8]) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var start = 0
    while start < text.count {
      var end = start + 1
      while end < text.count, ids[Array(text[start..<end])] == nil { end += 1 }
      let part = Array(text[start..<end])
      if ids[part] != nil { parts.append(part) }
      start = end
    }
    return parts
  }

  /// Makes the merges those of tiktoken: whatever joins to a token merges, and its rank is the token's number.
  mutating func mergeAllSplits() {
    merges.removeAll()
    for (id, token) in tokens.enumerated() {
      for border in token.indices.dropFirst() {
        guard let left = ids[Array(token[..<border])], let right = ids[Array(token[border...])] else { continue }
        merges.append(BPEDefinition.Merge(left: left, right: right, result: TokenID(id), rank: UInt32(id)))
      }
    }
  }

  /// Makes a token of every number of up to three digits.
  mutating func addNumbers() {
    let digits = (UInt8(ascii: "0")...UInt8(ascii: "9")).map { [$0] }
    for left in digits { for right in digits { merge(left, right) } }
    for left in digits { for middle in digits { for right in digits { merge(left + middle, right) } } }
  }
}
