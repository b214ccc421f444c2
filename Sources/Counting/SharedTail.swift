import Glibc

/// The common end of two rendered conversations, beginning where text may be cut without changing its tokens.
public struct SharedTail {
  /// Where the tail begins in the first text.
  public let start: Int
  /// Where the tail begins in the second text.
  public let otherStart: Int

  /// The most places that are tried: a conversation without its system messages differs from the whole one at its head.
  private static let maximumAttempts = 8

  /// Finds a tail of `text` and `other` that begins with a turn marker.
  ///
  /// - Complexity: O(*n*) for texts of *n* bytes.
  public init?(of text: [UInt8], and other: [UInt8], cuts: TextCuts) {
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
