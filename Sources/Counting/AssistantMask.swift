/// Which tokens transformers' `return_assistant_tokens_mask` marks, by the places of `{% generation %}` blocks.
///
/// A block goes from the token that holds its first character to the token that holds its last one; where the latter is
/// the text's first token, to the end of the text. Tokens are taken to cover the text without gaps.
///
/// Source: transformers 5.23, `apply_chat_template`.
struct AssistantMask {
  /// Ascending places of the text; tokens that begin before each are counted.
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
    borders = Set(blocks.flatMap { [$0.start + 1, $0.last + 1] }).filter { $0 < text.count }.sorted()
  }

  /// The number of marked tokens.
  ///
  /// - Parameter counts: The tokens between the borders.
  func count(_ counts: [Int]) -> Int {
    var before: [Int: Int] = [:]
    var total = 0
    for (index, count) in counts.enumerated() {
      total += count
      if index < borders.count { before[borders[index]] = total }
    }
    var marked: [Range<Int>] = []
    for block in blocks {
      // The number of the token that holds a byte is one less than that of the tokens that begin up to it.
      let first = (before[block.start + 1] ?? total) - 1
      let last = (before[block.last + 1] ?? total) - 1
      guard first >= 0 else { break }
      marked.append(first..<(last > 0 ? last + 1 : total))
    }
    var end = 0
    var sum = 0
    for range in marked.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.upperBound > end {
      sum += range.upperBound - max(end, range.lowerBound)
      end = range.upperBound
    }
    return sum
  }
}
