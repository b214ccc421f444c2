import Support
import Testing

@testable import Tokenizers

/// A vocabulary file is followed by its own description, or refused by the name of what is wrong.
@Suite struct VocabularyConverterTests {
  private static let llama = VocabularyConverter.tiktoken(
    pattern: #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"#
      + #"\s+(?!\S)|\s+"#,
    specialTokens: ["<|begin|>", "<|end|>"])

  /// The reason for which a file is refused; nil where it is not.
  private static func refusal(_ text: String, _ converter: VocabularyConverter) -> String? {
    do throws(TokenizerError) {
      _ = try converter.definition(of: Array(text.utf8))
      return nil
    } catch { return error.description }
  }

  /// Lines of all bytes in base64, and of more tokens.
  private static func tiktoken(_ more: [String] = [], changing change: (inout [String]) -> Void = { _ in }) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var lines = (0..<256).map { "\(digits[$0 >> 2])\(digits[($0 & 3) << 4])== \($0)" }
    lines += more
    change(&lines)
    return lines.joined(separator: "\n") + "\n"
  }

  @Test("A tiktoken file without all bytes, with gaps, repeats or too large ranks is refused")
  func damagedRanks() throws {
    #expect(Self.refusal(Self.tiktoken(["YWI= 256"]), Self.llama) == nil)
    for text in ["IQ== 0\nIg== 1", "UIntOptionalIQ== 0\nIg== 1\nIw== 2\nJA== 3", "UnsafeBuIQ== 0"] {
      #expect(Self.refusal(text, Self.llama)?.contains("no token for byte 0") == true, "\(text)")
    }
    #expect(Self.refusal("ClosedRa 0", Self.llama)?.contains("no token for byte") == true)
    let withoutLast = Self.tiktoken { $0[255] = "YWI= 255" }
    #expect(Self.refusal(withoutLast, Self.llama)?.contains("no token for byte 255") == true)
    #expect(Self.refusal(Self.tiktoken(["YWI= 257"]), Self.llama)?.contains("rank 256") == true)
    #expect(Self.refusal(Self.tiktoken(["YQ== 256"]), Self.llama)?.contains("twice") == true)
    for rank in ["2147483646", "2147483647"] {
      let refusal = Self.refusal(Self.tiktoken(["YWI= \(rank)"]), Self.llama)
      #expect(refusal?.contains("beyond 2147483647") == true, "\(rank)")
    }
    for line in ["YWI= 4294967296", "YWI= 99999999999999999999", "YWI= -1", "YWI=", "Y 256", "YWI= 256 1"] {
      #expect(Self.refusal(Self.tiktoken([line]), Self.llama)?.contains("line 257") == true, "\(line)")
    }
  }

  @Test("A tekken.json file that promises more special tokens than any has is refused before they are made")
  func manySpecialTokens() {
    let config = #""version":"v3","default_num_special_tokens":2147483647,"default_vocab_size":2147483647"#
    let file = Array(#"{"config":{\#(config),"pattern":"."},"vocab":[]}"#.utf8)
    let error = #expect(throws: TokenizerError.self) { try TekkenFile.load(file.span.bytes) }
    #expect(error?.description.contains("config.default_num_special_tokens") == true)
  }

  @Test("A token of many bytes is split only where both parts can be tokens", .timeLimit(.minutes(1)))
  func longToken() throws {
    let long = String(repeating: "YWFh", count: 1_000_000)
    let definition = try Self.llama.definition(of: Array(Self.tiktoken(["YWE= 256", "\(long) 257"]).utf8))
    guard case .bpe(let model) = definition.model else {
      Issue.record("no BPE model")
      return
    }
    #expect(model.merges.map(\.result) == [256])
  }

  @Test("A tiktoken file becomes a definition with a fast path, its special tokens after the ranks")
  func tiktokenFile() throws {
    let definition = try Self.llama.definition(of: Array(Self.tiktoken(["YWI= 256", "YWJj 257"]).utf8))
    let tokenizer = try Tokenizer(definition)
    #expect(tokenizer.engine == .compiled)
    #expect(tokenizer.bosToken == 258)
    #expect(tokenizer.vocabularySize == 260)
    // No merges lead to the last token, but it is a whole pre-token.
    #expect(try tokenizer.encode("abc<|end|> ab") == [257, 259, 32, 256])
    #expect(try tokenizer.decode([257, 259]) == "abc<|end|>")
  }

  /// A `tokenizer.json` like Qwen's with a token for "ab" and an added token.
  private static func tokenizerJSON(_ replacements: [(String, String)] = []) -> String {
    var entries: [String] = []
    for byte in UInt8.min...UInt8.max {
      let character = Character(Unicode.Scalar(ByteAlphabet.scalar(of: byte)) ?? "?")
      entries.append("\"\(character == "\"" || character == "\\" ? "\\" : "")\(character)\": \(byte)")
    }
    let pattern =
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|"#
      + #"\\s+(?!\\S)|\\s+"#
    var text = """
      {"version": "1.0", "truncation": null, "padding": null,
      "added_tokens": [{"id": 257, "content": "<|x|>", "single_word": false, "lstrip": false, "rstrip": false,
      "normalized": false, "special": true}],
      "normalizer": {"type": "NFC"},
      "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
      {"type": "Split", "pattern": {"Regex": "\(pattern)"}, "behavior": "Isolated", "invert": false},
      {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}]},
      "post_processor": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
      "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
      "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "",
      "end_of_word_suffix": "", "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
      "vocab": {\(entries.joined(separator: ", ")), "ab": 256}, "merges": ["a b"]}}
      """
    for (old, new) in replacements {
      #expect(text.contains(old), "\(old)")
      text = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
    return text
  }

  @Test("A tokenizer.json with Qwen's description has a fast path, one with another is followed by the reference code")
  func descriptions() throws {
    let same = try Tokenizer(VocabularyConverter.tokenizerJSON().definition(of: Array(Self.tokenizerJSON().utf8)))
    #expect(same.engine == .compiled)
    #expect(try same.encode("ab 12<|x|>e\u{301}") == [256, 32, 49, 50, 257, 195, 169])
    let older = VocabularyConverter.tokenizerJSON(lastAddedToken: 256)
    #expect(try Tokenizer(older.definition(of: Array(Self.tokenizerJSON().utf8))).encode("<|x|>").count == 5)
    let text = "ab 1234 <|x|> a\u{301}b'S it"
    let changes: [(String, String)] = [
      (#"\\p{N}|"#, #"\\p{N}{1,2}|"#), (#"\\p{L}+"#, #"[\\p{L}\\p{M}]+"#), (#""NFC""#, #""NFKC""#),
      (#"{"type": "NFC"}"#, #"{"type": "Lowercase"}"#), (#""Isolated""#, #""MergedWithNext""#),
      (#""single_word": false"#, #""single_word": true"#), (#""normalized": false"#, #""normalized": true"#),
      (
        #""decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}"#,
        #""decoder": {"type": "Fuse"}"#
      ),
      (#""pretokenizers": ["#, #""pretokenizers": [{"type": "Digits", "individual_digits": false},"#),
    ]
    for change in changes {
      let definition = try VocabularyConverter.tokenizerJSON().definition(of: Array(Self.tokenizerJSON([change]).utf8))
      let tokenizer = try Tokenizer(definition)
      #expect(tokenizer.engine != .compiled, "\(change)")
      let ids = try ReferenceTokenizer(definition).encode(text).map(\.id)
      #expect(try tokenizer.encode(text) == ids, "\(change)")
      var counter = tokenizer.makeCounter()
      let count = counter.count(text.utf8Span.span.bytes)
      #expect(count == ids.count, "\(change)")
    }
    // A second normalizer that does nothing changes nothing.
    let nested = Self.tokenizerJSON([
      (#"{"type": "NFC"}"#, #"{"type": "Sequence", "normalizers": [{"type": "NFC"}]}"#)
    ])
    #expect(try Tokenizer(VocabularyConverter.tokenizerJSON().definition(of: Array(nested.utf8))).engine == .compiled)
  }

  @Test("What no description has is refused by the name of the field")
  func unknownFields() {
    let json = VocabularyConverter.tokenizerJSON()
    let refused = [
      (#""type": "Split""#, #""type": "Slice""#, "pre_tokenizer.pretokenizers[0].type"),
      (#""normalizer": {"type": "NFC"}"#, #""normalizer": {"type": "NFX"}"#, "normalizer.type"),
      (#""dropout": null"#, #""dropout": 0.1"#, "model.dropout"),
      (#""rstrip": false"#, #""rstrip": 1"#, "added_tokens[0].rstrip"),
    ]
    for (old, new, field) in refused {
      let reason = Self.refusal(Self.tokenizerJSON([(old, new)]), json)
      #expect(reason?.contains(field) == true, "\(field): \(reason ?? "not refused")")
    }
  }
}
