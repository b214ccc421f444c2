/// Replaces bytes that are not UTF-8, so that every later step can rely on valid text.
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

  /// Whether `text` is well-formed UTF-8.
  ///
  /// - Complexity: O(length of the text).
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

  /// Replaces `result` by `text` with U+FFFD for every maximal part that is not UTF-8.
  ///
  /// - Complexity: O(length of the text).
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

  /// `text` with U+FFFD for every maximal part that is not UTF-8.
  ///
  /// - Parameter alignment: Receives, for every byte of the result, the offset of the byte of `text` it comes from.
  /// - Complexity: O(length of the text).
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

/// One decoded step through UTF-8 bytes: a scalar value, or a byte that belongs to none.
struct UTF8Scalar {
  /// What `value` holds for a byte that starts no well-formed sequence.
  static let malformed = UInt32.max

  /// The scalar value, or `malformed`.
  var value: UInt32

  /// The number of bytes, 1 for a malformed byte.
  var length: Int

  /// Decodes the sequence that starts at `offset`, which must lie inside `bytes`.
  ///
  /// Overlong forms, surrogates, values above U+10FFFF and cut-off sequences are malformed, as in table 3-7 of the
  /// Unicode standard. Nothing beyond `bytes` is read.
  @inline(__always)
  init(in bytes: UnsafeRawBufferPointer, at offset: Int) {
    let lead = UInt32(bytes[offset])
    if lead < 0x80 {
      self.init(value: lead, length: 1)
    } else {
      self.init(lead: lead, in: bytes, at: offset)
    }
  }

  private init(value: UInt32, length: Int) {
    self.value = value
    self.length = length
  }

  private init(lead: UInt32, in bytes: UnsafeRawBufferPointer, at offset: Int) {
    self.init(value: Self.malformed, length: 1)
    let length: Int
    let lowest: UInt32
    var value: UInt32
    switch lead {
    case 0xC2...0xDF: (length, lowest, value) = (2, 0x80, lead & 0x1F)
    case 0xE0...0xEF: (length, lowest, value) = (3, 0x800, lead & 0x0F)
    case 0xF0...0xF4: (length, lowest, value) = (4, 0x1_0000, lead & 0x07)
    default: return
    }
    guard length <= bytes.count - offset else { return }
    for step in 1..<length {
      let byte = UInt32(bytes[offset + step])
      guard byte & 0xC0 == 0x80 else { return }
      value = value << 6 | byte & 0x3F
    }
    guard value >= lowest, value <= 0x10_FFFF, value & 0xFFFF_F800 != 0xD800 else { return }
    self.value = value
    self.length = length
  }

  /// Appends the UTF-8 form of a scalar value to `bytes`.
  static func append(_ value: UInt32, to bytes: inout [UInt8]) {
    func trail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | value >> shift & 0x3F) }
    switch value {
    case ..<0x80:
      bytes.append(UInt8(truncatingIfNeeded: value))
    case ..<0x800:
      bytes.append(UInt8(truncatingIfNeeded: 0xC0 | value >> 6))
      bytes.append(trail(0))
    case ..<0x1_0000:
      bytes.append(UInt8(truncatingIfNeeded: 0xE0 | value >> 12))
      bytes.append(trail(6))
      bytes.append(trail(0))
    default:
      bytes.append(UInt8(truncatingIfNeeded: 0xF0 | value >> 18))
      bytes.append(trail(12))
      bytes.append(trail(6))
      bytes.append(trail(0))
    }
  }
}
