/// A decoder that follows its definition step by step.
struct ReferenceDecoder: Sendable {
  private enum Step: Sendable {
    case bpe(suffix: [UInt8])
    case byteFallback
    case byteLevel
    case ctc(padToken: [UInt8], wordDelimiterToken: [UInt8], cleanup: Bool)
    case fuse
    case metaspace(MetaspaceOptions)
    case replace(ReferencePattern, content: [UInt8])
    case strip(content: UInt32, start: Int, stop: Int)
    case wordPiece(prefix: [UInt8], cleanup: Bool)
  }

  private var steps: [Step] = []

  /// Prepares a decoder.
  ///
  /// - Throws: `TokenizerError` for a pattern that cannot be used.
  init(_ definition: DecoderDefinition, path: String) throws(TokenizerError) { try append(definition, path) }

  private mutating func append(_ definition: DecoderDefinition, _ path: String) throws(TokenizerError) {
    switch definition {
    case .bpe(let suffix): steps.append(.bpe(suffix: suffix))
    case .byteFallback: steps.append(.byteFallback)
    case .byteLevel: steps.append(.byteLevel)
    case .ctc(let padToken, let wordDelimiterToken, let cleanup):
      steps.append(.ctc(padToken: padToken, wordDelimiterToken: wordDelimiterToken, cleanup: cleanup))
    case .fuse: steps.append(.fuse)
    case .metaspace(let options): steps.append(.metaspace(options))
    case .replace(let pattern, let content):
      steps.append(.replace(try ReferencePattern(pattern, path: "\(path).pattern"), content: content))
    case .sentencePiece:
      throw TokenizerError(path, "SentencePiece's decoder needs a SentencePiece model and no other step")
    case .sequence(let definitions):
      for (index, definition) in definitions.enumerated() { try append(definition, "\(path).decoders[\(index)]") }
    case .strip(let content, let start, let stop):
      steps.append(.strip(content: content.value, start: start, stop: stop))
    case .wordPiece(let prefix, let cleanup): steps.append(.wordPiece(prefix: prefix, cleanup: cleanup))
    }
  }

  /// The text of tokens, valid UTF-8 where their texts are.
  ///
  /// - Throws: `TokenizerError` where the text becomes longer than it may.
  func decode(_ tokens: [[UInt8]]) throws(TokenizerError) -> [UInt8] {
    let limit = GrowthLimit("decoder", of: Self.length(tokens))
    var tokens = tokens
    for step in steps {
      tokens = try Self.apply(step, to: tokens, limit)
      try limit.check(Self.length(tokens))
    }
    return Array(tokens.joined())
  }

  private static func length(_ tokens: [[UInt8]]) -> Int { tokens.reduce(0) { $0 + $1.count } }

  private static func apply(
    _ step: Step, to tokens: [[UInt8]], _ limit: GrowthLimit
  ) throws(TokenizerError) -> [[UInt8]] {
    switch step {
    case .bpe(let suffix):
      return tokens.enumerated().map { index, token in
        token.replacing(suffix, with: index == tokens.count - 1 ? [] : [0x20])
      }
    case .byteFallback: return byteFallback(tokens)
    case .byteLevel: return [byteLevel(tokens)]
    case .ctc(let padToken, let wordDelimiterToken, let cleanup):
      return ctc(tokens, padToken, wordDelimiterToken, cleanup)
    case .fuse: return [Array(tokens.joined())]
    case .metaspace(let options): return metaspace(tokens, options)
    case .replace(let pattern, let content):
      var replaced: [[UInt8]] = []
      var length = 0
      for token in tokens {
        var bytes: [UInt8] = []
        for piece in try pattern.pieces(of: token) {
          let part = piece.isMatch ? content : Array(token[piece.range])
          length += part.count
          try limit.check(length)
          bytes += part
        }
        replaced.append(bytes)
      }
      return replaced
    case .strip(let content, let start, let stop): return tokens.map { strip($0, content, start: start, stop: stop) }
    case .wordPiece(let prefix, let cleanup): return wordPiece(tokens, prefix, cleanup)
    }
  }

  private static func byteFallback(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var bytes: [UInt8] = []
    func flush() {
      guard !bytes.isEmpty else { return }
      if bytes.withUnsafeBufferPointer({ UTF8Repair.isValid($0) }) {
        result.append(bytes)
      } else {
        for _ in bytes { result.append([0xEF, 0xBF, 0xBD]) }
      }
      bytes = []
    }
    for token in tokens {
      if let byte = byte(of: token) {
        bytes.append(byte)
      } else {
        flush()
        result.append(token)
      }
    }
    flush()
    return result
  }

  /// The byte of a token like `<0x0A>`.
  private static func byte(of token: [UInt8]) -> UInt8? {
    guard token.count == 6, token.starts(with: Array("<0x".utf8)), token[5] == UInt8(ascii: ">") else { return nil }
    // As Rust reads a number: a plus sign before one digit is fine.
    let digits = token[3] == UInt8(ascii: "+") ? token[4..<5] : token[3..<5]
    var value: UInt8 = 0
    for digit in digits {
      guard let digit = Character(Unicode.Scalar(digit)).hexDigitValue, digit < 16 else { return nil }
      value = value << 4 | UInt8(digit)
    }
    return value
  }

  private static func byteLevel(_ tokens: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for token in tokens {
      var decoded: [UInt8] = []
      var isByteLevel = true
      AlignedText.scalars(of: token) { scalar in
        if let byte = ByteAlphabet.byte(of: scalar) { decoded.append(byte) } else { isByteLevel = false }
      }
      bytes += isByteLevel ? decoded : token
    }
    var repaired: [UInt8] = []
    bytes.withUnsafeBufferPointer { UTF8Repair.repair($0, into: &repaired) }
    return repaired
  }

  private static func metaspace(_ tokens: [[UInt8]], _ options: MetaspaceOptions) -> [[UInt8]] {
    tokens.enumerated().map { index, token in
      var bytes: [UInt8] = []
      AlignedText.scalars(of: token) { scalar in
        if scalar != options.replacement.value {
          UTF8Scalar.append(scalar, to: &bytes)
        } else if index > 0 || options.prependScheme == .never {
          bytes.append(0x20)
        }
      }
      return bytes
    }
  }

  private static func strip(_ token: [UInt8], _ content: UInt32, start: Int, stop: Int) -> [UInt8] {
    var scalars: [UInt32] = []
    AlignedText.scalars(of: token) { scalars.append($0) }
    let first = scalars.prefix(start).prefix { $0 == content }.count
    let last = scalars.count - scalars.suffix(stop).reversed().prefix { $0 == content }.count
    var bytes: [UInt8] = []
    for scalar in scalars[min(first, last)..<last] { UTF8Scalar.append(scalar, to: &bytes) }
    return bytes
  }

  private static func wordPiece(_ tokens: [[UInt8]], _ prefix: [UInt8], _ cleanup: Bool) -> [[UInt8]] {
    tokens.enumerated().map { index, token in
      var token = token
      if index > 0 { token = token.starts(with: prefix) ? Array(token.dropFirst(prefix.count)) : [0x20] + token }
      return cleanup ? cleaned(token) : token
    }
  }

  private static func ctc(
    _ tokens: [[UInt8]], _ padToken: [UInt8], _ wordDelimiterToken: [UInt8], _ cleanup: Bool
  ) -> [[UInt8]] {
    var result: [[UInt8]] = []
    for (index, token) in tokens.enumerated() where index == 0 || tokens[index - 1] != token {
      var text = token.replacing(padToken, with: [])
      if cleanup { text = cleaned(text).replacing(wordDelimiterToken, with: [0x20]) }
      if !text.isEmpty { result.append(text) }
    }
    return result
  }

  /// English text without the spaces that tokenizing put before punctuation.
  private static func cleaned(_ text: [UInt8]) -> [UInt8] {
    let replacements = [
      (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
      (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]
    return replacements.reduce(text) { $0.replacing(Array($1.0.utf8), with: Array($1.1.utf8)) }
  }
}

extension [UInt8] {
  /// The bytes with every occurrence of others replaced, as Rust's `str::replace` does: an empty text occurs before and
  /// after each character.
  fileprivate func replacing(_ old: [UInt8], with new: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var offset = 0
    guard !old.isEmpty else {
      for byte in self {
        if byte & 0xC0 != 0x80 { result += new }
        result.append(byte)
      }
      return result + new
    }
    while offset < count {
      if self[offset] == old[0], self[offset...].starts(with: old) {
        result += new
        offset += old.count
      } else {
        result.append(self[offset])
        offset += 1
      }
    }
    return result
  }
}
