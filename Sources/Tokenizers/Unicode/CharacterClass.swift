/// The classes of code points that the pretoken patterns tell apart.
///
/// The raw values are those of the tables in `CTokenizerKernels`.
enum CharacterClass: UInt8, Sendable, CaseIterable {
  /// Everything else: punctuation, symbols, marks, controls, unassigned code points.
  case other = 0
  /// General category L, `\p{L}`.
  case letter = 1
  /// General category N, `\p{N}`.
  case number = 2
  /// White space, `\s`, except for the two newlines.
  case space = 3
  /// `\r` and `\n`.
  case newline = 4
}
