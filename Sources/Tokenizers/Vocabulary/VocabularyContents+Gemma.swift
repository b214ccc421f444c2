extension VocabularyContents {
  /// Reads a SentencePiece `.model` file as Gemma 2's `tokenizer.json` on the Hugging Face hub lists it.
  ///
  /// The order of merges follows the converter: by score, then by the lengths of the left and the right part in
  /// characters, all descending, and otherwise by the ids of the token and its parts.
  static func gemma(_ bytes: [UInt8], path: String) throws(TokenizerError) -> VocabularyContents {
    let pieces: [SentencePieceModel.Piece]
    do { pieces = try SentencePieceModel.pieces(in: bytes) } catch {
      throw .damaged(path: path, reason: "\(error)")
    }
    guard pieces.count > 3, pieces.count < maximumTokenCount else {
      throw .damaged(path: path, reason: "it holds \(pieces.count) pieces")
    }
    var tokens = ByteStrings()
    for piece in pieces { tokens.append(piece.bytes == Array("<0x09>".utf8) ? [0x09] : spaced(piece.bytes)) }
    let (fallback, overrides) = try fallbackTokens(of: pieces, path: path)
    return VocabularyContents(
      tokens: tokens, decodedOverrides: overrides, merges: orderedMerges(tokens: tokens, pieces: pieces),
      addedTokens: pieces.enumerated().filter { [.unknown, .control, .userDefined].contains($0.element.kind) }.map {
        AddedToken(id: TokenID($0.offset), content: $0.element.bytes)
      },
      alphabet: .characters(fallback: fallback), acceptsWholeTokens: false,
      beginningToken: pieces.firstIndex { $0.bytes == Array("<bos>".utf8) }.map { TokenID($0) })
  }

  /// A piece with a space for every U+2581.
  private static func spaced(_ piece: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var position = 0
    while position < piece.count {
      if piece[position...].starts(with: GemmaText.spaceMark) {
        bytes.append(UInt8(ascii: " "))
        position += GemmaText.spaceMark.count
      } else {
        bytes.append(piece[position])
        position += 1
      }
    }
    return bytes
  }

  private static func orderedMerges(tokens: ByteStrings, pieces: [SentencePieceModel.Piece]) -> [Merge] {
    struct Key {
      let score: Float
      let leftLength: Int
      let rightLength: Int
      let position: Int
    }
    let unordered = splits(of: tokens, at: { $0 & 0xC0 != 0x80 })
    let lengths = (0..<tokens.count).map { tokens[$0].count { $0 & 0xC0 != 0x80 } }
    var keys = unordered.enumerated().map { position, merge in
      Key(
        score: merge.result < 3 ? 0 : pieces[Int(merge.result)].score,
        leftLength: lengths[Int(merge.left)], rightLength: lengths[Int(merge.right)], position: position)
    }
    keys.sort {
      ($1.score, $1.leftLength, $1.rightLength, $0.position) < ($0.score, $0.leftLength, $0.rightLength, $1.position)
    }
    return keys.map { unordered[$0.position] }
  }

  /// The tokens of single bytes, and what they and the piece renamed to a tab decode to.
  private static func fallbackTokens(of pieces: [SentencePieceModel.Piece], path: String) throws(TokenizerError)
    -> ([TokenID], [(id: TokenID, bytes: [UInt8])])
  {
    var fallback = [TokenID](repeating: -1, count: 256)
    var overrides: [(id: TokenID, bytes: [UInt8])] = []
    for (id, piece) in pieces.enumerated() where piece.kind == .byte {
      guard let byte = byteValue(of: piece.bytes) else { continue }
      fallback[Int(byte)] = TokenID(id)
      overrides.append((TokenID(id), [byte]))
    }
    guard !fallback.contains(-1) else { throw .damaged(path: path, reason: "it lacks a piece for some byte") }
    return (fallback, overrides)
  }

  /// The byte that a piece like `<0x0A>` names.
  private static func byteValue(of piece: [UInt8]) -> UInt8? {
    guard piece.count == 6, piece.starts(with: "<0x".utf8), piece[5] == UInt8(ascii: ">") else { return nil }
    return UInt8(String(decoding: piece[3..<5], as: UTF8.self), radix: 16)
  }
}
