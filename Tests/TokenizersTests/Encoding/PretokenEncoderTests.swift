import ModelHub
import TestSupport
import Testing

@testable import Tokenizers

/// Walking with the longest tokens gives what merging by definition gives.
@Suite struct PretokenEncoderTests {
  private static func tokens(
    _ encoder: inout PretokenEncoder, _ unit: [UInt8], byMerging: Bool
  ) -> [UInt32] {
    unit.withUnsafeBufferPointer { unit in
      guard let base = unit.baseAddress else { return [] }
      if byMerging { encoder.encodeByMerging(base, unit.count) } else { _ = encoder.encode(base, count: unit.count) }
      return Array(encoder.tokens)
    }
  }

  /// Expects the same tokens both ways, and tells whether they are.
  private static func expectSame(
    _ encoder: inout PretokenEncoder, _ unit: [UInt8], _ family: TokenizerKind, _ what: @autoclosure () -> String,
    at location: SourceLocation = #_sourceLocation
  ) -> Bool {
    let merged = tokens(&encoder, unit, byMerging: true)
    let walked = tokens(&encoder, unit, byMerging: false)
    // A whole pre-token that is a token needs no merges in Llama's vocabulary.
    if family == .llama3, walked.count == 1 { return true }
    #expect(walked == merged, "\(what())", sourceLocation: location)
    return walked == merged
  }

  @Test("Random units give the same tokens both ways", arguments: ModelRegistry.tokenizers)
  func equalsMerging(_ family: TokenizerKind) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(family, suite: "PretokenEncoderTests") else { return }
    let model = try #require(tokenizer.tables)
    var encoder = PretokenEncoder(model)
    var texts = RandomText(seed: 6)
    for round in 0..<4000 {
      let unit = texts.next(pieces: 1 + round % 24)
      let same = Self.expectSame(&encoder, unit, family, "\(String(decoding: unit, as: UTF8.self).debugDescription)")
      guard same else { return }
    }
  }

  @Test("Concatenated tokens of the vocabulary give the same tokens both ways", arguments: ModelRegistry.tokenizers)
  func concatenatedTokens(_ family: TokenizerKind) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(family, suite: "PretokenEncoderTests") else { return }
    let model = try #require(tokenizer.tables)
    var encoder = PretokenEncoder(model)
    var random = SplitMix(state: 7)
    for _ in 0..<20_000 {
      var unit: [UInt8] = []
      for _ in 0..<Int.random(in: 2...5, using: &random) {
        let token = TokenID.random(in: 0..<TokenID(model.tokenCount), using: &random)
        unit += model.decodedBytes(of: token) ?? []
      }
      // Characters are whole in Gemma's texts.
      if model.mergesCharacters { unit = Array(String(decoding: unit, as: UTF8.self).utf8) }
      let same = Self.expectSame(&encoder, unit, family, "\(String(decoding: unit, as: UTF8.self).debugDescription)")
      guard same else { return }
    }
  }

  @Test("Runs of one character give the same tokens both ways", arguments: ModelRegistry.tokenizers)
  func runs(_ family: TokenizerKind) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(family, suite: "PretokenEncoderTests") else { return }
    let model = try #require(tokenizer.tables)
    var encoder = PretokenEncoder(model)
    for unit in ["a", "-", "=", "_", ".:", "中", "\u{301}", "!", "ha", "*", "0"] {
      for count in Array(1...140) + [1000, 4097] {
        let text = Array(String(repeating: unit, count: count).utf8)
        let same = Self.expectSame(&encoder, text, family, "\(count) of \(unit)")
        guard same else { return }
      }
    }
  }

  @Test("Rulers between others and white space give the same tokens both ways", arguments: ModelRegistry.tokenizers)
  func rulers(_ family: TokenizerKind) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(family, suite: "PretokenEncoderTests") else { return }
    let model = try #require(tokenizer.tables)
    var encoder = PretokenEncoder(model)
    var random = SplitMix(state: 12)
    let pieces = ["-", "=", "#", "/", "*", " ", "\t", "\n", "+", "|", "a", "0", "\u{2550}"]
    for round in 0..<2000 {
      var text = ""
      for _ in 0...round % 9 {
        let piece = pieces.randomElement(using: &random) ?? "-"
        text += String(repeating: piece, count: Int.random(in: 1...(round % 3 == 0 ? 2 : 300), using: &random))
      }
      let same = Self.expectSame(&encoder, Array(text.utf8), family, "\(text.debugDescription)")
      guard same else { return }
    }
  }
}
