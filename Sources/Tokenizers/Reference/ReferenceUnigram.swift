/// Unigram as the reference does it: the segmentation with the best sum of scores, the first found of equals.
struct ReferenceUnigram: Sendable {
  private struct Node {
    var score = 0.0
    var start = -1
    var token: TokenID = -1
  }

  private let model: UnigramDefinition
  private let lookup: VocabularyLookup
  private let unknownScore: Double
  private var trie = ByteTrie()

  /// What a character in no token costs beyond the worst score.
  private static let unknownPenalty = 10.0

  init(_ model: UnigramDefinition, _ lookup: VocabularyLookup) {
    self.model = model
    self.lookup = lookup
    unknownScore = (model.scores.min() ?? .infinity) - Self.unknownPenalty
    for position in 0..<model.vocabulary.count {
      trie.insert(model.vocabulary.texts[position], value: Int32(truncatingIfNeeded: position))
    }
  }

  /// Passes on the tokens of a pre-token.
  ///
  /// - Complexity: O(*n* *m*) for *n* bytes and a longest token of *m* bytes.
  func encode(_ text: [UInt8], _ body: (TokenID, Range<Int>) -> Void) throws(TokenizerError) {
    for range in try segments(of: text) {
      if let token = lookup.id(of: range, in: text) {
        body(token, range)
      } else if model.byteFallback, let tokens = byteTokens(of: text[range]) {
        for token in tokens { body(token, range) }
      } else {
        guard let unknown = model.unknownToken else { throw .missingUnknownToken(Array(text[range])) }
        body(unknown, range)
      }
    }
  }

  private func byteTokens(of text: ArraySlice<UInt8>) -> [TokenID]? {
    var tokens: [TokenID] = []
    for byte in text {
      guard let token = lookup.byteToken(byte) else { return nil }
      tokens.append(token)
    }
    return tokens
  }

  private func segments(of text: [UInt8]) throws(TokenizerError) -> [Range<Int>] {
    let nodes = try bestPaths(of: text)
    var segments: [Range<Int>] = []
    var end = text.count
    var unknownEnd: Int?
    while end > 0 {
      let node = nodes[end]
      if node.token == model.unknownToken {
        unknownEnd = unknownEnd ?? end
      } else {
        if let last = unknownEnd { segments.append(end..<last) }
        unknownEnd = nil
        segments.append(node.start..<end)
      }
      end = node.start
    }
    if let last = unknownEnd { segments.append(0..<last) }
    return segments.reversed()
  }

  /// The best way to each offset.
  private func bestPaths(of text: [UInt8]) throws(TokenizerError) -> [Node] {
    var nodes = [Node](repeating: Node(), count: text.count + 1)
    var start = 0
    while start < text.count {
      let length = text.withUnsafeBytes { UTF8Scalar(in: $0, at: start).length }
      let score = nodes[start].score
      var coversCharacter = false
      var node = ByteTrie.root
      var end = start
      while end < text.count, let next = trie.child(of: node, text[end]) {
        node = next
        end += 1
        guard let position = trie.value(at: node) else { continue }
        let candidate = model.scores[Int(position)] + score
        if nodes[end].start < 0 || candidate > nodes[end].score {
          nodes[end] = Node(score: candidate, start: start, token: TokenID(position))
        }
        if end - start == length { coversCharacter = true }
      }
      if !coversCharacter {
        let candidate = unknownScore + score
        let end = start + length
        if nodes[end].start < 0 || candidate > nodes[end].score {
          guard let unknown = model.unknownToken else { throw .missingUnknownToken(Array(text[start..<end])) }
          nodes[end] = Node(score: candidate, start: start, token: unknown)
        }
      }
      start += length
    }
    return nodes
  }
}
