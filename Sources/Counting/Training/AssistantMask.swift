/// Which tokens transformers' `return_assistant_tokens_mask` marks, by the places of `{% generation %}` blocks.
///
/// A block goes from the token that holds its first character to the token that holds its last one; where the latter is
/// the text's first token, to the end of the text. Tokens are taken to cover the text without gaps.
///
/// Source: transformers 5.23, `apply_chat_template`.
struct AssistantMask {
  /// Places of the text, in no order; tokens that begin before each are counted.
  let borders: [Int]
  private let blocks: [(start: Int, last: Int)]

  /// Whether there are no blocks.
  var isEmpty: Bool { blocks.isEmpty }

  /// Makes a mask of blocks, as byte ranges of a text.
  init(_ generations: [Range<Int>], of text: [UInt8]) {
    var blocks: [(start: Int, last: Int)] = []
    for range in generations where !range.isEmpty {
      var last = range.upperBound - 1
      while last > range.lowerBound, text[last] & 0xC0 == 0x80 { last -= 1 }
      blocks.append((range.lowerBound, last))
    }
    self.blocks = blocks
    borders = blocks.flatMap { [$0.start, $0.start + 1, $0.last, $0.last + 1] }
  }

  /// The marked tokens.
  ///
  /// - Parameter places: The tokens before the borders.
  func ranges(_ places: TokenPlaces) -> [Range<Int>] {
    var marked: [Range<Int>] = []
    for block in blocks {
      let last = places.token(holding: block.last)
      marked.append(places.token(holding: block.start)..<(last > 0 ? last + 1 : places.total))
    }
    return marked.joined()
  }
}
