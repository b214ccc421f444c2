import Support

extension VocabularyContents {
  /// Reads the vocabulary file of a family.
  static func load(_ family: VocabularyFamily, path: String, bytes: [UInt8]) throws(TokenizerError)
    -> VocabularyContents
  {
    switch family {
    case .gemma2: try gemma(bytes, path: path)
    case .llama3: try llama(bytes, path: path)
    case .qwen3, .qwen25: try qwen(bytes, path: path, lastAddedToken: family.lastAddedToken)
    }
  }

  /// The most tokens that the compiled tables can number.
  static let maximumTokenCount = 1 << 20 - 1

  /// Every way to split a token into two tokens, as merge rules in the order that Hugging Face's converters write them:
  /// by token, then by the ids of the two parts.
  static func splits(of tokens: ByteStrings, at boundaries: (UInt8) -> Bool) -> [Merge] {
    let index = ByteStringIndex(tokens)
    var merges: [Merge] = []
    var ofToken: [Merge] = []
    for token in 0..<tokens.count {
      let range = tokens.range(token)
      guard range.count > 1 else { continue }
      ofToken.removeAll(keepingCapacity: true)
      for cut in range.dropFirst() where boundaries(tokens.bytes[cut]) {
        guard let left = index.position(of: range.lowerBound..<cut, in: tokens.bytes),
          let right = index.position(of: cut..<range.upperBound, in: tokens.bytes)
        else { continue }
        ofToken.append(Merge(left: UInt32(left), right: UInt32(right), result: UInt32(token)))
      }
      ofToken.sort { ($0.left, $0.right) < ($1.left, $1.right) }
      merges += ofToken
    }
    return merges
  }
}
