/// Which characters of a text belong to no token, where a token's place in the text is asked for.
public enum TokenOffsets: Sendable {
  /// None.
  case whole
  /// Spaces at the ends of tokens.
  case trimmed
  /// Others, such as white space between words.
  case partial

  /// What a definition leaves out.
  public init(_ definition: TokenizerDefinition) {
    if definition.normalizer?.drops ?? false || definition.preTokenizer?.drops ?? false {
      self = .partial
    } else {
      self = definition.postProcessor?.trims ?? false ? .trimmed : .whole
    }
  }
}

extension NormalizerDefinition {
  /// Whether characters may go without another in their place.
  fileprivate var drops: Bool {
    switch self {
    case .bert(let options): options.cleanText || options.stripAccents ?? options.lowercase
    case .nmt, .precompiled, .strip, .stripAccents: true
    case .replace(_, let content): content.isEmpty
    case .sentencePiece(let options): options.removesExtraWhitespaces || !options.characterMap.isEmpty
    case .sequence(let steps): steps.contains { $0.drops }
    case .byteLevel, .lowercase, .nfc, .nfd, .nfkc, .nfkd, .prepend: false
    }
  }
}

extension PreTokenizerDefinition {
  /// Whether characters between pieces go.
  fileprivate var drops: Bool {
    switch self {
    case .bert, .charDelimiter, .whitespace, .whitespaceSplit: true
    case .punctuation(let behavior), .split(_, let behavior, _): behavior == .removed
    case .sequence(let steps): steps.contains { $0.drops }
    case .byteLevel, .digits, .fixedLength, .metaspace, .unicodeScripts: false
    }
  }
}

extension PostProcessorDefinition {
  /// Whether spaces at the ends of tokens count as outside of them.
  fileprivate var trims: Bool {
    switch self {
    case .byteLevel(let options): options.trimOffsets
    case .roberta(_, _, let trimOffsets, _): trimOffsets
    case .sequence(let steps): steps.contains { $0.trims }
    case .bert, .template: false
    }
  }
}
