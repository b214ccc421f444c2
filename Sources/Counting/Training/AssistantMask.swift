/// Which tokens transformers' `return_assistant_tokens_mask` marks, by the places of `{% generation %}` blocks.
///
/// A block goes from the token that holds its first character to the token that holds its last one, which for a block
/// without characters is the one before it; where the latter is the text's first token, to the end of the text. Tokens
/// are taken to cover the text without gaps.
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
    // At the end of the text nothing begins.
    for range in generations where range.upperBound > 0 && range.lowerBound < text.count {
      var last = range.upperBound - 1
      while last > 0, text[last] & 0xC0 == 0x80 { last -= 1 }
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
      let (start, last) = (places.token(holding: block.start), places.token(holding: block.last))
      marked.append(start..<max(start, last > 0 ? last + 1 : places.total))
    }
    return marked.joined()
  }
}
