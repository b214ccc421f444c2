/// A text as messages quote it.
enum Excerpt {
  private static let longest = 60

  /// The text, or its beginning and its length where it is long.
  static func of(_ text: some BidirectionalCollection<UInt8>) -> String {
    guard text.count > longest else { return String(decoding: text, as: UTF8.self) }
    // No character is cut in two.
    var end = text.prefix(longest).endIndex
    while end > text.startIndex, text[end] & 0xC0 == 0x80 { end = text.index(before: end) }
    return String(decoding: text[..<end], as: UTF8.self) + "... (\(text.count) bytes)"
  }
}
