extension JSONScanner {
  /// Takes a string and appends its text with escapes resolved; returns where it stands.
  ///
  /// - Throws: `RecordFault` for control characters, unknown escapes, halves of surrogate pairs and ill-formed UTF-8.
  mutating func string(into text: inout [UInt8]) throws(RecordFault) -> Range<Int> {
    try expect(UInt8(ascii: "\""), "a text")
    let start = text.count
    while true {
      let runStart = offset
      let isASCII = skipPlain()
      if !isASCII { try checkUTF8(runStart..<offset) }
      text.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[runStart..<offset]))
      guard offset < bytes.count else { throw unexpected("the end of a text") }
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        offset += 1
        return start..<text.count
      case UInt8(ascii: "\\"): try escape(into: &text)
      default: throw RecordFault("a control character stands in a text", column: offset + 1)
      }
    }
  }

  /// Moves to the next quote, backslash or control character, or to the end; tells whether all bytes passed are ASCII.
  ///
  /// Eight bytes at a time: the lowest mark of each test is exact, those above it need not be.
  private mutating func skipPlain() -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highBits: UInt64 = 0x8080_8080_8080_8080
    var seen: UInt64 = 0
    while bytes.count - offset >= 8 {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      let marks =
        ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & highBits
      if marks != 0 {
        let plain = marks.trailingZeroBitCount & ~7
        seen |= word & ((1 << UInt64(plain)) &- 1)
        offset += plain >> 3
        return seen & highBits == 0
      }
      seen |= word
      offset += 8
    }
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == 0x22 || byte == 0x5C || byte < 0x20 { break }
      seen |= UInt64(byte)
      offset += 1
    }
    return seen & highBits == 0
  }

  private func checkUTF8(_ range: Range<Int>) throws(RecordFault) {
    do {
      _ = try UTF8Span(
        validating: UnsafeRawBufferPointer(rebasing: bytes[range]).assumingMemoryBound(to: UInt8.self).span)
    } catch {
      throw RecordFault("the text is not UTF-8", column: range.lowerBound + error.byteOffsets.lowerBound + 1)
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(RecordFault) {
    guard offset + 1 < bytes.count else { throw unexpected("the end of a text") }
    let code = bytes[offset + 1]
    let plain: UInt8? =
      switch code {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): code
      case UInt8(ascii: "n"): 0x0A
      case UInt8(ascii: "t"): 0x09
      case UInt8(ascii: "r"): 0x0D
      case UInt8(ascii: "b"): 0x08
      case UInt8(ascii: "f"): 0x0C
      default: nil
      }
    if let plain {
      text.append(plain)
      offset += 2
      return
    }
    guard code == UInt8(ascii: "u") else { throw RecordFault("this is no escape that JSON knows", column: offset + 1) }
    try unicodeEscape(into: &text)
  }

  private mutating func unicodeEscape(into text: inout [UInt8]) throws(RecordFault) {
    let start = offset
    var code = try codeUnit()
    if (0xD800..<0xDC00).contains(code) {
      guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u") else {
        throw RecordFault("half of a surrogate pair stands alone", column: start + 1)
      }
      let low = try codeUnit()
      guard (0xDC00..<0xE000).contains(low) else {
        throw RecordFault("half of a surrogate pair stands alone", column: start + 1)
      }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw RecordFault("half of a surrogate pair stands alone", column: start + 1)
    }
    text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  /// Takes `\uXXXX`.
  private mutating func codeUnit() throws(RecordFault) -> UInt32 {
    guard offset + 6 <= bytes.count else { throw unexpected("four hexadecimal digits") }
    var unit: UInt32 = 0
    for position in (offset + 2)..<(offset + 6) {
      let byte = bytes[position]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw RecordFault("four hexadecimal digits were expected", column: position + 1)
      }
      unit = unit << 4 | UInt32(digit)
    }
    offset += 6
    return unit
  }
}
