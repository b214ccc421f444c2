import TestSupport
import Testing

@testable import Tokenizers

/// Counting piece by piece gives what the reference code gives for whole texts.
@Suite struct PieceCounterTests {
  private static let letters = "abcdehlorwABIHW'’.,!?-_<|>/\u{2581}éß日本語中文0123456789"

  private static func vocabulary(_ extra: [String]) -> Vocabulary {
    var vocabulary = Vocabulary()
    var seen: Set<[UInt8]> = []
    for text in ["<unk>"] + letters.unicodeScalars.map({ String($0) }) + extra {
      let bytes = Array(text.utf8)
      if seen.insert(bytes).inserted { vocabulary.append(bytes, id: TokenID(vocabulary.count)) }
    }
    return vocabulary
  }

  private static let words = vocabulary([
    "hello", "World", "the", "don", "##a", "##l", "##o", "\u{2581}the", "\u{2581}a",
  ])

  private static let wordPiece = ModelDefinition.wordPiece(
    WordPieceDefinition(
      vocabulary: words, unknownToken: Array("<unk>".utf8), continuingSubwordPrefix: Array("##".utf8),
      maximumCharacters: 100))

  private static let unigram = ModelDefinition.unigram(
    UnigramDefinition(
      vocabulary: words, scores: (0..<words.count).map { -1 - Double($0 * 37 % 11) / 3 }, unknownToken: 0,
      byteFallback: false))

  /// Merges of characters, none of which puts a mark behind another character.
  private static func bpe(bytes: Bool, joinsMarks: Bool = false) -> ModelDefinition {
    let fallback = bytes ? (0..<256).map { "<0x\($0 < 16 ? "0" : "")\(String($0, radix: 16, uppercase: true))>" } : []
    let pairs = [
      ("l", "o"), ("\u{2581}", "\u{2581}"), ("\u{2581}", "a"), ("h", "e"), ("lo", "o"), ("\u{2581}a", "n"), ("日", "本"),
      ("\u{2581}\u{2581}", "\u{2581}\u{2581}"), ("e", "l"), ("\u{2581}", "w"),
    ]
    let joined = joinsMarks ? [("a", "\u{2581}")] : []
    let all = (pairs + joined).filter { ($0.0 + $0.1) != "\u{2581}an" }
    let vocabulary = vocabulary(all.map { $0.0 + $0.1 } + fallback)
    func id(_ text: String) -> TokenID {
      let bytes = Array(text.utf8)
      return vocabulary.ids[(0..<vocabulary.count).first { vocabulary.texts[$0].elementsEqual(bytes) } ?? 0]
    }
    let merges = all.enumerated().map { rank, pair in
      BPEDefinition.Merge(left: id(pair.0), right: id(pair.1), result: id(pair.0 + pair.1), rank: UInt32(rank))
    }
    return .bpe(
      BPEDefinition(vocabulary: vocabulary, merges: merges, unknownToken: 0, fuseUnknown: true, byteFallback: bytes))
  }

  /// Unknown characters are left out, so that their neighbors merge.
  private static let withoutUnknown: ModelDefinition = {
    guard case .bpe(var model) = bpe(bytes: false) else { return unigram }
    model.unknownToken = nil
    return .bpe(model)
  }()

  private static let tokens = [
    AddedToken(id: 900, content: Array("<|im_start|>".utf8), special: true),
    AddedToken(id: 901, content: Array("</s>".utf8), rstrip: true),
    AddedToken(id: 902, content: Array("[toxicity=0]".utf8), normalized: true),
  ]

  /// A byte-level model: all bytes and a few words.
  private static let byteLevel: ModelDefinition = {
    var vocabulary = Vocabulary()
    for byte in UInt8.min...UInt8.max {
      vocabulary.append(
        Array(String(Character(Unicode.Scalar(ByteAlphabet.scalar(of: byte)) ?? "?")).utf8), id: TokenID(byte))
    }
    let pairs: [(UInt8, UInt8)] = [(0x20, 0x74), (0x68, 0x65), (0x6C, 0x6C), (0x31, 0x32), (0x0A, 0x0A)]
    var merges: [BPEDefinition.Merge] = []
    for (rank, (left, right)) in pairs.enumerated() {
      let id = TokenID(256 + rank)
      vocabulary.append(Array(vocabulary.texts[Int(left)]) + Array(vocabulary.texts[Int(right)]), id: id)
      merges.append(BPEDefinition.Merge(left: TokenID(left), right: TokenID(right), result: id, rank: UInt32(rank)))
    }
    return .bpe(BPEDefinition(vocabulary: vocabulary, merges: merges))
  }()

  /// Merges of the ends of words.
  private static let suffixed: ModelDefinition = {
    let texts = letters.unicodeScalars.map { String($0) + "</w>" } + ["lo", "lo</w>", "he", "hello</w>", "o</w>"]
    let vocabulary = PieceCounterTests.vocabulary(texts)
    func id(_ text: String) -> TokenID {
      let bytes = Array(text.utf8)
      return vocabulary.ids[(0..<vocabulary.count).first { vocabulary.texts[$0].elementsEqual(bytes) } ?? 0]
    }
    let pairs = [("l", "o</w>"), ("h", "e"), ("l", "o")]
    let merges = pairs.enumerated().map { rank, pair in
      BPEDefinition.Merge(left: id(pair.0), right: id(pair.1), result: id(pair.0 + pair.1), rank: UInt32(rank))
    }
    return .bpe(
      BPEDefinition(vocabulary: vocabulary, merges: merges, unknownToken: 0, endOfWordSuffix: Array("</w>".utf8)))
  }()

  private static let wordLevel = ModelDefinition.wordLevel(
    WordLevelDefinition(vocabulary: words, unknownToken: Array("<unk>".utf8)))

  private static let mark = NormalizerDefinition.replace(.string([0x20]), content: SpaceMark.bytes)

  /// Definitions of all kinds of plans, by name.
  static let definitions: [(name: String, definition: TokenizerDefinition)] = [
    (
      "BERT",
      TokenizerDefinition(
        normalizer: .bert(BertNormalizerOptions()), preTokenizer: .bert, model: wordPiece, addedTokens: tokens)
    ),
    (
      "words and Metaspace",
      TokenizerDefinition(
        normalizer: .sequence([.nmt, .nfkc, .replace(.regex(Array(" {2,}".utf8)), content: [0x20])]),
        preTokenizer: .sequence([.whitespaceSplit, .metaspace(MetaspaceOptions())]), model: unigram, addedTokens: tokens
      )
    ),
    (
      "words and the first Metaspace",
      TokenizerDefinition(
        normalizer: .sequence([.strip(left: true, right: true), .lowercase]),
        preTokenizer: .sequence([.whitespaceSplit, .metaspace(MetaspaceOptions(prependScheme: .first))]), model: unigram
      )
    ),
    (
      "Metaspace",
      TokenizerDefinition(
        preTokenizer: .metaspace(MetaspaceOptions(prependScheme: .first)), model: unigram, addedTokens: tokens)
    ),
    (
      "Llama 2",
      TokenizerDefinition(
        normalizer: .sequence([.prepend(SpaceMark.bytes), mark]), model: bpe(bytes: true), addedTokens: tokens)
    ),
    (
      "Mistral",
      TokenizerDefinition(
        preTokenizer: .metaspace(MetaspaceOptions(prependScheme: .first, split: false)), model: bpe(bytes: true),
        addedTokens: tokens)
    ),
    ("a mark behind a letter", TokenizerDefinition(normalizer: mark, model: bpe(bytes: false, joinsMarks: true))),
    (
      "characters that leave no trace",
      TokenizerDefinition(normalizer: mark, model: withoutUnknown)
    ),
    ("unknown characters", TokenizerDefinition(normalizer: mark, model: bpe(bytes: false))),
    (
      "GPT-2",
      TokenizerDefinition(
        preTokenizer: .byteLevel(ByteLevelOptions(addPrefixSpace: false)), model: byteLevel, addedTokens: tokens)
    ),
    (
      "GPT-2 with a space before",
      TokenizerDefinition(
        normalizer: .nfc, preTokenizer: .byteLevel(ByteLevelOptions()), model: byteLevel, addedTokens: tokens)
    ),
    (
      "digits",
      TokenizerDefinition(
        preTokenizer: .sequence([
          .digits(individual: false), .punctuation(.contiguous), .byteLevel(ByteLevelOptions(addPrefixSpace: false)),
        ]), model: byteLevel)
    ),
    (
      "a complex pattern",
      TokenizerDefinition(
        preTokenizer: .sequence([
          .split(.regex(Array(#"(?<=[a-z])\s+|\d"#.utf8)), behavior: .mergedWithNext, invert: false),
          .byteLevel(ByteLevelOptions(addPrefixSpace: false, useRegex: false)),
        ]), model: byteLevel, addedTokens: tokens)
    ),
    (
      "words with a character map",
      TokenizerDefinition(
        normalizer: .sequence([
          .replace(.string(Array("..".utf8)), content: Array("!".utf8)), .lowercase,
          .precompiled(PrecompiledCharacterMapTests.map("b", "a")),
        ]),
        preTokenizer: .sequence([.whitespaceSplit, .digits(individual: true), .metaspace(MetaspaceOptions())]),
        model: unigram, addedTokens: tokens)
    ),
    (
      "a character map",
      TokenizerDefinition(
        normalizer: .sequence([
          .precompiled(PrecompiledCharacterMapTests.map("é", "e")),
          .replace(.regex(Array(" {2,}".utf8)), content: [0x20]),
        ]),
        preTokenizer: .metaspace(MetaspaceOptions()), model: unigram, addedTokens: tokens)
    ),
    (
      "ends of words",
      TokenizerDefinition(
        normalizer: .sequence([.nfc, .lowercase]),
        preTokenizer: .split(.regex(Array(#"\p{L}+|[^\s\p{L}]+"#.utf8)), behavior: .removed, invert: true),
        model: suffixed, addedTokens: tokens)
    ),
    (
      "words at punctuation",
      TokenizerDefinition(
        normalizer: .stripAccents, preTokenizer: .sequence([.whitespace, .punctuation(.mergedWithPrevious)]),
        model: wordLevel)
    ),
    (
      "lengths and scripts",
      TokenizerDefinition(
        normalizer: .stripAccents, preTokenizer: .sequence([.unicodeScripts, .fixedLength(3)]), model: unigram)
    ),
    (
      "the second step looks at the start",
      TokenizerDefinition(
        preTokenizer: .sequence([.metaspace(MetaspaceOptions(prependScheme: .first)), .whitespace]), model: unigram)
    ),
  ]

  @Test("Counts and borders are those of the reference code", arguments: 0..<definitions.count)
  func agree(number: Int) throws {
    let (name, definition) = Self.definitions[number]
    let reference = try ReferenceTokenizer(definition)
    var counter = try Tokenizer(definition).makeCounter()
    var texts = RandomText(seed: UInt64(number) + 1)
    var counts: [Int] = []
    for round in 0..<150 {
      let text = texts.next(pieces: 1 + round % 30, isDamaged: round % 10 == 9)
      let tokens = try? text.withUnsafeBufferPointer { try reference.encode($0) }
      let shown = "\(name): \(String(decoding: text, as: UTF8.self).debugDescription)"
      #expect(counter.count(text.span.bytes) == tokens?.count ?? 0, "\(shown)")
      let borders = texts.borders(in: text.count)
      var expected = [Int](repeating: 0, count: borders.count + 1)
      for token in tokens ?? [] { expected[borders.count { $0 <= token.source.lowerBound }] += 1 }
      counter.count(text.span.bytes, borders: borders, into: &counts)
      #expect(counts == expected, "\(shown), \(borders)")
      if counts != expected { return }
    }
  }

  @Test("A plan is made unless a step looks at the start of the source after another")
  func plans() throws {
    for (name, definition) in Self.definitions {
      let isWhole = name.hasPrefix("the second step")
      switch try Tokenizer(definition).engine {
      case .compiled: Issue.record("\(name) has compiled tables")
      case .pieces: #expect(!isWhole, "\(name)")
      case .reference: #expect(isWhole, "\(name)")
      }
    }
  }

  @Test("A text without tokens counts as nothing and is reported")
  func failures() throws {
    guard case .wordPiece(var model) = Self.wordPiece else { return }
    model.unknownToken = Array("none".utf8)
    let definition = TokenizerDefinition(preTokenizer: .whitespace, model: .wordPiece(model))
    var counter = try Tokenizer(definition).makeCounter()
    var counts: [Int] = []
    #expect(counter.count(Array("hello ☃".utf8).span.bytes) == 0 && counter.failureCount == 1)
    counter.count(Array("hello ☃".utf8).span.bytes, borders: [5], into: &counts)
    #expect(counts == [0, 0] && counter.failureCount == 2 && counter.lastFailure != nil)
    #expect(counter.count(Array("hello the".utf8).span.bytes) == 2)
  }

  @Test("Steps that make text longer and longer end with an error, before memory does")
  func growth() throws {
    let content = [UInt8](repeating: UInt8(ascii: "a"), count: 10)
    let steps: [NormalizerDefinition] = [
      .replace(.string([UInt8(ascii: "a")]), content: content), .replace(.regex(Array("a".utf8)), content: content),
      .prepend([UInt8](repeating: UInt8(ascii: "a"), count: 100_000)),
      .precompiled(PrecompiledCharacterMapTests.map("a", String(repeating: "a", count: 60_000))),
    ]
    for step in steps {
      let definition = TokenizerDefinition(
        normalizer: .sequence([NormalizerDefinition](repeating: step, count: 60)), model: Self.unigram)
      let tokenizer = try Tokenizer(definition)
      guard case .pieces = tokenizer.engine else {
        Issue.record("\(step) is not followed piece by piece")
        continue
      }
      var counter = tokenizer.makeCounter()
      #expect(counter.count(Array("a hat".utf8).span.bytes) == 0 && counter.failureCount == 1)
      #expect(counter.lastFailure?.description.contains("normalizer makes a text of more than") == true)
    }
  }

  @Test("The cache forgets when it is full, and never takes one text for another")
  func cache() {
    var cache = PieceCache()
    func text(_ number: Int) -> [UInt8] {
      Array(String(repeating: "x", count: number % 9).utf8) + Array("\(number)".utf8)
    }
    for number in 0..<50_000 {
      text(number).withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        let key = PieceCache.Key(base, bytes.count)
        if let known = cache.value(of: base, bytes.count, key) { Issue.record("\(number) is known as \(known)") }
        cache.insert(base, bytes.count, key, value: number)
      }
    }
    for number in stride(from: 0, to: 50_000, by: 7) {
      text(number).withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        #expect(cache.value(of: base, bytes.count, PieceCache.Key(base, bytes.count)) == number)
      }
    }
  }
}
