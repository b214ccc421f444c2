/// A step that cuts text into pre-tokens, which the model never joins.
public indirect enum PreTokenizerDefinition: Hashable, Sendable {
  /// Cuts at white space, which it removes, and isolates punctuation.
  case bert
  /// Writes bytes in the byte-level alphabet, after a cut by GPT-2's pattern where that is asked for.
  case byteLevel(ByteLevelOptions)
  /// Cuts at one character, which it removes.
  case charDelimiter(Unicode.Scalar)
  /// Cuts at digits.
  case digits(individual: Bool)
  /// Cuts into pieces of a number of characters.
  case fixedLength(Int)
  /// Replaces spaces by a character and cuts before it.
  case metaspace(MetaspaceOptions)
  /// Cuts at punctuation.
  case punctuation(SplitBehavior)
  /// One step after the other.
  case sequence([PreTokenizerDefinition])
  /// Cuts at the matches of a pattern, or between them where `invert` is true.
  case split(PatternDefinition, behavior: SplitBehavior, invert: Bool)
  /// Cuts where the script of the characters changes.
  case unicodeScripts
  /// Keeps runs of word characters and runs of other characters, removes white space.
  case whitespace
  /// Cuts at white space, which it removes.
  case whitespaceSplit
}

/// What becomes of the text at which a pre-tokenizer cuts.
public enum SplitBehavior: String, Hashable, Sendable, CaseIterable {
  /// It is removed.
  case removed = "Removed"
  /// It is a pre-token.
  case isolated = "Isolated"
  /// It ends the pre-token before it.
  case mergedWithPrevious = "MergedWithPrevious"
  /// It begins the pre-token after it.
  case mergedWithNext = "MergedWithNext"
  /// It is a pre-token together with its equals next to it.
  case contiguous = "Contiguous"
}

/// The options of `ByteLevel`.
public struct ByteLevelOptions: Hashable, Sendable {
  /// Whether a space is put before text that does not begin with one.
  public var addPrefixSpace: Bool
  /// Whether offsets leave out white space; without effect on tokens.
  public var trimOffsets: Bool
  /// Whether text is cut by GPT-2's pattern.
  public var useRegex: Bool

  /// Makes options.
  public init(addPrefixSpace: Bool = true, trimOffsets: Bool = true, useRegex: Bool = true) {
    self.addPrefixSpace = addPrefixSpace
    self.trimOffsets = trimOffsets
    self.useRegex = useRegex
  }
}

/// The options of `Metaspace`.
public struct MetaspaceOptions: Hashable, Sendable {
  /// When the replacement is put before text that does not begin with it.
  public enum PrependScheme: String, Hashable, Sendable, CaseIterable {
    /// Only at the start of the whole text.
    case first
    /// Never.
    case never
    /// Before every text between added tokens.
    case always
  }

  /// What replaces a space.
  public var replacement: Unicode.Scalar
  /// When the replacement is put before text.
  public var prependScheme: PrependScheme
  /// Whether text is cut before each replacement.
  public var split: Bool

  /// Makes options.
  public init(replacement: Unicode.Scalar = "\u{2581}", prependScheme: PrependScheme = .always, split: Bool = true) {
    self.replacement = replacement
    self.prependScheme = prependScheme
    self.split = split
  }
}
