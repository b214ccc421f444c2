/// Counts the tokens of pieces without their numbers and sources, as the reference code counts them.
///
/// What a piece goes through after it was cut is known: nothing, or its bytes become characters. Where a rule of the
/// reference is needed that has no short way here, there is no answer, and the reference code counts.
struct PieceModel: Sendable {
  private enum Way: Sendable {
    case pairs(MergedPairs)
    case unigram(ReferenceUnigram)
    case wordPiece(ReferenceWordPiece)
    case sentencePiece(ReferenceSentencePiece)
    /// The word itself or the unknown token.
    case wordLevel
  }

  /// Memory that is used again and again.
  struct Room: ~Copyable {
    fileprivate var paths = ReferenceUnigram.Paths()
    fileprivate var pairs = MergedPairs.Room()

    init() {}
  }

  private let way: Way

  /// Prepares the model of a tokenizer; nil where only the reference code counts.
  ///
  /// - Parameter writesBytes: Whether bytes become characters of the byte-level alphabet first.
  init?(_ model: ModelDefinition, _ reference: ReferenceModel, writesBytes: Bool) {
    switch model {
    case .bpe(let model):
      let symbols: MergedPairs.Symbols = model.mergesBytes ? .bytes : writesBytes ? .writtenBytes : .characters
      guard !(model.mergesBytes && writesBytes), let pairs = MergedPairs(model, reference, symbols) else { return nil }
      way = .pairs(pairs)
    case .unigram where !writesBytes:
      guard let model = reference.unigram else { return nil }
      way = .unigram(model)
    case .wordPiece where !writesBytes:
      guard let model = reference.wordPiece else { return nil }
      way = .wordPiece(model)
    case .sentencePiece where !writesBytes:
      guard let model = reference.sentencePiece else { return nil }
      way = .sentencePiece(model)
    case .wordLevel(let model) where !writesBytes && reference.lookup.id(of: model.unknownToken) != nil:
      way = .wordLevel
    default: return nil
    }
  }

  /// The number of tokens of a piece of valid UTF-8 that is not empty; nil where only the reference code knows.
  ///
  /// - Throws: `TokenizerError` if the piece has no tokens by the definition.
  @inline(__always)
  func count(_ piece: UnsafeBufferPointer<UInt8>, _ room: inout Room) throws(TokenizerError) -> Int? {
    switch way {
    case .pairs(let pairs): pairs.count(piece, &room.pairs)
    case .unigram(let model): try model.count(piece, &room.paths)
    case .wordPiece(let model): try model.count(piece)
    case .sentencePiece(let model): model.count(Array(piece))
    case .wordLevel: 1
    }
  }
}
