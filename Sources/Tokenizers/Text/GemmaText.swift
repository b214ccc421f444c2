/// How Gemma's vocabulary sees white space.
enum GemmaText {
  /// U+2581, which stands for a space in SentencePiece pieces, in UTF-8.
  static let spaceMark: [UInt8] = [0xE2, 0x96, 0x81]

  /// The longest run of spaces that is one token.
  static let longestSpaceRun = 31

  /// How a run of spaces is cut: tokens of 31 and one of the rest, but a single space that is left joins the next word.
  struct SpaceRun {
    /// The lengths of the tokens that the run becomes.
    let tokenLengths: [Int]
    /// Where the following word begins, its space included.
    let wordStart: Int

    /// Looks at the run that begins at `start`, which may be empty. Linear in its length.
    init(_ text: UnsafeBufferPointer<UInt8>, at start: Int) {
      var end = start
      while end < text.count, text[end] == UInt8(ascii: " ") { end += 1 }
      let (full, rest) = (end - start).quotientAndRemainder(dividingBy: longestSpaceRun)
      var lengths = [Int](repeating: longestSpaceRun, count: full)
      if rest > 1 { lengths.append(rest) }
      tokenLengths = lengths
      wordStart = rest == 1 ? end - 1 : end
    }
  }

  /// The end of the word that begins at `start`: the next space that is not its first character.
  static func wordEnd(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var end = min(start + 1, text.count)
    if start < text.count, text[start] == UInt8(ascii: " "), end < text.count, text[end] == UInt8(ascii: " ") {
      return end
    }
    while end < text.count, text[end] != UInt8(ascii: " ") { end += 1 }
    return end
  }

  /// The token of every length of a run of spaces, by length.
  static func spaceRunTokens(of model: BytePairModel) -> [TokenID] {
    guard model.usesCharacters else { return [] }
    let spaces = [UInt8](repeating: UInt8(ascii: " "), count: longestSpaceRun)
    return spaces.withUnsafeBufferPointer { buffer in
      (0...longestSpaceRun).map { length in
        guard length > 0, let base = buffer.baseAddress else { return -1 }
        return TokenID(bitPattern: model.trie.match(base, from: 0, to: length).whole)
      }
    }
  }

  /// Whether `text` holds U+2581.
  static func holdsSpaceMark(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.indices.dropLast(2).contains { isSpaceMark(text, at: $0) }
  }

  /// `text` with a space for every U+2581.
  ///
  /// - Parameter alignment: Receives, for every byte of the result, the offset of the byte of `text` it comes from.
  static func spaced(_ text: UnsafeBufferPointer<UInt8>, alignment: inout [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    var position = 0
    while position < text.count {
      alignment.append(position)
      if isSpaceMark(text, at: position) {
        bytes.append(UInt8(ascii: " "))
        position += spaceMark.count
      } else {
        bytes.append(text[position])
        position += 1
      }
    }
    return bytes
  }

  private static func isSpaceMark(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    position + 2 < text.count && text[position] == 0xE2 && text[position + 1] == 0x96 && text[position + 2] == 0x81
  }
}
