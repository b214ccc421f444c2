/// Replaces what is not UTF-8, so that every later step may rely on valid text.
enum UTF8Repair {
  /// U+FFFD in UTF-8.
  private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

  /// The length of the well-formed character at `position`, or minus the length of what one U+FFFD replaces.
  ///
  /// As the Unicode Standard's table 3-7 and its "substitution of maximal subparts" say, which is what Python's
  /// `errors="replace"` does.
  @inline(__always)
  static func characterLength(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
    let lead = text[position]
    if lead < 0x80 { return 1 }
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch lead {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0x80...0xBF)
      }
    guard length > 0, position + 1 < text.count, second.contains(text[position + 1]) else { return -1 }
    for offset in 2..<max(2, length) {
      guard position + offset < text.count, text[position + offset] & 0xC0 == 0x80 else { return -offset }
    }
    return length
  }

  /// Whether `text` is well-formed UTF-8. Linear.
  static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var position = 0
    let raw = UnsafeRawBufferPointer(text)
    while position < text.count {
      while position &+ 8 <= text.count,
        raw.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        position &+= 8
      }
      guard position < text.count else { break }
      let length = characterLength(in: text, at: position)
      guard length > 0 else { return false }
      position &+= length
    }
    return true
  }

  /// Replaces `result` by `text` with U+FFFD for every maximal part that is not UTF-8. Linear.
  static func repair(_ text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]) {
    result.removeAll(keepingCapacity: true)
    var copied = 0
    var position = 0
    while position < text.count {
      let length = characterLength(in: text, at: position)
      if length < 0 {
        result.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<position]))
        result.append(contentsOf: replacement)
        copied = position &- length
      }
      position &+= abs(length)
    }
    result.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...]))
  }

  /// `text` with U+FFFD for every maximal part that is not UTF-8. Linear.
  ///
  /// - Parameter alignment: Receives, for every byte of the result, the offset of the byte of `text` it comes from.
  static func repaired(_ text: UnsafeBufferPointer<UInt8>, alignment: inout [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    alignment.removeAll(keepingCapacity: true)
    var position = 0
    while position < text.count {
      let length = characterLength(in: text, at: position)
      if length > 0 {
        for offset in position..<position + length {
          bytes.append(text[offset])
          alignment.append(offset)
        }
        position += length
      } else {
        bytes += replacement
        alignment += [position, position, position]
        position -= length
      }
    }
    return bytes
  }
}
