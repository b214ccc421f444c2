import Tokenizers

/// Which tokens transformers' `return_assistant_tokens_mask` marks, by the places of `{% generation %}` blocks.
///
/// A block goes from the token that holds its first character to the token that holds its last one, which for a block
/// without characters is the one before it; where no token holds the latter, or the text's first does, to the end of the
/// text. A block whose first character no token holds ends the marking.
///
/// Source: transformers 5.23, `apply_chat_template`; tokenizers 0.23, `process_offsets`.
struct AssistantMask {
  /// Places of the text, in no order; tokens that begin before each are counted.
  let borders: [Int]
  private let blocks: [(start: Place, last: Place)]

  /// A character, and the spaces around it if it is one and spaces may be outside of tokens.
  private struct Place {
    let byte: Int
    var spaces: Range<Int>?
    var endsText = false

    init(_ byte: Int, of text: [UInt8], _ offsets: TokenOffsets) {
      self.byte = byte
      guard offsets == .trimmed, text[byte] == 0x20 else { return }
      let start = text[..<byte].lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? 0
      spaces = start..<(text[byte...].firstIndex { $0 != 0x20 } ?? text.count)
      endsText = spaces?.upperBound == text.count
    }

    var borders: [Int] { [byte, byte + 1] + (spaces.map { [$0.lowerBound, $0.upperBound, $0.upperBound + 1] } ?? []) }

    /// The token that holds the character; nil for a space before or behind which its token has nothing but spaces.
    func token(_ places: TokenPlaces) -> Int? {
      guard let spaces else { return places.token(holding: byte) }
      let before = places.tokens(before: byte + 1)
      // A token that begins among the spaces up to here has only spaces before the character, and one that ends among
      // those from here on has only spaces behind it.
      let isEdge =
        before > places.tokens(before: spaces.lowerBound) || places.tokens(before: spaces.upperBound + 1) > before
      return isEdge || endsText ? nil : before - 1
    }
  }

  /// Whether there are no blocks.
  var isEmpty: Bool { blocks.isEmpty }

  /// Makes a mask of blocks, as byte ranges of a text.
  ///
  /// - Parameter offsets: which characters are outside of tokens; not partial.
  init(_ generations: [Range<Int>], of text: [UInt8], offsets: TokenOffsets = .whole) {
    var blocks: [(start: Place, last: Place)] = []
    // At the end of the text nothing begins.
    for range in generations where range.upperBound > 0 && range.lowerBound < text.count {
      var last = range.upperBound - 1
      while last > 0, text[last] & 0xC0 == 0x80 { last -= 1 }
      blocks.append((Place(range.lowerBound, of: text, offsets), Place(last, of: text, offsets)))
    }
    self.blocks = blocks
    borders = blocks.flatMap { $0.start.borders + $0.last.borders }
  }

  /// The marked tokens.
  ///
  /// - Parameter places: The tokens before the borders.
  func ranges(_ places: TokenPlaces) -> [Range<Int>] {
    var marked: [Range<Int>] = []
    for block in blocks {
      guard let start = block.start.token(places) else { break }
      let last = block.last.token(places) ?? 0
      marked.append(start..<max(start, last > 0 ? last + 1 : places.total))
    }
    return marked.joined()
  }
}
