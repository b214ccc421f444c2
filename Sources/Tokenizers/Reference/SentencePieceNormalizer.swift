/// What SentencePiece 0.2.3 does to text before it encodes it.
struct SentencePieceNormalizer: Sendable {
  private let options: SentencePieceNormalizerOptions
  private let map: PrecompiledCharacterMap?
  private var userDefined = ByteTrie()
  private let space: [UInt8]

  /// Prepares a normalizer; nil where the character map is damaged.
  init?(_ options: SentencePieceNormalizerOptions) {
    self.options = options
    if options.characterMap.isEmpty {
      map = nil
    } else {
      guard let map = PrecompiledCharacterMap(options.characterMap) else { return nil }
      self.map = map
    }
    for symbol in options.userDefinedSymbols { userDefined.insert(symbol, value: 0) }
    space = options.escapesWhitespaces ? [0xE2, 0x96, 0x81] : [0x20]
  }

  /// Normalizes a text.
  func apply(to text: inout AlignedText) {
    guard !text.isEmpty else { return }
    var output = Output()
    let bytes = text.bytes
    var offset = 0
    if options.removesExtraWhitespaces {
      while offset < bytes.count, let (part, count) = Optional(next(in: bytes, from: offset)),
        part.elementsEqual([0x20])
      {
        offset += count
      }
    }
    if offset < bytes.count {
      if options.addsDummyPrefix, !options.treatsWhitespaceAsSuffix { output.append(space, from: offset..<offset) }
      var followsSpace = options.removesExtraWhitespaces
      while offset < bytes.count {
        let (replacement, count) = next(in: bytes, from: offset)
        let part = followsSpace ? replacement.drop { $0 == 0x20 } : replacement
        for byte in part {
          output.append(byte == 0x20 ? space : [byte], from: offset..<offset + count)
        }
        if !part.isEmpty { followsSpace = options.removesExtraWhitespaces && part.last == 0x20 }
        offset += count
      }
      if options.removesExtraWhitespaces { output.removeSuffix(space) }
      if options.addsDummyPrefix, options.treatsWhitespaceAsSuffix { output.append(space, from: offset..<offset) }
    }
    text.replaceAll(with: output.bytes, from: output.sources)
  }

  /// What the text at an offset becomes, and how many bytes of it.
  private func next(in bytes: [UInt8], from offset: Int) -> (part: ArraySlice<UInt8>, count: Int) {
    if let end = ReferenceSentencePiece.longestMatch(userDefined, bytes, from: offset) {
      return (bytes[offset..<end], end - offset)
    }
    if let map, let match = map.longestMatch(in: bytes[offset...]) { return (match.replacement, match.count) }
    let length = bytes.withUnsafeBytes { UTF8Scalar(in: $0, at: offset).length }
    return (bytes[offset..<offset + length], length)
  }

  private struct Output {
    var bytes: [UInt8] = []
    var sources: [Range<Int>] = []

    mutating func append(_ text: [UInt8], from source: Range<Int>) {
      bytes += text
      for _ in text { sources.append(source) }
    }

    mutating func removeSuffix(_ text: [UInt8]) {
      while bytes.count >= text.count, bytes.suffix(text.count).elementsEqual(text) {
        bytes.removeLast(text.count)
        sources.removeLast(text.count)
      }
    }
  }
}
