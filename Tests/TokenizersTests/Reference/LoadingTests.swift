import Foundation
import Support
import Testing

@testable import Tokenizers

/// What a tokenizer.json file holds is read, and what is not known is refused by the name of the field.
@Suite struct LoadingTests {
  private static let model = #""model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "a": 1, "b": 2}}"#

  private func load(_ text: String) throws(TokenizerError) -> TokenizerDefinition {
    try TokenizerJSON.load(Array(text.utf8).span.bytes)
  }

  static let refused: [(fields: String, path: String)] = [
    (#""normalizer": {"type": "Rot13"}"#, "normalizer.type"),
    (
      #""normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "X"}]}"#,
      "normalizer.normalizers[1].type"
    ),
    (#""normalizer": {"type": "Strip", "strip_left": true}"#, "normalizer.strip_right"),
    (#""normalizer": {"type": "NFC", "deep": true}"#, "normalizer.deep"),
    (
      #""pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Digits"}]}"#,
      "pre_tokenizer.pretokenizers[0].individual_digits"
    ),
    (#""pre_tokenizer": {"type": "Punctuation", "behavior": "Kept"}"#, "pre_tokenizer.behavior"),
    (#""pre_tokenizer": {"type": "FixedLength", "length": 0}"#, "pre_tokenizer.length"),
    (#""pre_tokenizer": {"type": "Metaspace", "replacement": "ab"}"#, "pre_tokenizer.replacement"),
    (
      #""pre_tokenizer": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "always", "add_prefix_space": false}"#,
      "pre_tokenizer.add_prefix_space"
    ),
    (
      #""post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[X]", "type_id": 0}, "x": null}], "pair": [], "special_tokens": {}}"#,
      "post_processor.single[0]"
    ),
    (
      #""post_processor": {"type": "TemplateProcessing", "single": [], "pair": [], "special_tokens": {"a": {"id": "a", "ids": [1], "tokens": [1]}}}"#,
      "post_processor.special_tokens.a.tokens[0]"
    ),
    (#""truncation": 512"#, "truncation"),
    (#""truncation": {"max_length": 512, "strategy": "LongestFirst"}"#, "truncation.stride"),
    (#""truncation": {"max_length": 512, "strategy": "First", "stride": 0}"#, "truncation.strategy"),
    (
      #""truncation": {"direction": null, "max_length": 512, "strategy": "LongestFirst", "stride": 0}"#,
      "truncation.direction"
    ),
    (
      #""padding": {"strategy": "Fixed", "direction": "Right", "pad_id": 0, "pad_type_id": 0, "pad_token": "x"}"#,
      "padding.strategy"
    ),
    (
      #""padding": {"strategy": {"Fixed": 2}, "direction": "Right", "pad_id": 4294967296, "pad_type_id": 0, "pad_token": "x"}"#,
      "padding.pad_id"
    ),
    (#""decoder": {"type": "Strip", "content": "x", "start": -1, "stop": 0}"#, "decoder.start"),
    (#""added_tokens": [{"id": 9, "content": "x"}]"#, "added_tokens[0].lstrip"),
    (#""version": "2.0""#, "version"),
    (#""speed": 3"#, "speed"),
    (#""version": null"#, "version"), (#""added_tokens": null"#, "added_tokens"), (#""decoder": []"#, "decoder"),
    (#""normalizer": 1"#, "normalizer"), (#""pre_tokenizer": "x""#, "pre_tokenizer"),
    (#""post_processor": true"#, "post_processor"),
  ]

  static let mistypedModels = [
    ("null", "model"), ("1", "model"), ("[]", "model"), ("\"x\"", "model"),
    (#"{"type": null, "vocab": {}}"#, "model.type"),
    (#"{"type": "WordLevel", "unk_token": "?", "vocab": {"a": null}}"#, "model"),
    (#"{"type": "WordLevel", "unk_token": "?", "vocab": {"a": "x"}}"#, "model"),
  ]

  @Test("A model of another type is refused by its name, and not for broken JSON", arguments: mistypedModels)
  func refusesMistypedModels(model: String, path: String) {
    let error = #expect(throws: TokenizerError.self) { try load("{\"model\": \(model)}") }
    #expect(error?.field == path)
    #expect(!(error?.description.contains("not valid JSON") ?? true))
  }

  @Test("Null is no component, as for the reference")
  func takesNull() throws {
    let fields = ["normalizer", "pre_tokenizer", "post_processor", "decoder", "truncation", "padding"]
    let nulls = fields.map { "\"\($0)\": null" }.joined(separator: ", ")
    #expect(try load("{\(Self.model), \(nulls)}") == load("{\(Self.model)}"))
  }

  @Test(arguments: refused) func refusesByName(fields: String, path: String) {
    let error = #expect(throws: TokenizerError.self) { try load("{\(Self.model), \(fields)}") }
    #expect(error?.field == path)
  }

  @Test("no model has hundreds of steps, or added tokens of megabytes")
  func refusesExcess() throws {
    func sequence(_ count: Int) -> String {
      let steps = [String](repeating: #"{"type": "Lowercase"}"#, count: count).joined(separator: ",")
      return #"{"type": "Sequence", "normalizers": [\#(steps)]}"#
    }
    _ = try load("{\(Self.model), \"normalizer\": \(sequence(256))}")
    let steps = #expect(throws: TokenizerError.self) {
      try load("{\(Self.model), \"normalizer\": \(sequence(257))}")
    }
    #expect(steps?.description == "normalizer: it has more than 256 steps")
    let flags = #""lstrip": false, "rstrip": false, "single_word": false, "normalized": false, "special": false"#
    let content = String(repeating: "a", count: 65_537)
    let long = #expect(throws: TokenizerError.self) {
      try load("{\(Self.model), \"added_tokens\": [{\"id\": 7, \"content\": \"\(content)\", \(flags)}]}")
    }
    #expect(long?.description == "added_tokens[0].content: an added token of 65537 bytes, more than 65536")
  }

  /// Members that belong to another component, as published files have them.
  static let passedOver = [
    #""post_processor": {"type": "TemplateProcessing", "add_prefix_space": true, "trim_offsets": false, "use_regex": true, "single": [], "pair": [], "special_tokens": {}}"#,
    #""normalizer": {"type": "Lowercase", "strip_accents": true}"#,
    #""decoder": {"type": "Fuse", "cleanup": true}"#,
    #""post_processor": {"type": "RobertaProcessing", "cls": ["a", 1], "sep": ["b", 2]}"#,
    #""post_processor": {"type": "RobertaProcessing", "cls": ["a", 1], "sep": ["b", 2], "trim_offsets": null, "add_prefix_space": null}"#,
  ]

  @Test("members of other components are passed over, as the reference does", arguments: passedOver)
  func passesOver(fields: String) throws { _ = try load("{\(Self.model), \(fields)}") }

  @Test("a token of tiktoken that is padding only takes its rank and no text")
  func emptyTokens() throws {
    let bytes = (0..<256).map { "\(Data([UInt8($0)]).base64EncodedString()) \($0)" }
    let lines = bytes + ["= 256", "YWI= 257", ""]
    let spec = TiktokenSpec(pattern: ".+", specialTokens: [TiktokenSpec.SpecialToken("<|end|>", id: nil)])
    let definition = try TiktokenFile.load(Array(lines.joined(separator: "\n").utf8), spec: spec)
    #expect(definition.addedTokens.map(\.id) == [258])
    #expect(try Tokenizer(definition).encode("ab") == [257])
  }

  @Test func truncationAndPaddingAreLeftOut() throws {
    let definition = try load(
      "{\(Self.model), " + #"""
        "truncation": {"max_length": 18446744073709551615, "strategy": "OnlyFirst", "stride": 0, "x": 1},
        "padding": {"strategy": "BatchLongest", "direction": "Left", "pad_id": 0, "pad_type_id": 0, "pad_token": "x"}}
        """#)
    #expect(definition == (try load("{\(Self.model)}")))
  }

  @Test func tokensThatTemplatesLackAreMissedWhereTheyAreNeeded() throws {
    let template = #"""
      "post_processor": {"type": "TemplateProcessing", "pair": [], "special_tokens": {},
      "single": [{"SpecialToken": {"id": "[X]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]}
      """#
    let tokenizer = try ReferenceTokenizer(try load("{\(Self.model), \(template)}"))
    #expect(try tokenizer.encode("a").map(\.id) == [1])
    #expect(throws: TokenizerError.missingTemplateToken(Array("[X]".utf8))) {
      try tokenizer.encode("a", addsSpecialTokens: true)
    }
  }

  static let refusedModels: [(model: String, path: String)] = [
    (#"{"type": "CNN", "vocab": {}}"#, "model.type"),
    (#"{"type": "BPE", "vocab": {"a": 0}}"#, "model.merges"),
    (#"{"type": "BPE", "vocab": {"a": 0}, "merges": {}}"#, "model"),
    (#"{"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}"#, "model.merges[0]"),
    (#"{"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a  b"]}"#, "model"),
    (#"{"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b", ["a", "b"]]}"#, "model"),
    (#"{"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.1}"#, "model.dropout"),
    (#"{"type": "BPE", "vocab": {"a": -1}, "merges": []}"#, "model"),
    (#"{"type": "BPE", "vocab": {"a": 4294967296}, "merges": []}"#, "model"),
    (#"{"type": "BPE", "vocab": {"a": 0}, "merges": [], "end_of_line": "x"}"#, "model.end_of_line"),
    (#"{"type": "Unigram", "vocab": [["a", -1.0]], "unk_id": 1}"#, "model.unk_id"),
    (#"{"type": "Unigram", "vocab": {"a": 0}}"#, "model.vocab"),
    (
      #"{"type": "WordPiece", "vocab": {"a": 0}, "unk_token": "a", "continuing_subword_prefix": "-"}"#,
      "model.max_input_chars_per_word"
    ),
    (#"{"vocab": {"a": 0}}"#, "model.type"),
  ]

  @Test(arguments: refusedModels) func refusesModels(model: String, path: String) {
    let error = #expect(throws: TokenizerError.self) { try load("{\"model\": \(model)}") }
    #expect(error?.field == path)
  }

  @Test func guessesModelsWithoutType() throws {
    guard
      case .bpe = try load(#"{"model": {"vocab": {"a": 0}, "merges": []}}"#).model,
      case .unigram = try load(#"{"model": {"vocab": [["a", -1]]}}"#).model,
      case .wordLevel = try load(#"{"model": {"vocab": {"a": 0}, "unk_token": "a"}}"#).model,
      case .wordPiece = try load(
        #"{"model": {"vocab": {"a": 0}, "unk_token": "a", "continuing_subword_prefix": "", "max_input_chars_per_word": 9}}"#
      ).model
    else {
      Issue.record("a kind is not guessed")
      return
    }
  }

  @Test func addedTokensTakeTheNumbersOfTheVocabulary() throws {
    func token(_ id: Int, _ content: String) -> String {
      #"{"id": \#(id), "content": "\#(content)", "lstrip": false, "rstrip": false, "single_word": false, "normalized": false, "special": false}"#
    }
    let tokens = [token(70, "b"), token(80, "x"), token(3, "y"), token(90, "x")].joined(separator: ",")
    let definition = try load("{\(Self.model), \"added_tokens\": [\(tokens)]}")
    #expect(definition.addedTokens.map(\.id) == [2, 3, 4])
  }

  /// Numbers and texts of the reference where the numbers of a vocabulary have gaps and an added token takes one of them.
  static let displaced: [(tokens: [(content: String, normalized: Bool)], text: String)] = [
    // Normalization leaves "b" as it is, so that the later token's content is decoded.
    ([("b", true), ("NEW", false)], "NEW"),
    // That of "B" is kept beside the later token, whether that is normalized or not.
    ([("B", true), ("b", false)], "b"),
    ([("NEW", true), ("b", false)], "new"),
    ([("NEW", true), ("b", true)], "new"),
    // The same content twice keeps its number, and what normalization made of it.
    ([("NEW", true), ("NEW", false)], "new"),
    ([("NEW", false), ("b", false), ("NEW", false)], "NEW"),
  ]

  @Test("of two added tokens with one number the later is kept", arguments: displaced)
  func displacedTokens(tokens: [(content: String, normalized: Bool)], text: String) throws {
    let added = tokens.map {
      #"{"id": 9, "content": "\#($0.content)", "lstrip": false, "rstrip": false, "single_word": false, "normalized": \#($0.normalized), "special": false}"#
    }
    let model = #"{"type": "WordLevel", "unk_token": "a", "vocab": {"a": 0, "b": 2}}"#
    let definition = try load(
      #"{"normalizer": {"type": "Lowercase"}, "model": \#(model), "added_tokens": [\#(added.joined(separator: ","))]}"#)
    #expect(try ReferenceTokenizer(definition).decode([2]) == Array(text.utf8))
  }

  static let scores: [(text: String, value: Double)] = [
    ("-5.2", -5.2), ("0.1", 0.1), ("-10.367341041564941", -Double(10_367_341_041_564_941 as UInt64) / 1e15),
    ("1e3", 1000),
    ("-0", -0.0), ("18446744073709551615", Double(UInt64.max)),
    ("3.40282346638528859811704183484516925440e+38", Double(3_402_823_466_385_288_598 as UInt64) * 1e20),
  ]

  @Test(arguments: scores) func scoresAreReadAsTheReferenceReadsThem(text: String, value: Double) {
    #expect(ReferenceNumber.value(of: text) == value)
  }

  @Test func numbersBeyondTheLargestAreNone() {
    #expect(ReferenceNumber.value(of: "1e309") == nil)
    #expect(ReferenceNumber.value(of: "1e-400") == 0)
    #expect(ReferenceNumber.value(of: "1e99999999999999999999") == nil)
  }

  @Test(arguments: [
    (#"\s++$|a"#, #"\s++\z|a"#), (#"\p{N}{1,3}+| ?x"#, #"(?>\p{N}{1,3})| ?x"#),
    (#"[^\r\n&&[a]]{2}+^\pL"#, #"(?>[^\r\n&&[a]]{2})\A\p{L}"#),
    (#"(?:a|b){2,}+c"#, #"(?>(?:a|b){2,})c"#),
  ]) func patternsOfRustAreRewritten(pattern: String, expected: String) throws {
    let rewritten = try TiktokenPattern.rewritten(Array(pattern.utf8), path: "")
    #expect(String(decoding: rewritten, as: UTF8.self) == expected)
  }
}

extension TokenizerError {
  /// The path of the field that a definition is refused for; nil for other errors.
  var field: String? {
    guard case .definition(let field, _) = self else { return nil }
    return field
  }
}
