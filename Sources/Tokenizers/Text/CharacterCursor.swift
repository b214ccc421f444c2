/// One character of well-formed UTF-8, or the end of the text.
struct CharacterCursor {
  /// The offset of the character's first byte.
  let start: Int
  /// The offset after the character; `start` at the end of the text.
  let end: Int
  /// The character's class; nil at the end of the text.
  let characterClass: CharacterClass?

  /// Reads the character at `position`, which may be the end of `text`.
  @inline(__always)
  init(_ text: UnsafeBufferPointer<UInt8>, at position: Int) {
    start = position
    guard position < text.count else {
      end = position
      characterClass = nil
      return
    }
    let (scalar, length) = Self.scalar(in: text, at: position)
    end = position + length
    characterClass = UnicodeTables.characterClass(of: scalar)
  }

  /// The code point at `position` of well-formed UTF-8 and its length in bytes.
  @inline(__always)
  static func scalar(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> (value: UInt32, length: Int) {
    let lead = UInt32(text[position])
    if lead < 0x80 { return (lead, 1) }
    let second = UInt32(text[position + 1] & 0x3F)
    if lead < 0xE0 { return ((lead & 0x1F) << 6 | second, 2) }
    let third = UInt32(text[position + 2] & 0x3F)
    if lead < 0xF0 { return ((lead & 0x0F) << 12 | second << 6 | third, 3) }
    return ((lead & 0x07) << 18 | second << 12 | third << 6 | UInt32(text[position + 3] & 0x3F), 4)
  }
}
