import Testing

@testable import Tokenizers

/// What tokenizers are called in statistics.
@Suite struct TokenizerClassTests {
  @Test(
    "Compiled tokenizers are named after what merges",
    arguments: [
      (SyntheticDefinition.Kind.byteLevel, "BPE, byte level"), (.bytes, "BPE, byte level"),
      (.characters, "BPE, byte fallback"), (.longRuns, "BPE, byte fallback"),
    ])
  func compiled(kind: SyntheticDefinition.Kind, name: String) throws {
    var definition = SyntheticDefinition(seed: 1, kind: kind).definition
    definition.normalizer = definition.normalizer == .nfc ? nil : definition.normalizer
    let tokenizer = try Tokenizer(definition)
    #expect(tokenizer.engine == .compiled && tokenizer.className == name)
  }

  @Test("Tokenizers that are followed step by step have the name of their model")
  func reference() throws {
    let json = #"""
      {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
       "pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,
       "model":{"type":"WordLevel","vocab":{"<unk>":0,"a":1},"unk_token":"<unk>"}}
      """#
    let definition = try VocabularyConverter.tokenizerJSON().definition(of: Array(json.utf8))
    #expect(try Tokenizer(definition).className == "WordLevel")
  }
}
