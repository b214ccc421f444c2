import Support
import Testing

@testable import Tokenizers

/// Single steps of the reference code, whose outcomes were taken from tokenizers 0.23.3.
@Suite struct ReferenceStepTests {
  private func pieces(_ text: String, _ definition: PreTokenizerDefinition) throws -> [String] {
    let bytes = Array(text.utf8)
    let aligned = bytes.withUnsafeBufferPointer { AlignedText(source: $0) }
    return try ReferencePreTokenizer(definition, path: "pre_tokenizer").preTokenize(aligned)
      .map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  private func normalized(_ text: String, _ definition: NormalizerDefinition) throws -> AlignedText {
    let bytes = Array(text.utf8)
    var aligned = bytes.withUnsafeBufferPointer { AlignedText(source: $0) }
    try ReferenceNormalizer(definition, path: "normalizer").normalize(&aligned)
    return aligned
  }

  @Test(arguments: [
    (SplitBehavior.mergedWithPrevious, ["a-", "-", "b-", "c-"]), (.mergedWithNext, ["a", "-", "-b", "-c", "-"]),
    (.contiguous, ["a", "--", "b", "-", "c", "-"]), (.isolated, ["a", "-", "-", "b", "-", "c", "-"]),
    (.removed, ["a", "b", "c"]),
  ]) func splitBehaviors(behavior: SplitBehavior, expected: [String]) throws {
    for pattern in [PatternDefinition.string([UInt8(ascii: "-")]), .regex([UInt8(ascii: "-")])] {
      #expect(try pieces("a--b-c-", .split(pattern, behavior: behavior, invert: false)) == expected)
    }
  }

  @Test(arguments: [
    // The end of a line, not of the text.
    (#"\s+$"#, "a \nb ", ["a", " ", "\nb", " "]), (#"[a-z&&[^b]]+"#, "aabcc", ["aa", "b", "cc"]),
    (#"(?i:'s)"#, "'ſ's", ["'ſ", "'s"]), (#"\w+"#, "ab1\u{301}-\u{203F}c", ["ab1\u{301}", "-", "\u{203F}c"]),
    (#"\b"#, "ab cd", ["ab", " ", "cd"]), (#"[[:^alpha:]]"#, "a1b", ["a", "1", "b"]), (#"x*"#, "axx", ["a", "xx"]),
    (#"(?i)[a-c]|\p{Lu}"#, "aXBx", ["a", "X", "B", "x"]), (#"[^\S\n]+"#, "a \n b", ["a", " ", "\n", " ", "b"]),
  ]) func patternsMeanWhatTheyMeanToTheReference(pattern: String, text: String, expected: [String]) throws {
    let definition = PreTokenizerDefinition.split(.regex(Array(pattern.utf8)), behavior: .isolated, invert: false)
    #expect(try pieces(text, definition) == expected)
  }

  @Test(arguments: [#"\p{Klingon}"#, #"a\X"#, #"[[:ghost:]]"#, "(a"]) func patternsAreRefused(pattern: String) {
    let definition = PreTokenizerDefinition.split(.regex(Array(pattern.utf8)), behavior: .isolated, invert: false)
    let error = #expect(throws: TokenizerError.self) { try pieces("a", .sequence([.bert, definition])) }
    #expect(error?.field == "pre_tokenizer.pretokenizers[1].pattern")
  }

  @Test("steps that make text longer and longer end with an error, before memory does")
  func growth() throws {
    let doubling = NormalizerDefinition.replace(.string([0x61]), content: Array("aaaaaaaaaa".utf8))
    let inserting = NormalizerDefinition.replace(.string([]), content: Array("aa".utf8))
    let long = NormalizerDefinition.prepend([UInt8](repeating: 0x61, count: 100_000))
    for step in [doubling, inserting, long, .byteLevel] {
      let error = #expect(throws: TokenizerError.self) {
        try normalized("aé a", .sequence([NormalizerDefinition](repeating: step, count: 60)))
      }
      #expect(error?.description.contains("normalizer makes a text of more than") == true)
    }
    let bytes = PreTokenizerDefinition.byteLevel(
      ByteLevelOptions(addPrefixSpace: false, trimOffsets: true, useRegex: false))
    let error = #expect(throws: TokenizerError.self) {
      try pieces("é", .sequence([PreTokenizerDefinition](repeating: bytes, count: 60)))
    }
    #expect(error?.description.contains("pre-tokenizer makes a text of more than") == true)
  }

  @Test func scriptsDropWhatBelongsToNone() throws {
    #expect(try pieces(" どこ a!б", .unicodeScripts) == ["どこ ", "a", "!", "б"])
    #expect(try pieces("  ", .unicodeScripts) == [])
  }

  @Test func bytesAreWrittenAsCharacters() throws {
    let options = ByteLevelOptions(addPrefixSpace: true, trimOffsets: true, useRegex: true)
    #expect(try pieces("é it's", .byteLevel(options)) == ["ĠÃ©", "Ġit", "'s"])
  }

  @Test func metaspaceFirstLooksAtTheSource() throws {
    let options = MetaspaceOptions(prependScheme: .first)
    #expect(try pieces("a b", .metaspace(options)) == ["▁a", "▁b"])
    var text = try normalized(" a b", .strip(left: true, right: false))
    text = text.slice(0..<text.bytes.count)
    let cut = try ReferencePreTokenizer(.metaspace(options), path: "").preTokenize(text)
    #expect(cut.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a", "▁b"])
  }

  @Test func bytesKnowTheirSource() throws {
    let text = try normalized("e\u{301} ﬁ", .sequence([.nfkc, .prepend([UInt8(ascii: ">")])]))
    #expect(String(decoding: text.bytes, as: UTF8.self) == ">é fi")
    #expect(text.source(of: 1..<3) == 0..<1)
    #expect(text.source(of: 4..<6) == 4..<7)
  }

  @Test(arguments: [
    (NormalizerDefinition.bert(BertNormalizerOptions()), "É\u{0}漢\tA", "e 漢  a"), (.lowercase, "İΣ", "i\u{307}σ"),
    (.stripAccents, "e\u{301}", "e"), (.nmt, "a\u{200B}b\u{7F}\t", "a b "),
    (.nfd, "é한", "e\u{301}\u{1112}\u{1161}\u{11AB}"),
    (.replace(.regex(Array("(\\s)\\s+".utf8)), content: [0x20]), "a \n\tb", "a b"), (.byteLevel, " é", "ĠÃ©"),
    (.strip(left: true, right: true), "\u{3000} a \n", "a"),
  ]) func normalizers(definition: NormalizerDefinition, text: String, expected: String) throws {
    #expect(Array(try normalized(text, definition).bytes) == Array(expected.utf8))
  }

  @Test func addedTokensTakeWhiteSpace() throws {
    let tokens = [
      AddedToken(id: 1, content: Array("<L>".utf8), lstrip: true),
      AddedToken(id: 2, content: Array("<R>".utf8), rstrip: true),
      AddedToken(id: 3, content: Array("<W>".utf8), singleWord: true),
      AddedToken(id: 4, content: Array("<W><W>".utf8), special: true),
    ]
    let splitter = AddedTokenSplitter(tokens.map { ($0.content, $0) })
    func cut(_ text: String, splitsSpecialTokens: Bool = false) throws -> [String] {
      let bytes = Array(text.utf8)
      return try splitter.pieces(of: bytes, splitsSpecialTokens: splitsSpecialTokens)
        .map { "\($0.token ?? 0)\(String(decoding: bytes[$0.range], as: UTF8.self))" }
    }
    #expect(try cut("a \n<L> <R>\u{3000}b") == ["0a", "1 \n<L>", "0 ", "2<R>\u{3000}", "0b"])
    #expect(try cut("<R> <L>") == ["2<R> ", "1<L>"])
    #expect(try cut("a<W> <W>-") == ["0a<W> ", "3<W>", "0-"])
    #expect(try cut("<W><W>", splitsSpecialTokens: true) == ["0<W><W>"])
    #expect(try cut("<W><W>") == ["4<W><W>"])
  }

  @Test func runsOfWhiteSpaceBetweenTokensTakeLinearTime() throws {
    let tokens = [AddedToken(id: 1, content: [0x20], lstrip: false, rstrip: true)]
    let splitter = AddedTokenSplitter(tokens.map { ($0.content, $0) })
    let text = [UInt8](repeating: 0x20, count: 1 << 20)
    let pieces = try splitter.pieces(of: text, splitsSpecialTokens: false)
    #expect(pieces.count == 1 << 20 && pieces[0].range == 0..<1 << 20)
  }
}
