/// The arithmetic of Hangul syllables, chapter 3.12 of the Unicode standard.
enum Hangul {
  /// The precomposed syllables.
  static let syllables: ClosedRange<UInt32> = 0xAC00...0xD7A3

  private static let leadBase: UInt32 = 0x1100
  private static let vowelBase: UInt32 = 0x1161
  private static let trailBase: UInt32 = 0x11A7
  private static let leadCount: UInt32 = 19
  private static let vowelCount: UInt32 = 21
  private static let trailCount: UInt32 = 28

  /// Passes on the two or three jamo of a syllable.
  static func decompose(_ syllable: UInt32, _ body: (UInt32) -> Void) {
    let index = syllable - syllables.lowerBound
    body(leadBase + index / (vowelCount * trailCount))
    body(vowelBase + index % (vowelCount * trailCount) / trailCount)
    if index % trailCount != 0 {
      body(trailBase + index % trailCount)
    }
  }

  /// Returns the syllable of a lead and a vowel, or of a syllable without trail and a trail.
  static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if leadBase..<leadBase + leadCount ~= first, vowelBase..<vowelBase + vowelCount ~= second {
      let index = (first - leadBase) * vowelCount + second - vowelBase
      return syllables.lowerBound + index * trailCount
    }
    if syllables ~= first, (first - syllables.lowerBound) % trailCount == 0,
      trailBase + 1..<trailBase + trailCount ~= second
    {
      return first + second - trailBase
    }
    return nil
  }
}
