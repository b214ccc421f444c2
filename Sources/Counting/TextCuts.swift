import Glibc

/// Places where rendered text may be cut without changing its tokens.
///
/// - Before a turn marker: an added token is matched before the text around it is looked at.
/// - Behind a newline, where no white space follows: Gemma's newlines are added tokens of their own, and for Llama and
///   Qwen a pretoken that holds a newline ends behind the last of a run of white space.
public struct TextCuts {
  private let markers: [StaticString]

  public init(markers: [StaticString]) { self.markers = markers }

  /// Whether `text` may be cut before the byte at `place`.
  public func isCut(_ text: UnsafeRawBufferPointer, at place: Int) -> Bool {
    guard place > 0, place < text.count else { return true }
    if text[place] == UInt8(ascii: "<"), beginsMarker(text, at: place) { return true }
    return text[place - 1] == UInt8(ascii: "\n") && !Self.beginsWhiteSpace(text, at: place)
  }

  /// Whether a turn marker stands at `place`.
  public func beginsMarker(_ text: UnsafeRawBufferPointer, at place: Int) -> Bool {
    markers.contains { marker in
      guard text.count - place >= marker.utf8CodeUnitCount, let base = text.baseAddress else { return false }
      return memcmp(base + place, marker.utf8Start, marker.utf8CodeUnitCount) == 0
    }
  }

  /// Whether a character of White_Space or a control character may begin at `place`; where that is not plain, the answer
  /// is yes.
  private static func beginsWhiteSpace(_ text: UnsafeRawBufferPointer, at place: Int) -> Bool {
    let first = text[place]
    if first < 0x80 { return first <= 0x20 || first == 0x7F }
    func byte(_ offset: Int) -> UInt8 { place + offset < text.count ? text[place + offset] : 0 }
    switch first {
    case 0xC3...0xE0, 0xE4...0xF4: return false
    case 0xE1: return byte(1) == 0x9A
    case 0xE2: return byte(1) == 0x81 || (byte(1) == 0x80 && !(0x90...0xA7 ~= byte(2)))
    case 0xE3: return byte(1) == 0x80 && byte(2) == 0x80
    default: return true
    }
  }
}
