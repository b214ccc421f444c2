import Testing

@testable import Tokenizers

/// Decoders give the texts of tokenizers 0.23.3, from which the expectations were taken.
@Suite struct ReferenceDecoderTests {
  static let cases: [(decoder: String, tokens: [String], text: String)] = [
    (
      ###"{"type": "BPEDecoder", "suffix": "</w>"}"###,
      ["a</w>", "b", "c</w>", "d</w>"], "a bc d"
    ),
    (
      ###"{"type": "ByteFallback"}"###,
      ["a", "<0xE6>", "<0xBC>", "<0xA2>", "b", "<0xE6>", "<0xZZ>", "<0xff>", "<0x+9>"], "a漢b�<0xZZ>��"
    ),
    (
      ###"{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}"###,
      ["Ġa", "Ã", "©", "Ã", "漢Ã", "Ċ"], " aé�漢Ã\n"
    ),
    (
      ###"{"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": true}"###,
      ["a", "a", "<pad>", "a", "|", "b", "|", "|", "b", "b", " ."], "aa b b."
    ),
    (
      ###"{"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": false}"###,
      ["a", "a", "<pad>", "a", "|"], "aa|"
    ),
    (
      ###"{"type": "Fuse"}"###,
      ["a", " b", "c"], "a bc"
    ),
    (
      ###"{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}"###,
      ["▁a", "▁", "b▁", "▁▁"], "a b   "
    ),
    (
      ###"{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": true}"###,
      ["▁a", "▁", "b▁"], " a b "
    ),
    (
      ###"{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}"###,
      ["▁a", "b▁▁"], " ab  "
    ),
    (
      ###"{"type": "Replace", "pattern": {"Regex": "[0-9]+"}, "content": "#"}"###,
      ["a12b3", "45"], "a#b##"
    ),
    (
      ###"{"type": "Strip", "content": "x", "start": 2, "stop": 1}"###,
      ["xxxaxx", "axb", "xxb"], "xaxaxbb"
    ),
    (
      ###"{"type": "WordPiece", "prefix": "##", "cleanup": true}"###,
      ["##do", "not", "##s", ".", "it", "'", "s", "n't", "do not"], "##do nots. it ' sn't don't"
    ),
    (
      ###"{"type": "WordPiece", "prefix": "##", "cleanup": false}"###,
      ["a", "##b", ".", "c"], "ab . c"
    ),
    (
      ###"{"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, "###
        + ###"{"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}"###,
      ["▁a", "<0xC3>", "<0xA9>", "▁b", "<0xC3>"], "aé b�"
    ),
    (
      ###"null"###,
      ["a", "b", " c"], "a b  c"
    ),
  ]

  @Test(arguments: cases) func decodes(decoder: String, tokens: [String], text: String) throws {
    let vocabulary = tokens.enumerated().map { "\"\($0.element)\": \($0.offset)" }.joined(separator: ", ")
    let file =
      #"{"model": {"type": "WordLevel", "unk_token": "\#(tokens[0])", "vocab": {\#(vocabulary)}}, "decoder": \#(decoder)}"#
    let tokenizer = try ReferenceTokenizer(TokenizerJSON.load(Array(file.utf8).span.bytes))
    // Of equal tokens the last number counts.
    let ids = tokens.map { token in TokenID(tokens.lastIndex(of: token) ?? 0) }
    #expect(try tokenizer.decode(ids) == Array(text.utf8))
  }

  @Test("steps that make text longer and longer end with an error, before memory does", arguments: ["a", ""])
  func growth(replaced: String) throws {
    let step = #"{"type": "Replace", "pattern": {"String": "\#(replaced)"}, "content": "aaaaaaaaaa"}"#
    let steps = [String](repeating: step, count: 60).joined(separator: ", ")
    let file =
      #"{"model": {"type": "WordLevel", "unk_token": "a", "vocab": {"a": 0}}, "decoder": {"type": "Sequence", "decoders": "#
      + "[\(steps)]}}"
    let tokenizer = try ReferenceTokenizer(TokenizerJSON.load(Array(file.utf8).span.bytes))
    let error = #expect(throws: TokenizerError.self) { try tokenizer.decode([0, 0]) }
    #expect(error?.description.contains("decoder makes a text of more than") == true)
  }

  @Test func leavesOutSpecialTokensAndUnknownNumbers() throws {
    var definition = TokenizerDefinition(
      model: .wordLevel(WordLevelDefinition(vocabulary: Vocabulary(), unknownToken: [])), decoder: .fuse)
    definition.addedTokens = [
      AddedToken(id: 1, content: Array("<s>".utf8), special: true), AddedToken(id: 2, content: Array("x".utf8)),
    ]
    let tokenizer = try ReferenceTokenizer(definition)
    #expect(try tokenizer.decode([1, 2, 3, 2]) == Array("<s>xx".utf8))
    #expect(try tokenizer.decode([1, 2, 3, 2], skipsSpecialTokens: true) == Array("xx".utf8))
  }
}
