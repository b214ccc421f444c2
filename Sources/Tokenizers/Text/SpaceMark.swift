/// Where a space is put before text whose spaces become U+2581.
enum SpacePrefix: UInt32, Sendable {
  /// Nowhere.
  case none = 0
  /// Before every text between added tokens.
  case always = 1
  /// Before every text between added tokens that does not begin with a space.
  case beforeOthers = 2
  /// The same, but only at the start of a whole text.
  case atStart = 3

  /// Whether a space is put before a text that is not empty.
  ///
  /// - Parameter isStart: Whether no added token is before the text.
  @inline(__always)
  func applies(to text: UnsafeBufferPointer<UInt8>, isStart: Bool) -> Bool {
    switch self {
    case .none: false
    case .always: true
    case .beforeOthers: text[0] != UInt8(ascii: " ")
    case .atStart: isStart && text[0] != UInt8(ascii: " ")
    }
  }
}

/// U+2581, which SentencePiece's vocabularies write for a space.
enum SpaceMark {
  /// The character.
  static let scalar: Unicode.Scalar = "\u{2581}"
  /// The character in UTF-8.
  static let bytes: [UInt8] = [0xE2, 0x96, 0x81]

  /// Whether `text` holds the character.
  static func isHeld(by text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.indices.dropLast(2).contains { isMark(text, at: $0) }
  }

  /// `text` with a space for every U+2581.
  ///
  /// - Parameter alignment: Receives, for every byte of the result, the offset of the byte of `text` it comes from.
  static func spaced(_ text: UnsafeBufferPointer<UInt8>, alignment: inout [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    var position = 0
    while position < text.count {
      alignment.append(position)
      if isMark(text, at: position) {
        bytes.append(UInt8(ascii: " "))
        position += self.bytes.count
      } else {
        bytes.append(text[position])
        position += 1
      }
    }
    return bytes
  }

  /// `text` with a space for every U+2581.
  static func spaced(_ text: some Collection<UInt8>) -> [UInt8] {
    var alignment: [Int] = []
    return Array(text).withUnsafeBufferPointer { spaced($0, alignment: &alignment) }
  }

  /// The byte that a token like `<0x0A>` names; nil for other tokens.
  static func byte(named text: some Collection<UInt8>) -> UInt8? {
    guard text.count == 6, text.starts(with: "<0x".utf8), text.dropFirst(5).first == UInt8(ascii: ">") else {
      return nil
    }
    return UInt8(String(decoding: text.dropFirst(3).prefix(2), as: UTF8.self), radix: 16)
  }

  /// The token of a byte, such as `<0x0A>`.
  static func name(of byte: UInt8) -> [UInt8] {
    let digits = String(byte, radix: 16, uppercase: true)
    return Array((byte < 16 ? "<0x0\(digits)>" : "<0x\(digits)>").utf8)
  }

  private static func isMark(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    position + 2 < text.count && text[position] == 0xE2 && text[position + 1] == 0x96 && text[position + 2] == 0x81
  }
}
