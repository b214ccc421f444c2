import Glibc

/// The private characters that stand around control tokens in what users wrote, so that those which a chat template
/// writes can be told from them.
///
/// Source: transformers 5.23, `chat_template_utils.py`, `mark_control_tokens`.
public enum ControlTokenMarks {
  /// U+F0000, which stands before a token.
  public static let start: [UInt8] = [0xF3, 0xB0, 0x80, 0x80]
  /// U+F0001, which stands behind it.
  public static let end: [UInt8] = [0xF3, 0xB0, 0x80, 0x81]

  /// Number of bytes of each mark.
  public static let length = 4

  /// The first mark of a text at a place or later; nil where there is none.
  ///
  /// - Complexity: O(bytes), as fast as memory: nearly no text holds the byte that marks begin with.
  public static func next(
    in text: UnsafeRawBufferPointer, from place: Int = 0
  ) -> (place: Int, isStart: Bool)? {
    guard let base = text.baseAddress else { return nil }
    var place = place
    while place <= text.count - length {
      guard let found = memchr(base + place, Int32(start[0]), text.count - length + 1 - place) else { return nil }
      place = UnsafeRawPointer(found) - base
      if text[place + 1] == start[1], text[place + 2] == start[2], text[place + 3] & 0xFE == start[3] {
        return (place, text[place + 3] == start[3])
      }
      place += 1
    }
    return nil
  }

  /// Whether a text holds a mark.
  public static func areIn(_ text: RawSpan) -> Bool { text.withUnsafeBytes { next(in: $0) != nil } }

  /// Whether a mark that stands before a token ends at a place.
  public static func startEnds(in text: UnsafeRawBufferPointer, at place: Int) -> Bool {
    guard place >= length, place <= text.count else { return false }
    return text[(place - length)..<place].elementsEqual(start)
  }

  /// A text without marks.
  public static func removed(from text: some Collection<UInt8>) -> [UInt8] {
    let text = Array(text)
    return text.withUnsafeBytes { bytes in
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count)
      var place = 0
      while let mark = next(in: bytes, from: place) {
        result.append(contentsOf: bytes[place..<mark.place])
        place = mark.place + length
      }
      result.append(contentsOf: bytes[place...])
      return result
    }
  }

  /// Number of marks in a text.
  public static func count(in text: RawSpan) -> Int {
    text.withUnsafeBytes { text in
      var (count, place) = (0, 0)
      while let mark = next(in: text, from: place) {
        count += 1
        place = mark.place + length
      }
      return count
    }
  }
}
