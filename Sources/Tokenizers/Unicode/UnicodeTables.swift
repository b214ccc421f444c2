import CTokenizerKernels

/// The generated Unicode tables.
///
/// Two versions are pinned because the reference, tokenizers 0.23.3, mixes two: its regular expressions know
/// Unicode 16, its normaliser only what Unicode 9 had assigned. A text with younger combining marks would be counted
/// differently with any other pair.
enum UnicodeTables {
  /// The Unicode version of `characterClass(of:)`.
  static let classVersion = "16.0.0"

  /// The Unicode version of the normalisation data.
  static let normalizationVersion = "9.0.0"

  /// Returns the class of a code point; numbers that are no code point are `.other`.
  @inline(__always)
  static func characterClass(of codePoint: UInt32) -> CharacterClass {
    CharacterClass(rawValue: unicode_class_of(codePoint)) ?? .other
  }
}
