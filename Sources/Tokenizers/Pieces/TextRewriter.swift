/// Normalizes text without knowing where each byte comes from.
///
/// Steps of the reference leave text alone that comes from nowhere at the start of the source, as what takes the place of an
/// empty match does. Definitions that may have such text are not followed here.
struct TextRewriter: Sendable {
  private enum Step: Sendable {
    case nfc
    case lowercase
    case prepend([UInt8])
    case replace([UInt8], content: [UInt8])
    case pattern(PatternCut, content: [UInt8])
    case precompiled(PrecompiledCharacterMap)
    case sentencePiece(SentencePieceNormalizer)
    /// What leaves ASCII as it is.
    case beyondASCII(ReferenceNormalizer)
    case reference(ReferenceNormalizer)
  }

  private let steps: [Step]
  /// Whether the first byte of a text always comes from the first byte of the source.
  let keepsStart: Bool

  /// Prepares a normalizer; nil where text may come from nowhere at the start of the source.
  init?(_ definition: NormalizerDefinition?) throws(TokenizerError) {
    let definitions = definition?.steps ?? []
    var steps: [Step] = []
    if definitions.count == 1, case .sentencePiece(let options) = definitions[0],
      let normalizer = SentencePieceNormalizer(options)
    {
      self.steps = [.sentencePiece(normalizer)]
      keepsStart = false
      return
    }
    for definition in definitions {
      guard let step = try Self.step(definition) else { return nil }
      steps.append(step)
    }
    self.steps = steps
    keepsStart = definitions.allSatisfy {
      switch $0 {
      case .nfc: true
      case .replace(.string(let text), _): text.count == 1
      default: false
      }
    }
  }

  /// A step; nil where it may leave text that comes from nowhere.
  private static func step(_ definition: NormalizerDefinition) throws(TokenizerError) -> Step? {
    switch definition {
    case .nfc: return .nfc
    case .lowercase: return .lowercase
    case .prepend(let text): return text.isEmpty ? nil : .prepend(text)
    case .replace(.string(let text), let content): return text.isEmpty ? nil : .replace(text, content: content)
    case .replace(.regex(let pattern), let content):
      guard let cut = PatternCut(simple: pattern) else { return nil }
      return .pattern(cut, content: content)
    case .nfd, .nfkc, .nfkd, .stripAccents: return .beyondASCII(try ReferenceNormalizer(definition, path: ""))
    case .precompiled(let bytes):
      // A damaged map is refused by the reference code.
      return PrecompiledCharacterMap(bytes).map { .precompiled($0) }
    case .bert, .byteLevel, .nmt, .strip:
      return .reference(try ReferenceNormalizer(definition, path: ""))
    case .sentencePiece, .sequence: return nil
    }
  }

  /// Whether nothing is ever changed.
  var isNothing: Bool { steps.isEmpty }

  /// Whether some step is followed by the reference code for any text.
  var hasReferenceSteps: Bool {
    steps.contains { if case .reference = $0 { true } else { false } }
  }

  /// Normalizes a text; false where it stays as it is, and `result` is not to be used.
  ///
  /// - Throws: `TokenizerError` where the text becomes longer than it may.
  func rewrite(
    _ text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]
  ) throws(TokenizerError) -> Bool {
    let limit = GrowthLimit("normalizer", of: text.count)
    var isChanged = false
    for step in steps {
      if isChanged {
        var next: [UInt8] = []
        let changes = try result.withUnsafeBufferPointer { bytes throws(TokenizerError) in
          try Self.apply(step, to: bytes, into: &next, limit)
        }
        if changes { swap(&result, &next) }
      } else {
        isChanged = try Self.apply(step, to: text, into: &result, limit)
      }
      if isChanged { try limit.check(result.count) }
    }
    return isChanged
  }

  private static func apply(
    _ step: Step, to text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8], _ limit: GrowthLimit
  ) throws(TokenizerError) -> Bool {
    switch step {
    case .nfc:
      let bytes = RawSpan(_unsafeElements: text)
      if Normalizer.isNormalized(bytes) { return false }
      var alignment: [Int]?
      Normalizer.normalizeNFC(bytes, into: &result, alignment: &alignment)
      return true
    case .lowercase: return lowercase(text, into: &result)
    case .prepend(let prefix):
      guard !text.isEmpty else { return false }
      try limit.check(prefix.count)
      result.removeAll(keepingCapacity: true)
      result += prefix
      result.append(contentsOf: text)
      return true
    case .replace(let pattern, let content): return try replace(pattern, by: content, in: text, into: &result, limit)
    case .pattern(let cut, let content):
      var matches: [Range<Int>] = []
      try cut.matches(in: text, into: &matches)
      guard !matches.isEmpty else { return false }
      try limit.check(content.count, times: matches.count)
      replace(matches, by: content, in: text, into: &result)
      return true
    case .precompiled(let map): return try map.rewrite(text, into: &result, limit)
    case .sentencePiece(let normalizer):
      result = try normalizer.normalized(text, limit)
      return true
    case .beyondASCII(let normalizer):
      if text.allSatisfy({ $0 < 0x80 }) { return false }
      return try apply(normalizer, to: text, into: &result)
    case .reference(let normalizer): return try apply(normalizer, to: text, into: &result)
    }
  }

  private static func apply(
    _ normalizer: ReferenceNormalizer, to text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]
  ) throws(TokenizerError) -> Bool {
    var aligned = AlignedText(source: text)
    try normalizer.normalize(&aligned)
    result = aligned.bytes
    return true
  }

  private static func lowercase(_ text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]) -> Bool {
    result.removeAll(keepingCapacity: true)
    result.reserveCapacity(text.count)
    var offset = 0
    while offset < text.count {
      let byte = text[offset]
      if byte < 0x80 {
        result.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
        offset += 1
        continue
      }
      let (scalar, length) = CharacterCursor.scalar(in: text, at: offset)
      UTF8Scalar.append(PropertyTables.lowercase[scalar] ?? scalar, to: &result)
      // The only lower case of two characters: an i and a dot above.
      if scalar == 0x130 { UTF8Scalar.append(0x307, to: &result) }
      offset += length
    }
    return true
  }

  private static func replace(
    _ pattern: [UInt8], by content: [UInt8], in text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8],
    _ limit: GrowthLimit
  ) throws(TokenizerError) -> Bool {
    let first = pattern[0]
    var isChanged = false
    var copied = 0
    var offset = 0
    while let start = text[offset...].firstIndex(of: first) {
      guard text[start...].starts(with: pattern) else {
        offset = start + 1
        continue
      }
      if !isChanged { result.removeAll(keepingCapacity: true) }
      isChanged = true
      try limit.check(result.count + content.count)
      result.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<start]))
      result += content
      copied = start + pattern.count
      offset = copied
    }
    if isChanged { result.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...])) }
    return isChanged
  }

  private static func replace(
    _ matches: [Range<Int>], by content: [UInt8], in text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]
  ) {
    result.removeAll(keepingCapacity: true)
    var copied = 0
    for match in matches {
      result.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<match.lowerBound]))
      result += content
      copied = match.upperBound
    }
    result.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...]))
  }
}
