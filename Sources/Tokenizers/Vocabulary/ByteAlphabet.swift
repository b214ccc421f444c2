/// The characters that byte-level BPE files write for bytes.
///
/// GPT-2's table: the visible Latin-1 characters stand for themselves, the other bytes for U+0100 onwards in order.
enum ByteAlphabet {
  /// The byte of every character from U+0000 to U+0143 that stands for one.
  private static let byteOfScalar: [UInt8?] = {
    var table = [UInt8?](repeating: nil, count: 0x144)
    var next = 0x100
    for byte in 0..<256 {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: table[byte] = UInt8(byte)
      default:
        table[next] = UInt8(byte)
        next += 1
      }
    }
    return table
  }()

  /// The character of each byte.
  private static let scalarOfByte: [UInt32] = {
    var table = [UInt32](repeating: 0, count: 256)
    for (scalar, byte) in byteOfScalar.enumerated() {
      if let byte { table[Int(byte)] = UInt32(scalar) }
    }
    return table
  }()

  /// The character that stands for a byte.
  static func scalar(of byte: UInt8) -> UInt32 { scalarOfByte[Int(byte)] }

  /// The byte that a character stands for; nil where it stands for none.
  static func byte(of scalar: UInt32) -> UInt8? {
    scalar < byteOfScalar.count ? byteOfScalar[Int(scalar)] : nil
  }

  /// The bytes that `text` stands for; nil where it holds a character that stands for none.
  static func bytes(of text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard scalar.value < byteOfScalar.count, let byte = byteOfScalar[Int(scalar.value)] else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
