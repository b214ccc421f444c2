import JSON

/// A line of JSONL that is one JSON string, decoded without a document in between.
///
/// Bulk files of texts have this form, and reading them must not take longer than counting them. Anything that is not
/// plainly such a string is left to the JSON parser, whose message then says what is wrong.
enum JSONStringLine {
  /// Appends the string's text to `output`, or returns false and appends nothing.
  static func decode(_ line: RawSpan, into output: inout [UInt8]) -> Bool {
    let start = output.count
    let isDecoded = line.withUnsafeBytes { raw in
      let text = trimmed(raw)
      guard text.count >= 2, text.first == quote, text.last == quote else { return false }
      return append(UnsafeRawBufferPointer(rebasing: text.dropFirst().dropLast()), to: &output)
    }
    // Ill-formed UTF-8 is the parser's to name.
    if isDecoded && isWellFormed(output, from: start) { return true }
    output.removeSubrange(start...)
    return false
  }

  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  private static func trimmed(_ raw: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer> {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    var text = raw[...]
    text = text.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
  }

  private static func append(_ text: UnsafeRawBufferPointer, to output: inout [UInt8]) -> Bool {
    var position = 0
    while position < text.count {
      let run = lengthOfPlainRun(text, from: position)
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[position..<position + run]))
      position += run
      if position == text.count { break }
      guard text[position] == backslash, let width = appendEscape(text, at: position, to: &output) else { return false }
      position += width
    }
    return true
  }

  /// Bytes up to the next quote, backslash or control character.
  private static func lengthOfPlainRun(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    // Eight bytes at a time: a byte is special if it equals one of two values or is below 0x20.
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while position &+ 8 <= text.count {
      let word = text.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      let quotes = word ^ (ones &* UInt64(quote))
      let slashes = word ^ (ones &* UInt64(backslash))
      let zeros = (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes
      let controls = (word &- ones &* 0x20) & ~word
      if (zeros | controls) & highs != 0 { break }
      position &+= 8
    }
    while position < text.count {
      let byte = text[position]
      if byte == quote || byte == backslash || byte < 0x20 { break }
      position += 1
    }
    return position - start
  }

  /// Appends what the escape at `start` stands for and returns its length in the source.
  private static func appendEscape(
    _ text: UnsafeRawBufferPointer, at start: Int, to output: inout [UInt8]
  ) -> Int? {
    guard start + 1 < text.count else { return nil }
    switch text[start + 1] {
    case quote, backslash, UInt8(ascii: "/"): output.append(text[start + 1])
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0C)
    case UInt8(ascii: "u"): return appendScalar(text, at: start, to: &output)
    default: return nil
    }
    return 2
  }

  /// Appends the character of a `\uXXXX` escape or of a pair of them; a lone surrogate becomes U+FFFD.
  private static func appendScalar(_ text: UnsafeRawBufferPointer, at start: Int, to output: inout [UInt8]) -> Int? {
    guard let unit = hexadecimal(text, at: start + 2) else { return nil }
    if let scalar = Unicode.Scalar(unit) {
      output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      return 6
    }
    if unit < 0xDC00, start + 7 < text.count, text[start + 6] == backslash, text[start + 7] == UInt8(ascii: "u"),
      let low = hexadecimal(text, at: start + 8), (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    {
      output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      return 12
    }
    output.append(contentsOf: UTF8.encodedReplacementCharacter)
    return 6
  }

  private static func hexadecimal(_ text: UnsafeRawBufferPointer, at start: Int) -> UInt32? {
    guard start + 4 <= text.count else { return nil }
    var value: UInt32 = 0
    for byte in text[start..<start + 4] {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 0x30)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - 0x61 + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - 0x41 + 10)
      default: return nil
      }
    }
    return value
  }

  private static func isWellFormed(_ bytes: [UInt8], from start: Int) -> Bool {
    (try? UTF8Span(validating: bytes.span.extracting(start..<bytes.count))) != nil
  }
}
