import CSentencePiece
import Support

/// A SentencePiece model as libsentencepiece loads it.
///
/// It verifies `.model` files, and its encoding is the oracle that Gemma's tokenizer is tested against.
public struct SentencePieceModel: ~Copyable {
  private let handle: OpaquePointer

  /// The serialised model.
  private let contents: [UInt8]

  /// Loads a `.model` file.
  public init(path: String) throws(SentencePieceError) {
    let contents: [UInt8]
    do throws(FileError) { contents = try Files.read(path) } catch { throw .unreadable(error) }
    try self.init(contents)
  }

  /// Loads a serialised model.
  public init(_ contents: [UInt8]) throws(SentencePieceError) {
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
  /// Not the reference for literal `<bos>`, `<eos>`, `<pad>`, `<unk>` and U+2581 in the text: SentencePiece spells
  /// them out or takes them for spaces, Hugging Face matches them as tokens.
  public func encode(_ text: RawSpan) throws(SentencePieceError) -> [TokenID] {
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

  /// All pieces in the order of their ids, from the file itself: the library does not tell user-defined pieces.
  ///
  /// - Complexity: O(size of the model).
  public func pieces() throws(SentencePieceError) -> [Piece] {
    try Self.pieces(in: contents)
  }

  /// The pieces of a `.model` file that libsentencepiece accepts.
  public static func pieces(path: String) throws(SentencePieceError) -> [Piece] {
    try SentencePieceModel(path: path).pieces()
  }

  /// A piece as libsentencepiece knows it, with the kinds that it tells apart; nil where there is none.
  func libraryPiece(_ id: TokenID) -> Piece? {
    var found = csp_piece()
    guard csp_model_piece(handle, id, &found) else { return nil }
    let kind: Piece.Kind =
      found.is_unknown
      ? .unknown : found.is_control ? .control : found.is_unused ? .unused : found.is_byte ? .byte : .normal
    let bytes = UnsafeRawBufferPointer(start: found.bytes, count: found.count)
    return Piece(bytes: Array(bytes), score: found.score, kind: kind)
  }

  /// Takes over a message of the shim.
  private static func take(_ reason: UnsafeMutablePointer<CChar>?) -> String {
    guard let reason else { return "out of memory" }
    defer { csp_string_free(reason) }
    return String(cString: reason)
  }
}
