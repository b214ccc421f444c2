import ModelHub
import Support
import TestSupport
import Testing

@testable import Tokenizers

@Suite("SentencePiece models")
struct SentencePieceModelTests {
  /// A `ModelProto` of a few pieces, written field by field.
  private static func model(_ pieces: [SentencePieceModel.Piece]) -> [UInt8] {
    var model: [UInt8] = []
    for piece in pieces {
      var message: [UInt8] = [0x0A, UInt8(piece.bytes.count)] + piece.bytes + [0x15]
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        message.append(UInt8(truncatingIfNeeded: piece.score.bitPattern >> shift))
      }
      message += [0x18, piece.kind.rawValue]
      model += [0x0A, UInt8(message.count)] + message
    }
    // trainer_spec { model_type: BPE }, normalizer_spec { name: "identity" add_dummy_prefix: false }
    model += [0x12, 2, 0x18, 2]
    model += [0x1A, 12, 0x0A, 8] + Array("identity".utf8) + [0x18, 0]
    return model
  }

  private static func piece(_ text: String, _ score: Float, _ kind: SentencePieceModel.Piece.Kind = .normal)
    -> SentencePieceModel.Piece
  {
    SentencePieceModel.Piece(bytes: Array(text.utf8), score: score, kind: kind)
  }

  private static let pieces = [
    piece("<unk>", 0, .unknown), piece("<s>", 0, .control), piece("</s>", 0, .control), piece("<br>", 0, .userDefined),
    piece("ab", -0.5), piece("abc", -1), piece("a", -2), piece("b", -3), piece("c", -4), piece("zz", -9, .unused),
  ]

  @Test("Pieces come back in order with text, score and kind, and text is encoded with them")
  func loads() throws {
    let contents = Self.model(Self.pieces)
    let model = try SentencePieceModel(contents)
    #expect(model.pieceCount == Self.pieces.count)
    #expect(try model.pieces() == Self.pieces)
    #expect(try model.encode(Array("abcb<br>a".utf8).span.bytes) == [5, 7, 3, 6])
    #expect(try model.encode(Array("".utf8).span.bytes) == [])
  }

  @Test("What the library rejects and what is cut off are errors, whatever the cut")
  func damaged() {
    let contents = Self.model(Self.pieces)
    #expect(throws: TokenizerError.self) { _ = try SentencePieceModel([]) }
    #expect(throws: TokenizerError.self) { _ = try SentencePieceModel(Array("no model at all".utf8)) }
    #expect(throws: TokenizerError.self) { _ = try SentencePieceModel(path: "/nonexistent/model") }
    for length in 0..<contents.count {
      // No cut may trap; where the reader stops without an error it has read whole pieces only.
      if let pieces = try? SentencePieceModel.pieces(in: Array(contents.prefix(length))) {
        #expect(pieces.elementsEqual(Self.pieces.prefix(pieces.count)))
      }
    }
  }

  @Test("Lengths beyond the file are errors, not traps")
  func hugeLengths() {
    let huge: [UInt8] = [0x0A] + Array(repeating: 0xFF, count: 9) + [0x01]
    #expect(throws: TokenizerError.malformed(offset: 11)) { _ = try SentencePieceModel.pieces(in: huge) }
    let endless = Array(repeating: UInt8(0xFF), count: 64)
    #expect(throws: TokenizerError.self) { _ = try SentencePieceModel.pieces(in: endless) }
    #expect(throws: TokenizerError.self) { _ = try SentencePieceModel.pieces(in: [0x0B, 0x01]) }
  }

  @Test("All of Gemma's pieces, read from the file, agree with what libsentencepiece has loaded")
  func gemma() throws {
    guard let file = try TestVocabularies.location(.gemma2, suite: "pieces of Gemma's model") else { return }
    let model = try SentencePieceModel(path: file.path)
    let pieces = try model.pieces()
    #expect(model.pieceCount == 256_000)
    #expect(pieces.count == 256_000)
    var different = 0
    for (id, piece) in pieces.enumerated() {
      var known = model.libraryPiece(TokenID(id))
      // The library does not tell user-defined pieces from normal ones.
      if piece.kind == .userDefined, known?.kind == .normal {
        known?.kind = .userDefined
      }
      different += known == piece ? 0 : 1
    }
    #expect(different == 0)
    #expect(pieces.count { $0.kind == .normal } == 255_495)
    #expect(pieces.count { [.unknown, .control, .userDefined].contains($0.kind) } == 249)
  }
}
