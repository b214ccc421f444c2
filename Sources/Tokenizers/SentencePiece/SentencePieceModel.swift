import CSentencePiece
import Support

/// A SentencePiece model as libsentencepiece loads it.
///
/// It verifies `.model` files, and its encoding is the oracle that tokenizers of such files are tested against.
public struct SentencePieceModel: ~Copyable {
  private let handle: OpaquePointer

  /// The serialized model.
  private let contents: [UInt8]

  /// Loads a `.model` file.
  public init(path: String) throws(TokenizerError) {
    let contents: [UInt8]
    do throws(FileError) { contents = try Files.read(path) } catch { throw .unreadable(error) }
    try self.init(contents)
  }

  /// Loads a serialized model.
  public init(_ contents: [UInt8]) throws(TokenizerError) {
    var reason: UnsafeMutablePointer<CChar>?
    let loaded = contents.withUnsafeBytes { csp_model_load($0.baseAddress, $0.count, &reason) }
    guard let loaded else { throw .rejected(reason: Self.take(reason)) }
    handle = loaded
    self.contents = contents
  }

  deinit {
    csp_model_free(handle)
  }

  /// The number of pieces.
  public var pieceCount: Int {
    Int(csp_model_piece_count(handle))
  }

  /// The ids of a text, without markers for its beginning and end.
  ///
  /// It is not the reference for literal `<bos>`, `<eos>`, `<pad>`, `<unk>` and U+2581 in the text: SentencePiece
  /// spells them out or takes them for spaces, Hugging Face matches them as tokens.
  public func encode(_ text: RawSpan) throws(TokenizerError) -> [TokenID] {
    var ids: UnsafeMutablePointer<Int32>?
    var count = 0
    var reason: UnsafeMutablePointer<CChar>?
    let isEncoded = text.withUnsafeBytes {
      csp_model_encode(handle, $0.baseAddress, $0.count, &ids, &count, &reason)
    }
    guard isEncoded else { throw .notEncoded(reason: Self.take(reason)) }
    defer { csp_ids_free(ids) }
    return Array(UnsafeBufferPointer(start: ids, count: count))
  }

  /// All pieces in the order of their ids, from the file itself: the library does not say user-defined pieces.
  ///
  /// - Complexity: O(size of the model).
  public func pieces() throws(TokenizerError) -> [Piece] {
    try Self.pieces(in: contents)
  }

  /// The pieces of a `.model` file that libsentencepiece accepts.
  public static func pieces(path: String) throws(TokenizerError) -> [Piece] {
    try SentencePieceModel(path: path).pieces()
  }

  /// A piece as libsentencepiece knows it, with the kinds that it distinguishes; nil if there is none.
  func libraryPiece(_ id: TokenID) -> Piece? {
    var found = csp_piece()
    guard csp_model_piece(handle, id, &found) else { return nil }
    let kind: Piece.Kind =
      found.is_unknown
      ? .unknown : found.is_control ? .control : found.is_unused ? .unused : found.is_byte ? .byte : .normal
    let bytes = UnsafeRawBufferPointer(start: found.bytes, count: found.count)
    return Piece(bytes: Array(bytes), score: found.score, kind: kind)
  }

  /// Takes ownership of a message of the shim.
  private static func take(_ reason: UnsafeMutablePointer<CChar>?) -> String {
    guard let reason else { return "out of memory" }
    defer { csp_string_free(reason) }
    return String(cString: reason)
  }
}

extension SentencePieceModel {
  /// One entry of a model's vocabulary.
  public struct Piece: Sendable, Equatable {
    /// The kind of a piece; the raw values are those of `sentencepiece_model.proto`.
    public enum Kind: UInt8, Sendable {
      /// A piece of ordinary text.
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

    /// The text of the piece: UTF-8 with U+2581 for a space.
    public var bytes: [UInt8]

    /// The score; merges of pieces with higher scores come first.
    public var score: Float

    /// The kind of the piece.
    public var kind: Kind

    /// Makes a piece.
    public init(bytes: [UInt8], score: Float, kind: Kind) {
      self.bytes = bytes
      self.score = score
      self.kind = kind
    }
  }

  /// Reads the pieces out of a serialized `ModelProto`, whose field 1 they are.
  static func pieces(in contents: [UInt8]) throws(TokenizerError) -> [Piece] {
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
  private static func piece(_ bytes: ArraySlice<UInt8>) throws(TokenizerError) -> Piece {
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
