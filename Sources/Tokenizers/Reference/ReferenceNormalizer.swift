/// A normalizer that follows its definition step by step.
struct ReferenceNormalizer: Sendable {
  private indirect enum Step: Sendable {
    case bert(BertNormalizerOptions)
    case byteLevel
    case canonical(composes: Bool, compatibility: Bool)
    case lowercase
    case nmt
    case precompiled(PrecompiledCharacterMap)
    case prepend([UInt8])
    case replace(ReferencePattern, content: [UInt8])
    case sentencePiece(SentencePieceNormalizer)
    case strip(left: Bool, right: Bool)
    case stripAccents
  }

  private let steps: [Step]

  /// Prepares a normalizer.
  ///
  /// - Throws: `TokenizerError` for a pattern or a character map that cannot be used.
  init(_ definition: NormalizerDefinition?, path: String) throws(TokenizerError) {
    var steps: [Step] = []
    if let definition { try Self.append(definition, path, to: &steps) }
    self.steps = steps
  }

  private static func append(
    _ definition: NormalizerDefinition, _ path: String, to steps: inout [Step]
  ) throws(TokenizerError) {
    switch definition {
    case .bert(let options): steps.append(.bert(options))
    case .byteLevel: steps.append(.byteLevel)
    case .lowercase: steps.append(.lowercase)
    case .nfc: steps.append(.canonical(composes: true, compatibility: false))
    case .nfd: steps.append(.canonical(composes: false, compatibility: false))
    case .nfkc: steps.append(.canonical(composes: true, compatibility: true))
    case .nfkd: steps.append(.canonical(composes: false, compatibility: true))
    case .nmt: steps.append(.nmt)
    case .precompiled(let map):
      guard let map = PrecompiledCharacterMap(map) else {
        throw TokenizerError("\(path).precompiled_charsmap", "the character map is damaged")
      }
      steps.append(.precompiled(map))
    case .prepend(let text): steps.append(.prepend(text))
    case .replace(let pattern, let content):
      steps.append(.replace(try ReferencePattern(pattern, path: "\(path).pattern"), content: content))
    case .sentencePiece(let options):
      guard let normalizer = SentencePieceNormalizer(options) else {
        throw TokenizerError("\(path).precompiled_charsmap", "the character map is damaged")
      }
      steps.append(.sentencePiece(normalizer))
    case .sequence(let definitions):
      for (index, definition) in definitions.enumerated() {
        try append(definition, "\(path).normalizers[\(index)]", to: &steps)
      }
    case .strip(let left, let right): steps.append(.strip(left: left, right: right))
    case .stripAccents: steps.append(.stripAccents)
    }
  }

  /// Whether text stays as it is.
  var isIdentity: Bool { steps.isEmpty }

  /// Normalizes a text.
  func normalize(_ text: inout AlignedText) throws(TokenizerError) {
    let limit = GrowthLimit("normalizer", of: text.bytes.count)
    for step in steps {
      switch step {
      case .bert(let options): Self.bert(&text, options)
      case .byteLevel: text.writeBytesAsCharacters()
      case .canonical(let composes, let compatibility):
        let changes = CanonicalForms.decomposed(text, compatibility: compatibility)
        text.transform(composes ? CanonicalForms.composed(changes) : changes)
      case .lowercase: Self.lowercase(&text)
      case .nmt: Self.nmt(&text)
      case .precompiled(let map): try map.apply(to: &text, limit)
      case .prepend(let prefix):
        try limit.check(prefix.count)
        text.prepend(prefix)
      case .replace(let pattern, let content):
        var matches: [Range<Int>] = []
        try pattern.forEachMatch(in: text.bytes) { matches.append($0) }
        try limit.check(content.count, times: matches.count)
        text.replace(matches, with: content)
      case .sentencePiece(let normalizer): try normalizer.apply(to: &text, limit)
      case .strip(let left, let right):
        text.strip(left: left, right: right, isSpace: PropertyTables.whiteSpace.contains)
      case .stripAccents: text.filter { !PropertyTables.combiningMarks.contains($0) }
      }
      try limit.check(text.bytes.count)
    }
    if text.isBroken { throw .misaligned }
  }

  private static func lowercase(_ text: inout AlignedText) {
    var changes: [AlignedText.Change] = []
    text.forEachScalar { scalar, _, _ in
      changes.append((PropertyTables.lowercase[scalar] ?? scalar, 0))
      // The only lower case of two characters: an i and a dot above.
      if scalar == 0x130 { changes.append((0x307, 1)) }
    }
    text.transform(changes)
  }

  private static func bert(_ text: inout AlignedText, _ options: BertNormalizerOptions) {
    if options.cleanText {
      text.filter { !PropertyTables.controls.contains($0) }
      text.map { PropertyTables.whiteSpace.contains($0) ? 0x20 : $0 }
    }
    if options.handleChineseCharacters {
      var changes: [AlignedText.Change] = []
      text.forEachScalar { scalar, _, _ in
        if isChinese(scalar) {
          changes += [(0x20, 0), (scalar, 1), (0x20, 1)]
        } else {
          changes.append((scalar, 0))
        }
      }
      text.transform(changes)
    }
    if options.stripAccents ?? options.lowercase {
      text.transform(CanonicalForms.decomposed(text, compatibility: false))
      text.filter { !PropertyTables.nonspacingMarks.contains($0) }
    }
    if options.lowercase { lowercase(&text) }
  }

  /// Whether `BertNormalizer` puts spaces around a character.
  static func isChinese(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF,
      0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  private static func nmt(_ text: inout AlignedText) {
    text.filter {
      switch $0 {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: false
      default: true
      }
    }
    text.map {
      switch $0 {
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: 0x20
      default: $0
      }
    }
  }
}

extension AlignedText {
  /// Replaces each byte by its character of the byte-level alphabet.
  mutating func writeBytesAsCharacters() {
    var changes: [Change] = []
    changes.reserveCapacity(bytes.count)
    forEachScalar { _, offset, length in
      for place in offset..<offset + length {
        changes.append((ByteAlphabet.scalar(of: bytes[place]), place == offset ? 0 : 1))
      }
    }
    transform(changes)
  }
}
