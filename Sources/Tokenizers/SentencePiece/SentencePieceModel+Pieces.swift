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

  /// What a serialised `ModelProto` says about itself.
  struct Description {
    /// The pieces in the order of their numbers, its fields 1.
    private(set) var pieces: [Piece] = []
    /// `model_type` of its `trainer_spec`: 1 for Unigram, 2 for BPE.
    private(set) var modelType: UInt64 = 1
    /// `byte_fallback` of its `trainer_spec`.
    private(set) var byteFallback = false
    /// `precompiled_charsmap` of its `normalizer_spec`.
    private(set) var replacements: [UInt8] = []
    /// `add_dummy_prefix` of its `normalizer_spec`.
    private(set) var addsPrefix = true
    /// `remove_extra_whitespaces` of its `normalizer_spec`.
    private(set) var removesSpaces = true
    /// `escape_whitespaces` of its `normalizer_spec`.
    private(set) var escapesSpaces = true

    init(_ contents: [UInt8]) throws(SentencePieceError) {
      var reader = ProtocolBufferReader(contents[...])
      while let field = try reader.nextField() {
        guard case .bytes(let bytes) = field.value else { continue }
        switch field.number {
        case 1: pieces.append(try SentencePieceModel.piece(bytes))
        case 2:
          var reader = ProtocolBufferReader(bytes)
          while let field = try reader.nextField() {
            switch (field.number, field.value) {
            case (3, .varint(let value)): modelType = value
            case (35, .varint(let value)): byteFallback = value != 0
            default: break
            }
          }
        case 3:
          var reader = ProtocolBufferReader(bytes)
          while let field = try reader.nextField() {
            switch (field.number, field.value) {
            case (2, .bytes(let bytes)): replacements = Array(bytes)
            case (3, .varint(let value)): addsPrefix = value != 0
            case (4, .varint(let value)): removesSpaces = value != 0
            case (5, .varint(let value)): escapesSpaces = value != 0
            default: break
            }
          }
        default: break
        }
      }
    }

    /// What a converter that only merges characters would not follow; nil where it follows all.
    var differenceFromConverter: String? {
      if modelType != 2 { return "trainer_spec.model_type is not BPE" }
      if !byteFallback { return "trainer_spec.byte_fallback is false" }
      if !replacements.isEmpty { return "normalizer_spec.precompiled_charsmap is not empty" }
      if addsPrefix { return "normalizer_spec.add_dummy_prefix is true" }
      if removesSpaces { return "normalizer_spec.remove_extra_whitespaces is true" }
      if !escapesSpaces { return "normalizer_spec.escape_whitespaces is false" }
      return nil
    }
  }

  /// Reads the pieces out of a serialised `ModelProto`, whose field 1 they are.
  static func pieces(in contents: [UInt8]) throws(SentencePieceError) -> [Piece] { try Description(contents).pieces }

  /// Reads a `SentencePiece` message: text, score and kind are its fields 1, 2 and 3.
  fileprivate static func piece(_ bytes: ArraySlice<UInt8>) throws(SentencePieceError) -> Piece {
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
