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
