/// Where an assistant's content thinks.
enum ThinkingRanges {
  /// Byte ranges between `<think>` and `</think>`. A block that only ends began before the content.
  ///
  /// - Complexity: O(bytes).
  static func find(in text: JinjaText) -> [Range<Int>] {
    withExtendedLifetime(text.storage) { find(in: text.bytes) }
  }

  /// The same for the bytes of a text.
  static func find(in bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var position = 0
    while let end = RawBytes.find("</think>", in: bytes, from: position) {
      var start = position == 0 ? 0 : end
      var next = position
      while let opening = RawBytes.find("<think>", in: bytes, from: next), opening < end {
        start = opening + 7
        next = start
      }
      if start < end { ranges.append(start..<end) }
      position = end + 8
    }
    return ranges
  }

  /// A text whose bytes in some ranges, which are in order, have another origin.
  static func mark(_ ranges: [Range<Int>], of text: JinjaText, as origin: TextOrigin) -> JinjaText {
    var pieces: [JinjaText] = []
    var start = 0
    for range in ranges {
      pieces.append(text.slice(start..<range.lowerBound))
      pieces.append(text.slice(range).with(origin))
      start = range.upperBound
    }
    pieces.append(text.slice(start..<text.count))
    return JinjaText.joined(pieces.filter { !$0.isEmpty })
  }
}
