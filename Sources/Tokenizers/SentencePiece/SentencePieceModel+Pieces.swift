extension SentencePieceModel {
  /// One entry of a model's vocabulary.
  public struct Piece: Sendable, Equatable {
    /// What a piece stands for; the raw values are those of `sentencepiece_model.proto`.
    public enum Kind: UInt8, Sendable {
      /// A piece that text is encoded to.
      case normal = 1
      /// The piece for what no other piece covers.
      case unknown = 2
      /// A marker that never comes from text, such as the beginning of a text.
      case control = 3
      /// A piece matched as a whole before all others.
      case userDefined = 4
      /// A piece that is never used.
      case unused = 5
      /// The fallback for one byte, written like `<0x0A>`.
      case byte = 6
    }

    /// The text of the piece: UTF-8 in which U+2581 stands for a space.
    public var bytes: [UInt8]

    /// The score; merges of pieces with higher scores come first.
    public var score: Float

    /// What the piece stands for.
    public var kind: Kind

    /// Makes a piece.
    public init(bytes: [UInt8], score: Float, kind: Kind) {
      self.bytes = bytes
      self.score = score
      self.kind = kind
    }
  }

  /// Reads the pieces out of a serialised `ModelProto`, whose field 1 they are.
  static func pieces(in contents: [UInt8]) throws(SentencePieceError) -> [Piece] {
    var pieces: [Piece] = []
    var reader = ProtocolBufferReader(contents[...])
    while let field = try reader.nextField() {
      if field.number == 1, case .bytes(let bytes) = field.value {
        pieces.append(try piece(bytes))
      }
    }
    return pieces
  }

  /// Reads a `SentencePiece` message: text, score and kind are its fields 1, 2 and 3.
  private static func piece(_ bytes: ArraySlice<UInt8>) throws(SentencePieceError) -> Piece {
    var piece = Piece(bytes: [], score: 0, kind: .normal)
    var reader = ProtocolBufferReader(bytes)
    while let field = try reader.nextField() {
      switch (field.number, field.value) {
      case (1, .bytes(let text)): piece.bytes = Array(text)
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .varint(let value)):
        guard let kind = UInt8(exactly: value).flatMap(Piece.Kind.init) else { throw .malformed(offset: field.offset) }
        piece.kind = kind
      default: break
      }
    }
    return piece
  }
}
