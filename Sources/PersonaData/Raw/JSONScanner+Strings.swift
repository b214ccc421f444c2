import Datasets
import CTextKernels

extension JSONScanner {
  /// Takes a string and appends its text with escapes resolved; returns where it stands.
  ///
  /// - Throws: `RecordFault` for control characters, unknown escapes, halves of surrogate pairs and ill-formed UTF-8.
  mutating func string(into text: inout RecordText) throws(RecordFault) -> Range<Int> {
    try expect(UInt8(ascii: "\""), "a text")
    let start = text.count
    while true {
      let from = (input: offset, text: text.count)
      let (taken, isASCII) = text.copy(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
      offset += taken
      if !isASCII { try checkUTF8(text.span.extracting(from.text..<text.count), from: from.input) }
      guard offset < bytes.count else { throw unexpected("the end of a text") }
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        offset += 1
        return start..<text.count
      case UInt8(ascii: "\\"): try longEscape(into: &text)
      default: throw RecordFault("a control character stands in a text", column: offset + 1)
      }
    }
  }

  /// Checks text that was copied from `start` on. A short escape within a character makes it ill-formed here too.
  private func checkUTF8(_ text: RawSpan, from start: Int) throws(RecordFault) {
    let damaged = text.withUnsafeBytes { bytes in
      bytes.baseAddress.map { rk_well_formed($0.assumingMemoryBound(to: UInt8.self), bytes.count) } ?? 0
    }
    guard damaged < text.byteCount else { return }
    // Each byte of text comes from one byte, or from an escape of two.
    var place = start
    for _ in 0..<damaged { place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1 }
    throw RecordFault("the text is not UTF-8", column: place + 1)
  }

  /// Takes an escape that the copying of texts leaves alone.
  private mutating func longEscape(into text: inout RecordText) throws(RecordFault) {
    guard offset + 1 < bytes.count else { throw unexpected("the end of a text") }
    guard bytes[offset + 1] == UInt8(ascii: "u") else {
      throw RecordFault("this is no escape that JSON knows", column: offset + 1)
    }
    try unicodeEscape(into: &text)
  }

  private mutating func unicodeEscape(into text: inout RecordText) throws(RecordFault) {
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
    text.append(scalar)
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
