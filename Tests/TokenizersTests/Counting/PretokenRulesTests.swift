import CTokenizerKernels
import TestSupport
import Testing

@testable import Tokenizers

/// Known rules are recognized by their steps, and cut text as the reference code cuts it by these steps.
@Suite struct PretokenRulesTests {
  static let cases = PretokenRules.allCases.flatMap { rules in
    CountingKernels.available.map { (rules: rules, kernels: $0.name) }
  }

  private static let pieces: [String] = [
    " ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", "\t\t", "\u{0B}", "\u{A0}", "\u{3000}", "\u{2028}", "\u{85}", " \n",
    "\n ", "a", "I", "hello", "World", " the", "don't", "I'll", "we've", "'s", "'S", "'ſ", "'re", "'x", "''", "'LL",
    "'lL", "'t's", "it's's", "it'S'T", "\u{2019}s", "iPhone", "HTMLParser", "aB", "ǅ", "ʰ", "É", "éA", "ÄÖ", "ªB", "/",
    "//", "/\n", "!\n/", ".\n/\n", "-/", "中A", "A中", "1", "23", "456", "7890", "12345678", "٣٤", "²", "Ⅷ", "½", "１２",
    "x1y2", ".", ",", "!", "?!", "...", "---", "(", ")", "\"", "*", "_", "://", "<", "</", "<|", "#", "$", "\0",
    "\u{1}", "\u{7F}", "\u{14}", "é", "ü", "ß", "e\u{301}", "a\u{308}\u{323}", "\u{301}", "-\u{301}", "--\u{301}",
    " \u{2764}\u{FE0F}", "\u{2764}\u{FE0F}a", "Ångström", "日本語", "中文字符", "。", "，", "안녕", "привет", "МИР", "नमस्ते",
    "ภาษาไทย", "مرحبا", "👍", "👩‍💻", "𝒳", "\u{1DAA9}", "ア・イ", "ー", "゛", "\u{3040}", "〇", "々", "\u{2E80}",
    "\u{200B}", "\u{2581}", "\u{E000}", "\u{378}", "\u{50000}", "\u{10FFFF}", "𞥐", "\u{11DE0}", "http://a.b/?q=1",
    "l'été", "d'où", "(café)", "qu'à", "the quick brown fox",
  ]

  private static func text(_ count: Int, _ random: inout SplitMix) -> [UInt8] {
    var bytes: [UInt8] = []
    let chosen = (0..<6).compactMap { _ in pieces.randomElement(using: &random) }
    for _ in 0..<count {
      let isChosen = Int.random(in: 0..<4, using: &random) > 0
      let piece = (isChosen ? chosen : pieces).randomElement(using: &random) ?? ""
      let longest = Int.random(in: 0..<40, using: &random) == 0 ? 70 : 2
      for _ in 0..<Int.random(in: 1...longest, using: &random) { bytes += piece.utf8 }
    }
    return bytes
  }

  /// A byte-level definition with the steps of rules, and merges of some pairs; bytes of `lacking` have no token.
  private static func definition(_ steps: [PreTokenizerDefinition], lacking: Set<UInt8> = []) -> TokenizerDefinition {
    var vocabulary = Vocabulary()
    var texts: [[UInt8]: TokenID] = [:]
    func add(_ text: [UInt8]) -> TokenID {
      let id = TokenID(vocabulary.count)
      vocabulary.append(
        text.flatMap { Array(String(Character(Unicode.Scalar(ByteAlphabet.scalar(of: $0)) ?? "?")).utf8) }, id: id)
      texts[text] = id
      return id
    }
    for byte in UInt8.min...UInt8.max where !lacking.contains(byte) { _ = add([byte]) }
    var merges: [BPEDefinition.Merge] = []
    for (left, right) in [(" ", "t"), ("h", "e"), ("l", "l"), ("1", "2"), ("\n", "\n"), (" t", "he"), ("I", "'")] {
      guard let first = texts[Array(left.utf8)], let second = texts[Array(right.utf8)] else { continue }
      let result = add(Array((left + right).utf8))
      merges.append(BPEDefinition.Merge(left: first, right: second, result: result, rank: UInt32(merges.count)))
    }
    return TokenizerDefinition(
      preTokenizer: .sequence(steps + [.byteLevel(ByteLevelOptions(addPrefixSpace: false, useRegex: false))]),
      model: .bpe(BPEDefinition(vocabulary: vocabulary, merges: merges)), decoder: .byteLevel)
  }

  /// Where the vector code begins pre-tokens; nil for an irregular text.
  private static func starts(_ text: [UInt8], _ tables: ModelTables, _ kernels: CountingKernels) -> [Int]? {
    let (masks, buffers) = (PretokenMasks(maximumBlocks: SegmentBuffers.chunkBytes / 64 + 2), SegmentBuffers())
    defer {
      masks.deallocate()
      buffers.deallocate()
    }
    var scanner = PretokenChunkScanner(tables, masks, kernels: kernels.functions)
    return text.withUnsafeBufferPointer { text -> [Int]? in
      guard let base = text.baseAddress else { return [] }
      var found: [Int] = []
      var position = 0
      while position < text.count {
        let isLast = text.count - position <= SegmentBuffers.chunkBytes + 64
        let blocks = isLast ? (text.count - position + 63) / 64 : SegmentBuffers.chunkBytes / 64
        let bytes = isLast ? buffers.copyTail(base, from: max(0, position - 64), to: text.count) : base
        guard scanner.scan(TextSource(text: bytes, end: text.count), at: position, count: blocks) else { return nil }
        for bit in 0..<blocks * 64 where masks.blocks.starts[bit / 64] >> UInt64(bit % 64) & 1 != 0 {
          found.append(position + bit)
        }
        position += blocks * 64
      }
      return found
    }
  }

  @Test("Pre-tokens begin where the reference cuts, with every set of kernels", arguments: cases)
  func pretokens(_ test: (rules: PretokenRules, kernels: String)) throws {
    let tables = ModelTables(ModelCompiler.compile(try BytePairPlan(Self.definition(test.rules.steps))))
    let kernels = try CountingKernels.selected(name: test.kernels)
    let reference = try ReferencePreTokenizer(.sequence(test.rules.steps), path: "")
    let scanner = PretokenScanner(test.rules)
    var random = SplitMix(state: 11)
    var irregular = 0
    for round in 0..<400 {
      let text = Self.text(1 + (round % 100 == 0 ? 3000 : round % 30), &random)
      let shown = "\(test) round \(round): \(String(decoding: text.prefix(400), as: UTF8.self).debugDescription)"
      var expected: [Int] = []
      var scanned: [Int] = []
      try text.withUnsafeBufferPointer { text in
        var place = 0
        for part in try reference.preTokenize(AlignedText(source: text)) {
          expected.append(place)
          place += part.bytes.count
        }
        place = 0
        while place < text.count {
          scanned.append(place)
          place = scanner.end(of: text, from: place)
        }
      }
      #expect(scanned == expected, "\(shown)")
      guard let found = Self.starts(text, tables, kernels) else {
        irregular += 1
        continue
      }
      // Between characters of three bytes and more there may be further cuts.
      let further = Set(found).subtracting(expected)
      let missing = Set(expected).subtracting(found)
      #expect(missing.isEmpty, "\(shown)")
      #expect(further.allSatisfy { text[$0] >= 0xE0 && text[$0 - 1] >= 0x80 }, "\(shown)")
      if scanned != expected || !missing.isEmpty { return }
    }
    #expect(irregular < 250, "\(test)")
  }

  @Test(
    "Counts, ids and counts between borders are those of the reference code, with every set of kernels",
    arguments: cases)
  func counts(_ test: (rules: PretokenRules, kernels: String)) throws {
    try Self.check(Self.definition(test.rules.steps), kernels: test.kernels, rounds: 100, "\(test)")
  }

  private static func check(_ definition: TokenizerDefinition, kernels: String?, rounds: Int, _ name: String) throws {
    let tokenizer = try Tokenizer(definition, kernels: kernels)
    #expect(tokenizer.engine == .compiled, "\(name)")
    let reference = try ReferenceTokenizer(definition)
    var counter = tokenizer.makeCounter()
    var encoder = TextEncoder(try #require(tokenizer.tables))
    var random = SplitMix(state: 12)
    var counts: [Int] = []
    for round in 0..<rounds {
      let text = text(1 + (round % 50 == 0 ? 1500 : round % 40), &random)
      let expected = try text.withUnsafeBufferPointer { try reference.encode($0) }
      let shown = "\(name) round \(round): \(String(decoding: text.prefix(400), as: UTF8.self).debugDescription)"
      #expect(counter.count(text.span.bytes) == expected.count, "\(shown)")
      #expect(try tokenizer.encode(text.span.bytes) == expected.map(\.id), "\(shown)")
      // Anywhere, inside characters too, a token belongs to the part that has its first byte.
      let places = (0..<3).map { _ in Int.random(in: 0...text.count, using: &random) }.sorted()
      text.withUnsafeBufferPointer { encoder.encode($0) }
      counter.count(text.span.bytes, borders: places, into: &counts)
      #expect(counts == Self.parts(Array(encoder.starts), places), "\(shown) \(places)")
      // The reference code knows the characters that tokens come from, as normalization leaves them.
      let borders = Self.characterBorders(text, &random)
      counter.count(text.span.bytes, borders: borders, into: &counts)
      let between = Self.parts(expected.map(\.source.lowerBound), borders)
      #expect(counts == between, "\(shown) \(borders)")
      if counts != between { return }
    }
  }

  /// How many tokens begin in each part.
  private static func parts(_ starts: [Int], _ borders: [Int]) -> [Int] {
    var parts = [Int](repeating: 0, count: borders.count + 1)
    for start in starts { parts[borders.count { $0 <= start }] += 1 }
    return parts
  }

  /// Three places between characters, marks included.
  private static func characterBorders(_ text: [UInt8], _ random: inout SplitMix) -> [Int] {
    var ends = [0]
    for character in String(decoding: text, as: UTF8.self) { ends.append(ends[ends.count - 1] + character.utf8.count) }
    return (0..<3).compactMap { _ in ends.randomElement(using: &random) }.sorted()
  }

  @Test("Bytes that are left out because they have no token let their neighbors merge")
  func missingBytes() throws {
    let lacking: Set<UInt8> = [0x01, 0x14, 0xC0, 0xC1, 0xF1, 0xF2, 0xF5, 0xFF]
    for kernels in CountingKernels.available {
      try Self.check(
        Self.definition(PretokenRules.gpt2Digits.steps, lacking: lacking), kernels: kernels.name, rounds: 200,
        "lacking bytes, \(kernels.name)")
    }
    // In text without such bytes it does not matter what has no token.
    try Self.check(
      Self.definition(PretokenRules.gpt2.steps, lacking: [0xC0, 0xF5, 0xFF]), kernels: nil, rounds: 50, "no UTF-8")
    #expect(try Tokenizer(Self.definition(PretokenRules.gpt2.steps, lacking: [0x14])).engine != .compiled)
  }

  @Test("Runs of spaces may be added tokens that are looked for in normalized text")
  func normalizedSpaces() throws {
    var definition = Self.definition(PretokenRules.gpt2.steps)
    definition.normalizer = .nfc
    definition.addedTokens = (2...5).map {
      AddedToken(id: TokenID(300 + $0), content: [UInt8](repeating: 0x20, count: $0), normalized: true)
    }
    definition.addedTokens.append(AddedToken(id: 310, content: Array("<|".utf8), special: true))
    try Self.check(definition, kernels: nil, rounds: 300, "spaces")
    definition.addedTokens.append(AddedToken(id: 311, content: Array("(".utf8), normalized: true))
    #expect(try Tokenizer(definition).engine != .compiled)
    definition.normalizer = nil
    try Self.check(definition, kernels: nil, rounds: 100, "two sorts of added tokens")
    definition.addedTokens.append(AddedToken(id: 312, content: Array("|a".utf8), normalized: true))
    #expect(try Tokenizer(definition).engine != .compiled)
  }

  @Test("Rules are recognized in all known spellings, and only in these")
  func recognition() {
    for rules in PretokenRules.allCases {
      #expect(PretokenRules(rules.steps) == rules)
      #expect(PretokenRules(rules.steps + rules.steps) == nil)
      let removing = rules.steps.map { step -> PreTokenizerDefinition in
        guard case .split(let pattern, _, _) = step else { return step }
        return .split(pattern, behavior: .removed, invert: true)
      }
      #expect(PretokenRules(removing) == (rules == .deepSeek ? nil : rules))
      let literal = rules.steps.map { step -> PreTokenizerDefinition in
        guard case .split(.regex(let pattern), let behavior, let inverts) = step else { return step }
        let parts = String(decoding: pattern, as: UTF8.self).split(
          separator: #"\r\n"#, omittingEmptySubsequences: false)
        return .split(.regex(Array(parts.joined(separator: "\r\n").utf8)), behavior: behavior, invert: inverts)
      }
      #expect(PretokenRules(literal) == rules)
    }
    #expect(PretokenRules([.digits(individual: false)] + PretokenRules.gpt2.steps) == nil)
    #expect(PretokenRules([.digits(individual: true)] + PretokenRules.o200k.steps) == nil)
  }
}
