/// Cuts text as it is at white space, for pipelines that treat each word by itself.
///
/// That is so where the pre-tokenizer first removes white space, and each step of the normalizer looks at characters one by
/// one, or at neighbors that are never beyond a space.
struct WordBorders: Sendable {
  /// Whether text is also cut around the characters around which `BertNormalizer` puts spaces.
  private let cutsAroundChinese: Bool
  /// Whether some step treats the start of the whole text in another way.
  let dependsOnStart: Bool

  /// Whether the source of each token of a word is the same without the words around it.
  let keepsSources: Bool

  /// The only pattern of a normalizer that is known never to look beyond white space.
  static let runsOfSpaces = Array(" {2,}".utf8)

  /// Recognizes a pipeline of words; nil for another one.
  ///
  /// - Parameter reference: The tokenizer of the definition.
  init?(_ definition: TokenizerDefinition, _ reference: ReferenceTokenizer) {
    let normalizers = definition.normalizer?.steps ?? []
    let preTokenizers = definition.preTokenizer?.steps ?? []
    switch preTokenizers.first {
    case .bert, .whitespace, .whitespaceSplit: break
    default: return nil
    }
    guard Self.areLocal(normalizers), Self.keepsSpaces(reference.normalizer) else { return nil }
    for token in definition.addedTokens where token.normalized {
      guard !token.lstrip, !token.rstrip, let content = reference.addedTexts[token.id], !Self.holdsWhiteSpace(content)
      else { return nil }
    }
    if normalizers.count == 1, case .bert(let options) = normalizers[0] {
      cutsAroundChinese = options.handleChineseCharacters
    } else {
      cutsAroundChinese = false
    }
    // The reference passes over the length of what is replaced at the start of a text.
    keepsSources = !normalizers.contains { if case .precompiled = $0 { true } else { false } }
    dependsOnStart = preTokenizers.contains {
      if case .metaspace(let options) = $0 { options.prependScheme == .first } else { false }
    }
  }

  /// Whether the steps of a normalizer never look across white space.
  private static func areLocal(_ steps: [NormalizerDefinition]) -> Bool {
    var strips = false
    for step in steps {
      switch step {
      case .bert, .lowercase, .nfc, .nfd, .nfkc, .nfkd, .nmt, .stripAccents: break
      case .strip: strips = true
      // It could make something else of white space that `Strip` has left in one place only.
      case .precompiled: if strips { return false }
      case .replace(.string(let text), _): if text.isEmpty || holdsWhiteSpace(text) { return false }
      case .replace(.regex(let pattern), let content):
        guard pattern.elementsEqual(runsOfSpaces), content == [0x20] else { return false }
      case .byteLevel, .prepend, .sentencePiece, .sequence: return false
      }
    }
    return true
  }

  private static func holdsWhiteSpace(_ text: [UInt8]) -> Bool {
    var found = false
    AlignedText.scalars(of: text) { found = found || PropertyTables.whiteSpace.contains($0) }
    return found
  }

  /// Whether white space between words stays white space, and the words what they are.
  private static func keepsSpaces(_ normalizer: ReferenceNormalizer) -> Bool {
    func normalized(_ text: String) -> [UInt8]? {
      var aligned = Array(text.utf8).withUnsafeBufferPointer { AlignedText(source: $0) }
      do throws(TokenizerError) { try normalizer.normalize(&aligned) } catch { return nil }
      return aligned.bytes
    }
    guard let left = normalized("a"), let right = normalized("b") else { return false }
    return [" ", "\n", "\t", "\r", "\r\n", "  "].allSatisfy { space in
      guard let text = normalized("a" + space + "b"), text.count > left.count + right.count, text.starts(with: left),
        text.suffix(right.count).elementsEqual(right)
      else { return false }
      let between = Array(text[left.count..<text.count - right.count])
      var isWhite = true
      AlignedText.scalars(of: between) { isWhite = isWhite && PropertyTables.whiteSpace.contains($0) }
      return isWhite
    }
  }

  // MARK: Cutting

  @inline(__always)
  private static func isWhite(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D }

  /// The first word at `start` or later; nil if there is none.
  @inline(__always)
  func next(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
    var start = start
    while start < text.count, Self.isWhite(text[start]) { start &+= 1 }
    guard start < text.count else { return nil }
    var end = start
    while true {
      while end < text.count, !Self.isWhite(text[end]) {
        if cutsAroundChinese, text[end] >= 0xE3 {
          let (scalar, length) = CharacterCursor.scalar(in: text, at: end)
          if ReferenceNormalizer.isChinese(scalar) {
            return end == start ? start..<end &+ length : start..<end
          }
          end &+= length
        } else {
          end &+= 1
        }
      }
      guard end < text.count else { return start..<end }
      var next = end
      while next < text.count, Self.isWhite(text[next]) { next &+= 1 }
      if next == text.count || Self.mayCut(text, end, next) { return start..<end }
      end = next
    }
  }

  /// Whether no character on one side of white space joins it to a grapheme cluster.
  private static func mayCut(_ text: UnsafeBufferPointer<UInt8>, _ end: Int, _ next: Int) -> Bool {
    if text[next] >= 0x80 {
      let scalar = CharacterCursor.scalar(in: text, at: next).value
      if GraphemeClass(rawValue: PropertyTables.graphemeClasses(scalar))?.extends ?? false { return false }
    }
    guard end > 0, text[end &- 1] >= 0x80 else { return true }
    var last = end &- 1
    while text[last] & 0xC0 == 0x80 { last &-= 1 }
    let scalar = CharacterCursor.scalar(in: text, at: last).value
    return GraphemeClass(rawValue: PropertyTables.graphemeClasses(scalar)) != .prepend
  }
}
