import Foundation
import Support
import TestSupport
import Testing

@testable import Tokenizers

/// Models of whole words and of single characters give what libsentencepiece gives.
@Suite("SentencePiece models of words and characters")
struct WordAndCharacterTests {
  /// A model, described by what changes from one to another.
  struct Variant: CustomTestStringConvertible {
    /// The number of the type in `sentencepiece_model.proto`.
    let type: UInt8
    let byteFallback: Bool
    let addsDummyPrefix: Bool

    var testDescription: String { "type \(type), byte fallback \(byteFallback), prefix \(addsDummyPrefix)" }
  }

  static let variants = [3, 4].flatMap { type in
    [false, true].flatMap { fallback in
      [false, true].map { Variant(type: type, byteFallback: fallback, addsDummyPrefix: $0) }
    }
  }

  private static let words = ["▁", "a", "b", "é", "▁the", "the", "▁ab", "▁世界", "世", "▁▁", "ab", "x"]

  /// A serialized `ModelProto`.
  private static func model(_ variant: Variant) -> [UInt8] {
    var pieces: [(text: String, kind: UInt8)] = [("<unk>", 2), ("<s>", 3), ("<br>", 4), ("▁user", 4)]
    pieces += words.map { ($0, 1) }
    if variant.byteFallback {
      let digits = Array("0123456789ABCDEF")
      pieces += (0..<256).map { ("<0x\(digits[$0 >> 4])\(digits[$0 & 15])>", 6) }
    }
    var model: [UInt8] = []
    for piece in pieces {
      let text = Array(piece.text.utf8)
      let message = [0x0A, UInt8(text.count)] + text + [0x15, 0, 0, 0, 0, 0x18, piece.kind]
      model += [0x0A, UInt8(message.count)] + message
    }
    // trainer_spec: model_type is its field 3, byte_fallback its field 35; normalizer_spec: name and add_dummy_prefix.
    model += [0x12, 5, 0x18, variant.type, 0x98, 0x02, variant.byteFallback ? 1 : 0]
    return model + [0x1A, 12, 0x0A, 8] + Array("identity".utf8) + [0x18, variant.addsDummyPrefix ? 1 : 0]
  }

  @Test("Ids are those of the library, and counted as many", arguments: variants)
  func agrees(variant: Variant) throws {
    let contents = Self.model(variant)
    let library = try SentencePieceModel(contents)
    var definition = try SentencePieceFile.load(contents)
    // The library takes control pieces in a text for text.
    definition.addedTokens = []
    let tokenizer = try Tokenizer(definition)
    var counter = tokenizer.makeCounter()
    var random = SplitMix(state: 11)
    let parts =
      Self.words.map { $0.replacingOccurrences(of: "▁", with: " ") } + [
        "<br>", " user", "user", "<s>", "</s>", "  ", "ö", "界", "👍", "z", "\n", "▁",
      ]
    var compared = 0
    for round in 0..<400 {
      let text = (0..<round % 12).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
      // The library fails where a word is a control piece: no text may have been made of that.
      guard let expected = try? library.encode(Array(text.utf8).span.bytes) else { continue }
      compared += 1
      #expect(try tokenizer.encode(Array(text.utf8).span.bytes) == expected, "\(text.debugDescription)")
      #expect(counter.count(Array(text.utf8).span.bytes) == expected.count, "\(text.debugDescription)")
    }
    #expect(compared > 300)
  }

  @Test("Neighbors that are unknown are one token, unless bytes stand for them")
  func unknown() throws {
    let plain = try Tokenizer(
      SentencePieceFile.load(Self.model(Variant(type: 4, byteFallback: false, addsDummyPrefix: false))))
    #expect(try plain.encode(Array("aqqqb".utf8).span.bytes).count == 3)
    let bytes = try Tokenizer(
      SentencePieceFile.load(Self.model(Variant(type: 4, byteFallback: true, addsDummyPrefix: false))))
    #expect(try bytes.encode(Array("aqqqb".utf8).span.bytes).count == 5)
  }
}
