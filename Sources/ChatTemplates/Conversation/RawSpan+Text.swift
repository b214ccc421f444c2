import Glibc

extension RawSpan {
  /// The byte at a checked offset.
  func byte(at offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

  /// Whether a range begins with a text.
  func begins(_ range: Range<Int>, with text: StaticString) -> Bool {
    range.count >= text.utf8CodeUnitCount && matches(text, at: range.lowerBound)
  }

  /// Whether a range ends with a text.
  func ends(_ range: Range<Int>, with text: StaticString) -> Bool {
    range.count >= text.utf8CodeUnitCount && matches(text, at: range.upperBound - text.utf8CodeUnitCount)
  }

  /// Whether a text lies at a place after which there are at least as many bytes as it has.
  func matches(_ text: StaticString, at offset: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    precondition(offset >= 0 && offset <= byteCount - count)
    return withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return count == 0 }
      return memcmp(base + offset, text.utf8Start, count) == 0
    }
  }

  /// The first occurrence of a text in a range.
  ///
  /// - Complexity: O(`range.count`).
  func firstRange(of text: StaticString, in range: Range<Int>) -> Range<Int>? {
    text.withUTF8Buffer { needle -> Range<Int>? in
      withUnsafeBytes { bytes -> Range<Int>? in
        guard let base = bytes.baseAddress, let first = needle.first else { return nil }
        var start = range.lowerBound
        while range.upperBound - start >= needle.count {
          let found = memchr(base + start, Int32(first), range.upperBound - start - needle.count + 1)
          guard let found else { return nil }
          start = UnsafeRawPointer(found) - base
          if bytes[start..<(start + needle.count)].elementsEqual(needle) { return start..<(start + needle.count) }
          start += 1
        }
        return nil
      }
    }
  }

  /// The last of the occurrences that a search from the left finds one after the other.
  func lastRange(of text: StaticString, in range: Range<Int>) -> Range<Int>? {
    var last: Range<Int>?
    var rest = range
    while let found = firstRange(of: text, in: rest) {
      last = found
      rest = found.upperBound..<range.upperBound
    }
    return last
  }

  /// The range without newlines at its start.
  func droppingLeadingNewlines(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    while start < range.upperBound && byte(at: start) == UInt8(ascii: "\n") { start += 1 }
    return start..<range.upperBound
  }

  /// The range without newlines at its end.
  func droppingTrailingNewlines(_ range: Range<Int>) -> Range<Int> {
    var end = range.upperBound
    while end > range.lowerBound && byte(at: end - 1) == UInt8(ascii: "\n") { end -= 1 }
    return range.lowerBound..<end
  }

  /// The range without white space at its ends, as Python's `str.strip()` and so Jinja's `trim` see it.
  ///
  /// Python's white space is Unicode's White_Space and U+001C to U+001F (`str.isspace`, Python 3.11).
  func trimming(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end {
      let width = whitespaceWidth(from: start, to: end)
      guard width > 0 else { break }
      start += width
    }
    while end > start {
      let width = whitespaceWidth(endingAt: end, from: start)
      guard width > 0 else { break }
      end -= width
    }
    return start..<end
  }

  /// Bytes of the white space character that starts at an offset; 0 where there is none.
  private func whitespaceWidth(from start: Int, to end: Int) -> Int {
    let first = byte(at: start)
    if first < 0x80 { return Self.isASCIIWhitespace(first) ? 1 : 0 }
    if first == 0xC2, end - start >= 2 {
      return Self.isLatinWhitespace(byte(at: start + 1)) ? 2 : 0
    }
    guard end - start >= 3 else { return 0 }
    return Self.isWideWhitespace(first, byte(at: start + 1), byte(at: start + 2)) ? 3 : 0
  }

  /// Bytes of the white space character that ends before an offset; 0 where there is none.
  private func whitespaceWidth(endingAt end: Int, from start: Int) -> Int {
    let last = byte(at: end - 1)
    if last < 0x80 { return Self.isASCIIWhitespace(last) ? 1 : 0 }
    if end - start >= 2, byte(at: end - 2) == 0xC2 {
      return Self.isLatinWhitespace(last) ? 2 : 0
    }
    guard end - start >= 3 else { return 0 }
    return Self.isWideWhitespace(byte(at: end - 3), byte(at: end - 2), last) ? 3 : 0
  }

  private static func isASCIIWhitespace(_ byte: UInt8) -> Bool {
    (0x09...0x0D).contains(byte) || (0x1C...0x20).contains(byte)
  }

  /// U+0085 and U+00A0, both after the lead byte C2.
  private static func isLatinWhitespace(_ byte: UInt8) -> Bool { byte == 0x85 || byte == 0xA0 }

  /// U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F and U+3000.
  private static func isWideWhitespace(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
    switch (first, second) {
    case (0xE1, 0x9A), (0xE3, 0x80): third == 0x80
    case (0xE2, 0x80): (0x80...0x8A).contains(third) || third == 0xA8 || third == 0xA9 || third == 0xAF
    case (0xE2, 0x81): third == 0x9F
    default: false
    }
  }
}
