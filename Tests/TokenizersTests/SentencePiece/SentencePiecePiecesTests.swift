import Testing

@testable import Tokenizers

/// Which pieces a `.model` file may have; expected is what sentencepiece 0.2.3 does.
@Suite struct SentencePiecePiecesTests {
  private typealias Piece = (text: String, kind: UInt8)

  private static let normal: [Piece] = ["▁", "a", "b", "ab", "▁a", "c"].map { ($0, 1) }

  private static let bytes: [Piece] = {
    let digits = Array("0123456789ABCDEF")
    return (0..<256).map { ("<0x\(digits[$0 >> 4])\(digits[$0 & 15])>", 6) }
  }()

  /// A serialized `ModelProto` whose scores fall from piece to piece, or are one value.
  private static func model(_ pieces: [Piece], type: UInt8, byteFallback: Bool = false, score: Float? = nil) -> [UInt8]
  {
    var model: [UInt8] = []
    for (index, piece) in pieces.enumerated() {
      let text = Array(piece.text.utf8)
      let bits = (score ?? -Float(index)).bitPattern
      let value = (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
      let message = [0x0A, UInt8(text.count)] + text + [0x15] + value + [0x18, piece.kind]
      model += [0x0A, UInt8(message.count)] + message
    }
    model += [0x12, 5, 0x18, type, 0x98, 0x02, byteFallback ? 1 : 0]
    return model + [0x1A, 12, 0x0A, 8] + Array("identity".utf8) + [0x18, 1]
  }

  private static func encode(_ text: String, _ model: [UInt8]) throws -> [TokenID] {
    var definition = try SentencePieceFile.load(model)
    definition.addedTokens = []
    return try Tokenizer(definition).encode(text)
  }

  @Test("Bytes stand for what is unknown where there is no unknown piece", arguments: [1, 2, 4] as [UInt8])
  func noUnknownPiece(type: UInt8) throws {
    // "a" is a piece, "é" and "z" are none; byte 0x7A is that of "z".
    let model = Self.model(Self.bytes + Self.normal, type: type, byteFallback: true)
    #expect(try Self.encode("zé", model).suffix(3) == [0x7A, 0xC3, 0xA9])
    #expect(try Self.encode("b", model).last == 258)
    #expect(throws: TokenizerError.self) { try SentencePieceFile.load(Self.model(Self.normal, type: type)) }
  }

  @Test("A marker can have the text of a piece in a Unigram model only")
  func sameText() throws {
    let pieces = [("<unk>", 2), ("a", 3)] + Self.normal
    #expect(try Self.encode("a", Self.model(pieces, type: 1)).allSatisfy { $0 != 1 && $0 != 0 })
    #expect(throws: TokenizerError.self) { try SentencePieceFile.load(Self.model(pieces, type: 2)) }
    for type in 1...4 as ClosedRange<UInt8> {
      for twice in [("<s>", 3), ("q", 1)] as [Piece] {
        #expect(throws: TokenizerError.self) {
          try SentencePieceFile.load(Self.model([("<unk>", 2), twice, twice] + Self.normal, type: type))
        }
      }
    }
  }

  @Test("Models without pieces of text, with scores that are no numbers and with odd names of bytes are refused")
  func refusals() {
    let unknown: [Piece] = [("<unk>", 2)]
    var odd = Self.bytes
    odd[255].text = "<0xff>"
    for model in [
      Self.model(unknown, type: 1), Self.model(unknown + Self.normal, type: 1, score: .nan),
      Self.model(unknown + Self.normal, type: 1, score: .infinity),
      Self.model(unknown + odd + Self.normal, type: 1, byteFallback: true),
    ] {
      #expect(throws: TokenizerError.self) { try SentencePieceFile.load(model) }
    }
  }
}
