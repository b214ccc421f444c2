/// Text of the pieces of a SentencePiece model, as sentencepiece 0.2.3 decodes ids.
struct SentencePieceDecoder: Sendable {
  private let model: SentencePieceDefinition
  private let options: SentencePieceDecoderOptions
  private let denormalizer: SentencePieceNormalizer?

  private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

  /// Prepares a decoder.
  ///
  /// - Throws: `TokenizerError` where the character map of the last step is damaged.
  init(_ model: SentencePieceDefinition, _ options: SentencePieceDecoderOptions) throws(TokenizerError) {
    self.model = model
    self.options = options
    denormalizer = try options.denormalizer.map { options throws(TokenizerError) in
      guard let normalizer = SentencePieceNormalizer(options) else {
        throw TokenizerError("denormalizer_spec.precompiled_charsmap", "the character map is damaged")
      }
      return normalizer
    }
  }

  /// The text of pieces; numbers without a piece stand for none.
  ///
  /// - Throws: `TokenizerError` where the last step makes the text longer than it may.
  func decode(_ ids: [TokenID]) throws(TokenizerError) -> [UInt8] {
    let text = joined(ids)
    guard let denormalizer else { return text }
    return try text.withUnsafeBufferPointer { bytes throws(TokenizerError) in
      try denormalizer.normalized(bytes, GrowthLimit("denormalizer_spec", of: bytes.count))
    }
  }

  private func joined(_ ids: [TokenID]) -> [UInt8] {
    var text: [UInt8] = []
    /// Bytes that the pieces before stand for, which may be a part of a character.
    var bytes: [UInt8] = []
    var hasLeftSpace = false
    for id in ids where model.kinds.indices.contains(Int(id)) {
      let piece = model.vocabulary.texts[Int(id)]
      if model.kinds[Int(id)] == .byte {
        if let byte = SpaceMark.byte(named: piece) { bytes.append(byte) }
        continue
      }
      Self.flush(&bytes, to: &text)
      let isStart = text.isEmpty && !hasLeftSpace
      hasLeftSpace = false
      switch model.kinds[Int(id)] {
      case .control: break
      case .unknown: text += options.unknownSurface
      default:
        let leavesSpace = isStart && options.removesFirstSpace && piece.starts(with: SpaceMark.bytes)
        text += SpaceMark.spaced(leavesSpace ? piece.dropFirst(SpaceMark.bytes.count) : piece)
        hasLeftSpace = leavesSpace && !options.removesAllFirstSpaces
      }
    }
    Self.flush(&bytes, to: &text)
    return text
  }

  /// Appends bytes that waited, with U+FFFD for each one that is no part of a character.
  private static func flush(_ bytes: inout [UInt8], to text: inout [UInt8]) {
    bytes.withUnsafeBufferPointer { bytes in
      var offset = 0
      while offset < bytes.count {
        let length = UTF8Repair.characterLength(in: bytes, at: offset)
        if length > 0 {
          text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[offset..<offset + length]))
        } else {
          text += replacement
        }
        offset += max(1, length)
      }
    }
    bytes.removeAll(keepingCapacity: true)
  }
}
