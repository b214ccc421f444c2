import Testing

@testable import Tokenizers

/// What becomes of pieces that are not used, of markers and of bytes; expected is what sentencepiece 0.2.3 gives.
@Suite struct SentencePieceKindTests {
  private static let pieces: [(text: String, score: Float)] = [
    ("<unk>", 0), ("<s>", 0), ("</s>", 0), ("a", -1), ("b", -2), ("ab", -1.5), ("c", -3), ("abc", -1), ("▁", -2),
    ("▁a", -1),
  ]

  /// A model whose pieces `a` and `▁a`, `ab`, and `abc` are of some kinds.
  private static func definition(
    _ algorithm: SentencePieceDefinition.Algorithm, _ kinds: [SentencePieceDefinition.Kind], byteFallback: Bool = false,
    decoder: SentencePieceDecoderOptions = SentencePieceDecoderOptions()
  ) -> TokenizerDefinition {
    var vocabulary = Vocabulary()
    for (text, _) in pieces { vocabulary.append(Array(text.utf8), id: TokenID(vocabulary.count)) }
    var scores = pieces.map(\.score)
    var all: [SentencePieceDefinition.Kind] = [
      .unknown, .control, .control, kinds[0], .normal, kinds[1], .normal, kinds[2], .normal, kinds[0],
    ]
    if byteFallback {
      let digits = Array("0123456789ABCDEF")
      for byte in 0..<256 {
        vocabulary.append(Array("<0x\(digits[byte >> 4])\(digits[byte & 15])>".utf8), id: TokenID(vocabulary.count))
        scores.append(0)
        all.append(.byte)
      }
    }
    let userDefined = all.indices.filter { all[$0] == .userDefined }.map { Array(vocabulary.texts[$0]) }
    return TokenizerDefinition(
      normalizer: .sentencePiece(
        SentencePieceNormalizerOptions(
          userDefinedSymbols: userDefined, addsDummyPrefix: false, removesExtraWhitespaces: false)),
      model: .sentencePiece(
        SentencePieceDefinition(
          algorithm: algorithm, vocabulary: vocabulary, scores: scores, kinds: all, unknownToken: 0,
          byteFallback: byteFallback)),
      decoder: .sentencePiece(decoder))
  }

  private static let texts = ["aab", "abc", " a", "cab", "<s>"]

  private typealias Row = (SentencePieceDefinition.Algorithm, [SentencePieceDefinition.Kind], [[TokenID]])

  private static let rows: [Row] = [
    (.unigram, [.unused, .unused, .normal], [[0, 4], [7], [8, 0], [6, 0, 4], [0]]),
    (.unigram, [.userDefined, .unused, .unused], [[3, 3, 4], [3, 4, 6], [9], [6, 3, 4], [0]]),
    (.bpe, [.normal, .normal, .normal], [[3, 5], [7], [9], [6, 5], [0]]),
    (.bpe, [.unused, .normal, .normal], [[0, 5], [7], [8, 0], [6, 5], [0]]),
    (.bpe, [.unused, .unused, .normal], [[0, 4], [7], [8, 0], [6, 0, 4], [0]]),
    (.bpe, [.control, .control, .normal], [[0, 4], [0, 4, 6], [8, 0], [6, 0, 4], [0]]),
    (.bpe, [.normal, .unused, .unused], [[3, 3, 4], [3, 4, 6], [9], [6, 3, 4], [0]]),
    (.word, [.unused, .normal, .normal], [[0], [7], [0], [0], [0]]),
    (.word, [.control, .control, .control], [[0], [0], [0], [0], [0]]),
    (.character, [.unused, .normal, .normal], [[0, 4], [0, 4, 6], [8, 0], [6, 0, 4], [0]]),
    (.character, [.control, .normal, .normal], [[0, 4], [0, 4, 6], [8, 0], [6, 0, 4], [0]]),
    (.character, [.userDefined, .unused, .unused], [[3, 3, 4], [3, 4, 6], [9], [6, 3, 4], [0]]),
  ]

  @Test("Text becomes pieces that are normal or user-defined, and what is left is unknown")
  func encoding() throws {
    for (algorithm, kinds, expected) in Self.rows {
      let tokenizer = try Tokenizer(Self.definition(algorithm, kinds))
      var counter = tokenizer.makeCounter()
      for (text, ids) in zip(Self.texts, expected) {
        #expect(try tokenizer.encode(text) == ids, "\(algorithm.name) \(kinds) \(text)")
        #expect(counter.count(text.utf8Span.span.bytes) == ids.count, "\(algorithm.name) \(kinds) \(text)")
      }
    }
  }

  @Test("Ids become text as sentencepiece decodes them")
  func decoding() throws {
    let rows: [[TokenID]] = [
      [8, 9, 3], [8, 8, 3], [9, 8], [0, 3], [1, 9, 2], [10 + 0xC3, 10 + 0xA9, 3],
      [10 + 0xC3, 3, 10 + 0xFF, 10 + 0x41], [3, 10 + 0xE6, 10 + 0x97], [], [8], [10 + 0xC3],
    ]
    let ends = ["éa", "\u{FFFD}a\u{FFFD}A", "a\u{FFFD}\u{FFFD}", ""]
    let cases: [(removesFirst: Bool, removesAll: Bool, texts: [String])] = [
      (false, false, ["  aa", "  a", " a ", " ⁇ a", " a"] + ends + [" ", "\u{FFFD}"]),
      (true, false, [" aa", " a", "a ", " ⁇ a", "a"] + ends + ["", "\u{FFFD}"]),
      (true, true, ["aa", "a", "a ", " ⁇ a", "a"] + ends + ["", "\u{FFFD}"]),
    ]
    for (removesFirst, removesAll, texts) in cases {
      let options = SentencePieceDecoderOptions(removesFirstSpace: removesFirst, removesAllFirstSpaces: removesAll)
      let definition = Self.definition(.unigram, [.normal, .normal, .normal], byteFallback: true, decoder: options)
      let tokenizer = try Tokenizer(definition)
      for (ids, text) in zip(rows, texts) { #expect(try tokenizer.decode(ids) == text, "\(ids)") }
    }
    let surface = SentencePieceDecoderOptions(unknownSurface: Array("?".utf8))
    let definition = Self.definition(.bpe, [.normal, .normal, .normal], decoder: surface)
    #expect(try Tokenizer(definition).decode([3, 0, 4]) == "a?b")
  }

  /// A model of pieces with scores, after the unknown one and two markers.
  private static func tokenizer(
    _ algorithm: SentencePieceDefinition.Algorithm, _ pieces: KeyValuePairs<String, Float>
  ) throws -> Tokenizer {
    var vocabulary = Vocabulary()
    for text in ["<unk>", "<s>", "</s>"] + pieces.map(\.key) {
      vocabulary.append(Array(text.utf8), id: TokenID(vocabulary.count))
    }
    return try Tokenizer(
      TokenizerDefinition(
        normalizer: .sentencePiece(
          SentencePieceNormalizerOptions(addsDummyPrefix: false, removesExtraWhitespaces: false)),
        model: .sentencePiece(
          SentencePieceDefinition(
            algorithm: algorithm, vocabulary: vocabulary, scores: [0, 0, 0] + pieces.map(\.value),
            kinds: [.unknown, .control, .control] + pieces.map { _ in .normal }, unknownToken: 0, byteFallback: false)))
    )
  }

  @Test("Long texts keep the difference between scores: sums go on from zero", arguments: [100, 1000, 3000])
  func largeSums(count: Int) throws {
    let text = String(repeating: "ab", count: count)
    for scores in [["a": -3000.3, "b": -3000.7, "ab": -6001.1], ["a": 3000.3, "b": 3000.7, "ab": 6000.9]]
      as [KeyValuePairs<String, Float>]
    {
      let tokenizer = try Self.tokenizer(.unigram, scores)
      #expect(try tokenizer.encode(text) == (0..<2 * count).map { TokenID(3 + $0 % 2) })
      var counter = tokenizer.makeCounter()
      #expect(counter.count(text.utf8Span.span.bytes) == 2 * count)
    }
  }

  /// A map of one byte to what begins at an offset of the replacements.
  private static func map(of byte: UInt8, to start: UInt32, in replacements: String) -> PrecompiledCharacterMap? {
    var units = [UInt32](repeating: 0, count: 512)
    units[0] = 256 << 10
    units[256 | Int(byte)] = UInt32(byte) | 1 << 8 | 1 << 10
    units[256 | Int(byte) ^ 1] = 0x8000_0000 | start
    let words = [UInt32(4 * units.count)] + units
    let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    return PrecompiledCharacterMap(bytes + Array(replacements.utf8) + [0])
  }

  @Test("A damaged map or piece cuts no character")
  func partsOfCharacters() throws {
    let whole = try #require(Self.map(of: 0x61, to: 0, in: "é"))
    #expect(whole.longestMatch(in: Array("ab".utf8))?.count == 1)
    #expect(whole.longestMatch(in: Array("a".utf8)).map { Array($0.replacement) } == Array("é".utf8))
    let inReplacement = try #require(Self.map(of: 0x61, to: 1, in: "é"))
    #expect(inReplacement.longestMatch(in: Array("ab".utf8)) == nil)
    let inText = try #require(Self.map(of: 0xC3, to: 0, in: "x"))
    #expect(inText.longestMatch(in: Array("é".utf8)) == nil)
    // The unknown piece, a text, and a piece of one byte of `¥`, of the type that is given.
    func file(_ type: UInt8) -> [UInt8] {
      [(0x3F, 2), (0x61, 1), (0xC2, type)].flatMap { [0x0A, 5, 0x0A, 1, $0.0, 0x18, $0.1] as [UInt8] }
    }
    #expect(throws: TokenizerError.self) { try SentencePieceFile.load(file(4)) }
    let control = try Tokenizer(try SentencePieceFile.load(file(3)))
    #expect(try control.encode("¥") == [0])
  }

  @Test("Of two zeros the one without a sign goes first")
  func zeros() throws {
    let tokenizer = try Self.tokenizer(
      .bpe,
      [
        "a": -1, "g": 0, "h": -0.0, "x": -1, "gx": 0, "xh": -0.0, "cg": -0.0, "gp": 0, "c": -5, "p": -5,
      ])
    for (text, ids) in ["cgp": [11, 10], "gxh": [7, 5], "xhgx": [8, 7]] as KeyValuePairs<String, [TokenID]> {
      #expect(try tokenizer.encode(text) == ids, "\(text)")
      var counter = tokenizer.makeCounter()
      #expect(counter.count(text.utf8Span.span.bytes) == ids.count, "\(text)")
    }
  }

  @Test("The last step of decoding has its own map and its own spaces")
  func denormalizing() throws {
    let map = PrecompiledCharacterMapTests.map("a", "A")
    let spaces = SentencePieceNormalizerOptions(characterMap: map)
    let none = SentencePieceNormalizerOptions(
      characterMap: map, addsDummyPrefix: false, removesExtraWhitespaces: false, escapesWhitespaces: false)
    for (options, text) in [(spaces, "\u{2581}Ab\u{2581}A"), (none, "Ab A")] {
      let definition = Self.definition(
        .bpe, [.normal, .normal, .normal], decoder: SentencePieceDecoderOptions(denormalizer: options))
      #expect(try Tokenizer(definition).decode([3, 4, 9]) == text)
    }
    let damaged = SentencePieceDecoderOptions(denormalizer: SentencePieceNormalizerOptions(characterMap: [1, 2, 3]))
    #expect(throws: TokenizerError.self) {
      try Tokenizer(Self.definition(.bpe, [.normal, .normal, .normal], decoder: damaged))
    }
  }
}
