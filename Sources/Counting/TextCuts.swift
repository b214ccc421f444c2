import Glibc
import Support

/// Places where rendered text may be cut without changing its tokens.
///
/// - Before a turn marker: an added token is matched before the text around it is looked at.
/// - After a newline, where no white space follows: in the vocabularies that are used with native formats newlines are
///   added tokens of their own, or a pre-token that holds a newline ends after the last of a run of white space.
struct TextCuts {
  private let markers: [StaticString]
  private let allowsNewlines: Bool

  init(markers: [StaticString]) {
    self.markers = markers
    allowsNewlines = true
  }

  private init(none: Void) {
    markers = []
    allowsNewlines = false
  }

  /// No place but the ends: what is right for every tokenizer.
  static let none = TextCuts(none: ())

  /// Whether `text` may be cut before the byte at `place`.
  func isCut(_ text: UnsafeRawBufferPointer, at place: Int) -> Bool {
    guard place > 0, place < text.count else { return true }
    if text[place] == UInt8(ascii: "<"), beginsMarker(text, at: place) { return true }
    return allowsNewlines && text[place - 1] == UInt8(ascii: "\n") && !Self.beginsWhiteSpace(text, at: place)
  }

  /// Whether a turn marker begins at `place` that the template wrote.
  func beginsMarker(_ text: UnsafeRawBufferPointer, at place: Int) -> Bool {
    markers.contains { marker in
      guard text.count - place >= marker.utf8CodeUnitCount, let base = text.baseAddress else { return false }
      guard memcmp(base + place, marker.utf8Start, marker.utf8CodeUnitCount) == 0 else { return false }
      // One that is to be text is no place to cut at.
      return !ControlTokenMarks.startEnds(in: text, at: place)
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

/// The common end of two rendered conversations, beginning where text may be cut without changing its tokens.
struct SharedTail {
  /// Where the tail begins in the first text.
  let start: Int
  /// Where the tail begins in the second text.
  let otherStart: Int

  /// The most places that are tried: a conversation without its system messages differs from the whole one at its head.
  private static let maximumAttempts = 8

  /// Finds a tail of `text` and `other` that begins with a turn marker.
  ///
  /// - Complexity: O(*n*) for texts of *n* bytes.
  init?(of text: [UInt8], and other: [UInt8], cuts: TextCuts) {
    let found = text.withUnsafeBytes { text in
      other.withUnsafeBytes { other in Self.find(in: text, and: other, cuts: cuts) }
    }
    guard let found else { return nil }
    self = found
  }

  private init(start: Int, otherStart: Int) {
    self.start = start
    self.otherStart = otherStart
  }

  private static func find(
    in text: UnsafeRawBufferPointer, and other: UnsafeRawBufferPointer, cuts: TextCuts
  ) -> SharedTail? {
    guard let textBase = text.baseAddress, let otherBase = other.baseAddress else { return nil }
    var place = 0
    var attempts = 0
    while attempts < maximumAttempts, let angle = memchr(otherBase + place, 0x3C, other.count - place) {
      let otherStart = UnsafeRawPointer(angle) - otherBase
      let start = text.count - other.count + otherStart
      if start >= 0, cuts.beginsMarker(other, at: otherStart) {
        if memcmp(textBase + start, otherBase + otherStart, other.count - otherStart) == 0 {
          return SharedTail(start: start, otherStart: otherStart)
        }
        attempts += 1
      }
      place = otherStart + 1
    }
    return nil
  }
}
