import ModelHub
import TestSupport
import Testing

@testable import Tokenizers

/// What tokenizers often get wrong, with values from the Python reference.
@Suite struct TrapTests {
  private static func tokenizer(_ family: TokenizerKind) throws -> Tokenizer? {
    try TestVocabularies.tokenizer(family, suite: "TrapTests")
  }

  private static func pretokens(_ text: String, rules: PretokenRules = .threeNumbers) -> [String] {
    let scanner = PretokenScanner(rules)
    var text = text
    return text.withUTF8 { bytes in
      var pretokens: [String] = []
      var start = 0
      while start < bytes.count {
        let end = scanner.end(of: bytes, from: start)
        pretokens.append(String(decoding: bytes[start..<end], as: UTF8.self))
        start = end
      }
      return pretokens
    }
  }

  @Test("Keys are bytes: canonically equal tokens stay apart")
  func canonicalEquivalence() throws {
    guard let tokenizer = try Self.tokenizer(.gemma2) else { return }
    #expect(try tokenizer.encode("\u{E9}") != tokenizer.encode("e\u{301}"))
    #expect(try tokenizer.decode(tokenizer.encode("e\u{301}")).utf8.elementsEqual("e\u{301}".utf8))
  }

  @Test("Added tokens are matched in raw text, leftmost and longest")
  func addedTokens() throws {
    guard let gemma = try Self.tokenizer(.gemma2), let llama = try Self.tokenizer(.llama3),
      let qwen = try Self.tokenizer(.qwen3), let oldQwen = try Self.tokenizer(.qwen25)
    else { return }
    #expect(try gemma.encode("<start_of_turn>") == [106])
    #expect(try gemma.encode("x<end_of_turn>y").contains(107))
    #expect(try gemma.encode("<bos>") == [2])
    #expect(try gemma.encode("\t") == [226])
    #expect(try gemma.encode(String(repeating: "\n", count: 33)).count == 2)
    #expect(try llama.encode("<|begin_of_text|>") == [128_000])
    #expect(try llama.encode("<|eot_id|>") == [128_009])
    #expect(try llama.encode("<|reserved_special_token_247|>") == [128_255])
    #expect(try qwen.encode("<think>") == [151_667])
    #expect(try oldQwen.encode("<think>").count > 1)
    #expect(try oldQwen.encode("<|file_sep|>") == [151_664])
  }

  @Test("Gemma cuts runs of spaces by 31, and one that is left joins the next word")
  func spaceRuns() throws {
    guard let tokenizer = try Self.tokenizer(.gemma2) else { return }
    let model = try #require(tokenizer.tables)
    var encoder = PretokenEncoder(model)
    let lengths = try tokenizer.encode(String(repeating: " ", count: 32)).map { try tokenizer.decodeBytes([$0]).count }
    #expect(lengths == [31, 1])
    for count in 1...140 {
      for word in ["", "word", ".", "7", "日本"] {
        let text = Array((String(repeating: " ", count: count) + word).utf8)
        let merged = text.withUnsafeBufferPointer { text -> [TokenID] in
          guard let base = text.baseAddress else { return [] }
          encoder.encodeByMerging(base, text.count)
          return encoder.tokens.map { TokenID(bitPattern: $0) }
        }
        #expect(try tokenizer.encode(text.span.bytes) == merged, "\(count) spaces and \(word)")
      }
    }
  }

  @Test("Gemma matches runs of U+2581 in raw text and takes a single one for a space")
  func spaceMarks() throws {
    guard let tokenizer = try Self.tokenizer(.gemma2) else { return }
    #expect(try tokenizer.encode("a\u{2581}b") == tokenizer.encode("a b"))
    #expect(try tokenizer.encode("\u{2581}\u{2581}") == tokenizer.encode("  "))
    #expect(try tokenizer.encode(" \u{2581}\u{2581} ").count == 3)
  }

  @Test("Llama takes a whole pretoken that is a token without merging, and no part of one")
  func ignoredMerges() throws {
    guard let tokenizer = try Self.tokenizer(.llama3) else { return }
    let model = try #require(tokenizer.tables)
    var encoder = PretokenEncoder(model)
    var unreachable = 0
    for token in 0..<model.tokenCount {
      guard let bytes = model.decodedBytes(of: TokenID(token)) else { continue }
      let whole = bytes.withUnsafeBufferPointer { bytes -> (UInt32?, [UInt32]) in
        guard let base = bytes.baseAddress else { return (nil, []) }
        _ = encoder.encode(base, count: bytes.count)
        let walked = encoder.tokens.first
        encoder.encodeByMerging(base, bytes.count)
        return (walked, Array(encoder.tokens))
      }
      #expect(whole.0 == UInt32(token))
      if whole.1 != [UInt32(token)] { unreachable += 1 }
    }
    #expect(unreachable == 588)
  }

  @Test("Contractions ignore case as Unicode folds it, and need a straight apostrophe")
  func contractions() {
    #expect(Self.pretokens("'sit") == ["'s", "it"])
    #expect(Self.pretokens("x'ſ!") == ["x", "'ſ", "!"])
    #expect(Self.pretokens("'LLama") == ["'LL", "ama"])
    #expect(Self.pretokens("don\u{2019}t") == ["don", "\u{2019}t"])
    #expect(Self.pretokens("''s") == ["''", "s"])
  }

  @Test("White space is the property of that name")
  func whiteSpace() {
    for space in ["\u{85}", "\u{A0}", "\u{1680}", "\u{2003}", "\u{2028}", "\u{202F}", "\u{205F}", "\u{3000}"] {
      #expect(Self.pretokens("a\(space)\(space)b") == ["a", space, space + "b"])
    }
    for other in ["\u{1C}", "\u{1F}", "\u{200B}", "\u{FEFF}"] {
      #expect(Self.pretokens(" \(other)1") == [" " + other, "1"])
    }
  }

  @Test("White space goes with what the pattern says")
  func spacing() {
    #expect(Self.pretokens("a  b") == ["a", " ", " b"])
    #expect(Self.pretokens("a \n b") == ["a", " \n", " b"])
    #expect(Self.pretokens("a\n \n  b") == ["a", "\n \n", " ", " b"])
    #expect(Self.pretokens("!\n \nb") == ["!\n", " \n", "b"])
    #expect(Self.pretokens("a\t!") == ["a", "\t", "!"])
    #expect(Self.pretokens("a   ") == ["a", "   "])
    #expect(Self.pretokens("1234567") == ["123", "456", "7"])
    #expect(Self.pretokens("123", rules: .singleNumbers) == ["1", "2", "3"])
  }

  @Test("Qwen normalizes between added tokens only")
  func normalization() throws {
    guard let tokenizer = try Self.tokenizer(.qwen3) else { return }
    #expect(try tokenizer.encode("e\u{301}") == tokenizer.encode("\u{E9}"))
    #expect(try tokenizer.encode("<think>\u{301}").first == 151_667)
  }

  @Test("What is not UTF-8 becomes U+FFFD for every maximal part", arguments: ModelRegistry.tokenizers)
  func invalidText(_ family: TokenizerKind) throws {
    guard let tokenizer = try Self.tokenizer(family) else { return }
    let damaged: [([UInt8], String)] = [
      ([0x61, 0x80, 0x62], "a\u{FFFD}b"), ([0xC3], "\u{FFFD}"), ([0xE2, 0x82], "\u{FFFD}"),
      ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"), ([0xF5, 0x80], "\u{FFFD}\u{FFFD}"),
      ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"), ([0xF0, 0x9F, 0x91, 0x41], "\u{FFFD}A"), ([0, 0xFF, 0], "\0\u{FFFD}\0"),
    ]
    var counter = tokenizer.makeCounter()
    for (bytes, text) in damaged {
      #expect(try tokenizer.encode(bytes.span.bytes) == tokenizer.encode(text), "\(bytes)")
      #expect(try counter.count(bytes.span.bytes) == tokenizer.encode(text).count, "\(bytes)")
    }
  }

  @Test("Decoding gives back what was encoded", arguments: [TokenizerKind.llama3, .gemma2])
  func roundTrip(_ family: TokenizerKind) throws {
    guard let tokenizer = try Self.tokenizer(family) else { return }
    var texts = RandomText(seed: 8)
    for round in 0..<1000 {
      let text = texts.next(pieces: round % 40)
      // Gemma's tokens do not tell U+2581 from a space.
      let expected =
        family == .gemma2
        ? Array(
          String(decoding: text, as: UTF8.self).unicodeScalars.map { $0 == "\u{2581}" ? " " : $0 }
            .map(String.init).joined().utf8) : text
      #expect(try tokenizer.decodeBytes(tokenizer.encode(text.span.bytes)) == expected, "round \(round)")
    }
  }
}
