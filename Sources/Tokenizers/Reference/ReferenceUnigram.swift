/// Unigram as the reference does it: the segmentation with the best sum of scores, the first found of equals.
struct ReferenceUnigram: Sendable {
  fileprivate struct Node {
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

  /// Memory that is used again and again.
  struct Paths {
    fileprivate var nodes: [Node] = []
  }

  /// Passes on the tokens of a pre-token.
  ///
  /// - Complexity: O(*n* *m*) for *n* bytes and a longest token of *m* bytes.
  func encode(_ text: [UInt8], _ body: (TokenID, Range<Int>) -> Void) throws(TokenizerError) {
    for (range, token) in try segments(of: text) {
      if let token {
        body(token, range)
      } else {
        for token in try tokens(ofUnknown: text[range]) { body(token, range) }
      }
    }
  }

  /// The number of tokens of a pre-token.
  ///
  /// - Complexity: O(*n* *m*) for *n* bytes and a longest token of *m* bytes.
  func count(_ text: UnsafeBufferPointer<UInt8>, _ paths: inout Paths) throws(TokenizerError) -> Int {
    try findBestPaths(of: text, &paths)
    var count = 0
    var end = text.count
    var unknownEnd: Int?
    while end > 0 {
      let node = paths.nodes[end]
      if node.token == model.unknownToken {
        unknownEnd = unknownEnd ?? end
      } else {
        if let last = unknownEnd { count += try tokens(ofUnknown: Array(text[end..<last])[...]).count }
        unknownEnd = nil
        count += 1
      }
      end = node.start
    }
    if let last = unknownEnd { count += try tokens(ofUnknown: Array(text[..<last])[...]).count }
    return count
  }

  /// The tokens of text that the unknown token covers, which the reference looks up once more as a whole.
  private func tokens(ofUnknown text: ArraySlice<UInt8>) throws(TokenizerError) -> [TokenID] {
    let text = Array(text)
    if let token = lookup.id(of: text) { return [token] }
    if model.byteFallback, let tokens = byteTokens(of: text) { return tokens }
    guard let unknown = model.unknownToken else { throw .missingUnknownToken(text) }
    return [unknown]
  }

  private func byteTokens(of text: [UInt8]) -> [TokenID]? {
    var tokens: [TokenID] = []
    for byte in text {
      guard let token = lookup.byteToken(byte) else { return nil }
      tokens.append(token)
    }
    return tokens
  }

  /// The segments of a text with their tokens; nil for what the unknown token covers.
  private func segments(of text: [UInt8]) throws(TokenizerError) -> [(range: Range<Int>, token: TokenID?)] {
    var paths = Paths()
    try text.withUnsafeBufferPointer { bytes throws(TokenizerError) in try findBestPaths(of: bytes, &paths) }
    var segments: [(range: Range<Int>, token: TokenID?)] = []
    var end = text.count
    var unknownEnd: Int?
    while end > 0 {
      let node = paths.nodes[end]
      if node.token == model.unknownToken {
        unknownEnd = unknownEnd ?? end
      } else {
        if let last = unknownEnd { segments.append((end..<last, nil)) }
        unknownEnd = nil
        segments.append((node.start..<end, node.token))
      }
      end = node.start
    }
    if let last = unknownEnd { segments.append((0..<last, nil)) }
    return segments.reversed()
  }

  /// Leaves the best way to each offset in `paths`.
  private func findBestPaths(of text: UnsafeBufferPointer<UInt8>, _ paths: inout Paths) throws(TokenizerError) {
    paths.nodes.removeAll(keepingCapacity: true)
    paths.nodes.append(contentsOf: repeatElement(Node(), count: text.count + 1))
    var start = 0
    while start < text.count {
      let length = CharacterCursor.scalar(in: text, at: start).length
      let score = paths.nodes[start].score
      var coversCharacter = false
      var node = ByteTrie.root
      var end = start
      while end < text.count, let next = trie.step(from: node, text[end]) {
        node = next.node
        end &+= 1
        guard next.value >= 0 else { continue }
        let candidate = model.scores[Int(next.value)] + score
        if paths.nodes[end].start < 0 || candidate > paths.nodes[end].score {
          paths.nodes[end] = Node(score: candidate, start: start, token: next.value)
        }
        if end &- start == length { coversCharacter = true }
      }
      if !coversCharacter {
        let candidate = unknownScore + score
        let end = start + length
        if paths.nodes[end].start < 0 || candidate > paths.nodes[end].score {
          guard let unknown = model.unknownToken else { throw .missingUnknownToken(Array(text[start..<end])) }
          paths.nodes[end] = Node(score: candidate, start: start, token: unknown)
        }
      }
      start += length
    }
  }
}
