/// The text that a scanner of blocks reads.
struct TextSource {
  /// Where the text's offset 0 would be; only offsets from the current block on may be read.
  let text: UnsafePointer<UInt8>
  /// The end of the text.
  let end: Int

  @inline(__always)
  func scalar(at position: Int) -> (value: UInt32, length: Int) {
    CharacterCursor.scalar(in: UnsafeBufferPointer(start: text, count: end), at: position)
  }

  @inline(__always)
  func characterClass(at position: Int) -> CharacterClass {
    let byte = text[position]
    return UnicodeTables.characterClass(of: byte < 0x80 ? UInt32(byte) : scalar(at: position).value)
  }

  /// The end of the character that goes on at `position`; `position` where one begins or the text ends.
  @inline(__always)
  func characterEnd(_ position: Int) -> Int {
    var position = position
    while position < end, text[position] & 0xC0 == 0x80 { position &+= 1 }
    return position
  }

  /// Whether the text ends or has white space at `position`.
  @inline(__always)
  func isSpaceOrEnd(_ position: Int) -> Bool {
    guard position < end else { return true }
    return characterClass(at: position).rawValue >= CharacterClass.space.rawValue
  }
}
