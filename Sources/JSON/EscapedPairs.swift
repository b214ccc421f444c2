import Glibc

/// A JSON text in which escaped surrogate pairs are written as the characters they stand for.
///
/// json-c up to 0.18 takes the character of a pair for half of another pair where its code point is U+xD800 to U+xDBFF in
/// a plane beyond the first (such as U+1D800, SignWriting), and replaces it with U+FFFD. It never sees a pair here.
struct EscapedPairs {
  /// The text with a terminating NUL.
  private(set) var text: [CChar]
  /// Offsets in ``text`` behind each replaced pair, ascending.
  private var ends: [Int] = []

  /// A pair's 12 bytes become 4.
  private static let pairLength = 12
  private static let shrinkage = 8

  /// - Complexity: O(number of bytes).
  init(of bytes: UnsafeRawBufferPointer) {
    text = []
    text.reserveCapacity(bytes.count + 1)
    var copied = 0
    var offset = 0
    while offset < bytes.count {
      guard let next = Self.backslash(in: bytes, from: offset) else { break }
      offset = next
      guard let scalar = Self.pair(in: bytes, at: offset) else {
        offset += 2  // Behind the escaped character, so that `\\u` is no escape.
        continue
      }
      append(bytes[copied..<offset])
      text.append(contentsOf: String(scalar).utf8.lazy.map(CChar.init(bitPattern:)))
      ends.append(text.count)
      offset += Self.pairLength
      copied = offset
    }
    append(bytes[min(copied, bytes.count)...])
    text.append(0)
  }

  private mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>) {
    UnsafeRawBufferPointer(rebasing: bytes).withMemoryRebound(to: CChar.self) { text.append(contentsOf: $0) }
  }

  /// The offset of the next backslash at or behind `offset`; nil where there is none.
  private static func backslash(in bytes: UnsafeRawBufferPointer, from offset: Int) -> Int? {
    guard offset < bytes.count, let start = bytes.baseAddress,
      let found = memchr(start + offset, Int32(UInt8(ascii: "\\")), bytes.count - offset)
    else { return nil }
    return UnsafeRawPointer(found) - start
  }

  /// The offset in the original that an offset in ``text`` stands for.
  func originalOffset(of offset: Int) -> Int {
    offset + Self.shrinkage * (ends.firstIndex { $0 > offset } ?? ends.count)
  }

  /// The character of a pair `\uD8xx\uDCxx` that starts at an offset.
  private static func pair(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Unicode.Scalar? {
    guard let high = codeUnit(in: bytes, at: offset), (0xD800...0xDBFF).contains(high),
      let low = codeUnit(in: bytes, at: offset + 6), (0xDC00...0xDFFF).contains(low)
    else { return nil }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
  }

  /// The code unit of an escape `\uXXXX`.
  private static func codeUnit(in bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32? {
    guard offset + 6 <= bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u") else {
      return nil
    }
    var unit: UInt32 = 0
    for byte in bytes[(offset + 2)..<(offset + 6)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }
}
