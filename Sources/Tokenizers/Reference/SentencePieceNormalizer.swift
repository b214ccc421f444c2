/// What SentencePiece 0.2.3 does to text before it encodes it.
struct SentencePieceNormalizer: Sendable {
  private let options: SentencePieceNormalizerOptions
  private let map: PrecompiledCharacterMap?
  private var userDefined = ByteTrie()
  private let space: [UInt8]
  /// The ASCII characters that stay as they are where another one, or nothing, follows.
  private var isPlain = [Bool](repeating: false, count: 128)
  /// Whether the same holds for a space, but for what becomes of white space.
  private let keepsSpace: Bool

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
    keepsSpace = userDefined.child(of: ByteTrie.root, 0x20) == nil && map?.keeps(0x20) ?? true
    for byte in UInt8(0x21)..<0x7F {
      isPlain[Int(byte)] =
        userDefined.child(of: ByteTrie.root, byte) == nil && map?.keeps(byte) ?? true
    }
  }

  /// Normalizes a text.
  ///
  /// - Throws: `TokenizerError` where the text becomes longer than it may.
  func apply(to text: inout AlignedText, _ limit: GrowthLimit) throws(TokenizerError) {
    guard !text.isEmpty else { return }
    let output = try text.bytes.withUnsafeBufferPointer { bytes throws(TokenizerError) in
      try makeOutput(for: bytes, findsSources: true, limit)
    }
    text.replaceAll(with: output.bytes, from: output.sources)
  }

  /// What a text becomes, without where it comes from.
  ///
  /// - Throws: `TokenizerError` where the text becomes longer than it may.
  func normalized(
    _ text: UnsafeBufferPointer<UInt8>, _ limit: GrowthLimit
  ) throws(TokenizerError) -> [UInt8] {
    text.isEmpty ? [] : try makeOutput(for: text, findsSources: false, limit).bytes
  }

  private func makeOutput(
    for bytes: UnsafeBufferPointer<UInt8>, findsSources: Bool, _ limit: GrowthLimit
  ) throws(TokenizerError) -> Output {
    var output = Output(findsSources: findsSources)
    output.bytes.reserveCapacity(bytes.count + bytes.count / 2)
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
        let byte = bytes[offset]
        if byte < 0x80, isPlain[Int(byte)], offset + 1 == bytes.count || bytes[offset + 1] < 0x80 {
          output.append(byte, from: offset)
          followsSpace = false
          offset += 1
          continue
        }
        if byte == 0x20, keepsSpace, offset + 1 == bytes.count || bytes[offset + 1] < 0x80 {
          if !followsSpace { output.append(space, from: offset..<offset + 1) }
          followsSpace = options.removesExtraWhitespaces
          offset += 1
          continue
        }
        let (replacement, count) = next(in: bytes, from: offset)
        let part = followsSpace ? replacement.drop { $0 == 0x20 } : replacement
        try limit.check(output.bytes.count + part.count)
        for byte in part {
          output.append(byte == 0x20 ? space : [byte], from: offset..<offset + count)
        }
        if !part.isEmpty { followsSpace = options.removesExtraWhitespaces && part.last == 0x20 }
        offset += count
      }
      if options.removesExtraWhitespaces { output.removeSuffix(space) }
      if options.addsDummyPrefix, options.treatsWhitespaceAsSuffix { output.append(space, from: offset..<offset) }
    }
    return output
  }

  /// What the text at an offset becomes, and how many bytes of it.
  private func next(in bytes: UnsafeBufferPointer<UInt8>, from offset: Int) -> (part: ArraySlice<UInt8>, count: Int) {
    if let end = ReferenceSentencePiece.longestMatch(userDefined, bytes, from: offset) {
      return (Array(bytes[offset..<end])[...], end - offset)
    }
    if let map, let match = map.longestMatch(in: bytes[offset...]) { return (match.replacement, match.count) }
    let length = UTF8Scalar(in: UnsafeRawBufferPointer(bytes), at: offset).length
    return (Array(bytes[offset..<offset + length])[...], length)
  }

  private struct Output {
    var bytes: [UInt8] = []
    /// Where each byte comes from; empty where nobody asks.
    var sources: [Range<Int>] = []
    let findsSources: Bool

    init(findsSources: Bool) { self.findsSources = findsSources }

    mutating func append(_ text: [UInt8], from source: Range<Int>) {
      bytes += text
      if findsSources { for _ in text { sources.append(source) } }
    }

    mutating func append(_ byte: UInt8, from offset: Int) {
      bytes.append(byte)
      if findsSources { sources.append(offset..<offset + 1) }
    }

    mutating func removeSuffix(_ text: [UInt8]) {
      while bytes.count >= text.count, bytes.suffix(text.count).elementsEqual(text) {
        bytes.removeLast(text.count)
        if findsSources { sources.removeLast(text.count) }
      }
    }
  }
}
