/// A SentencePiece model that encodes as sentencepiece 0.2.3 does.
struct ReferenceSentencePiece: Sendable {
  private let model: SentencePieceDefinition
  /// The pieces that text may become: normal, user-defined and unused ones.
  private var pieces = ByteTrie()
  private var userDefined = ByteTrie()
  private var byteTokens: [TokenID] = []
  private let lookup: VocabularyLookup
  private let unknownScore: Float

  /// What a character in no piece costs beyond the worst score.
  private static let unknownPenalty: Float = 10

  init(_ model: SentencePieceDefinition, _ lookup: VocabularyLookup) {
    self.model = model
    self.lookup = lookup
    var worst = Float.greatestFiniteMagnitude
    for (position, kind) in model.kinds.enumerated() {
      let (text, value) = (model.vocabulary.texts[position], Int32(truncatingIfNeeded: position))
      if kind == .normal { worst = min(worst, model.scores[position]) }
      if kind == .normal || kind == .userDefined || kind == .unused { pieces.insert(text, value: value) }
      if kind == .userDefined { userDefined.insert(text, value: value) }
    }
    unknownScore = worst - Self.unknownPenalty
    guard model.byteFallback else { return }
    byteTokens = [TokenID](repeating: model.unknownToken, count: 256)
    // A piece of text may have the name of a byte, too.
    for (position, kind) in model.kinds.enumerated() where kind == .byte {
      guard let byte = SpaceMark.byte(named: model.vocabulary.texts[position]) else { continue }
      byteTokens[Int(byte)] = TokenID(truncatingIfNeeded: position)
    }
  }

  /// Passes on the tokens of a normalized text; unknown pieces next to each other are one.
  func encode(_ text: [UInt8], _ body: (TokenID, Range<Int>) -> Void) {
    let segments =
      switch model.algorithm {
      case .bpe: merged(text)
      case .unigram: segmented(text)
      case .word: words(text)
      case .character: characters(text)
      }
    var unknown: Range<Int>?
    for segment in segments {
      if segment.token == model.unknownToken, !model.byteFallback {
        unknown = (unknown?.lowerBound ?? segment.range.lowerBound)..<segment.range.upperBound
        continue
      }
      if let range = unknown { body(model.unknownToken, range) }
      unknown = nil
      if segment.token == model.unknownToken {
        for offset in segment.range { body(byteTokens[Int(text[offset])], offset..<offset + 1) }
      } else {
        body(segment.token, segment.range)
      }
    }
    if let range = unknown { body(model.unknownToken, range) }
  }

  /// The number of tokens of a normalized text.
  func count(_ text: [UInt8]) -> Int {
    var count = 0
    encode(text) { _, _ in count += 1 }
    return count
  }

  private typealias Segment = (token: TokenID, range: Range<Int>)

  private static func length(_ text: [UInt8], _ offset: Int) -> Int {
    text.withUnsafeBytes { UTF8Scalar(in: $0, at: offset).length }
  }

  /// The longest text of a trie that begins at an offset, and its end.
  static func longestMatch(
    _ trie: ByteTrie, _ text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int? {
    var node = ByteTrie.root
    var offset = start
    var longest: Int?
    while offset < text.count, let next = trie.step(from: node, text[offset]) {
      node = next.node
      offset &+= 1
      if next.value >= 0 { longest = offset }
    }
    return longest
  }

  // MARK: Words and characters

  /// The token of a text as a whole; markers, bytes and pieces that are not used come from no text.
  private func segment(_ range: Range<Int>, _ text: [UInt8]) -> Segment {
    guard let token = lookup.id(of: range, in: text), [.normal, .userDefined].contains(model.kinds[Int(token)]) else {
      return (model.unknownToken, range)
    }
    return (token, range)
  }

  /// Each space begins a word.
  private func words(_ text: [UInt8]) -> [Segment] {
    var segments: [Segment] = []
    var start = 0
    var offset = 0
    while offset < text.count {
      if offset > start, text[offset...].starts(with: SpaceMark.bytes) {
        segments.append(segment(start..<offset, text))
        start = offset
      }
      offset += Self.length(text, offset)
    }
    if offset > start { segments.append(segment(start..<offset, text)) }
    return segments
  }

  private func characters(_ text: [UInt8]) -> [Segment] {
    var segments: [Segment] = []
    var offset = 0
    while offset < text.count {
      let match = text.withUnsafeBufferPointer { Self.longestMatch(userDefined, $0, from: offset) }
      let end = match ?? offset + Self.length(text, offset)
      segments.append(segment(offset..<end, text))
      offset = end
    }
    return segments
  }

  // MARK: Unigram

  private struct Node {
    var score: Float = 0
    var start = -1
    var token: TokenID = -1
  }

  private func segmented(_ text: [UInt8]) -> [Segment] {
    let nodes = text.withUnsafeBufferPointer { bestPaths(of: $0) }
    var segments: [Segment] = []
    var end = text.count
    while end > 0 {
      segments.append((nodes[end].token, nodes[end].start..<end))
      end = nodes[end].start
    }
    return segments.reversed()
  }

  /// Beyond this score the ways go on from zero, since sums of large numbers would lose the scores of pieces.
  ///
  /// Source: sentencepiece 0.2.3, `unigram_model.cc`, `kScoreResetThreshold`.
  private static let resetScore: Float = 100_000

  /// The best way to each offset.
  private func bestPaths(of text: UnsafeBufferPointer<UInt8>) -> [Node] {
    var nodes = [Node](repeating: Node(), count: text.count + 1)
    var start = 0
    /// The last offset that a way has come to.
    var frontier = 0
    while start < text.count {
      let length = CharacterCursor.scalar(in: text, at: start).length
      if nodes[start].score.magnitude > Self.resetScore {
        let offset = nodes[start].score
        for index in start...max(start, frontier) where index == start || nodes[index].start >= 0 {
          nodes[index].score -= offset
        }
      }
      let score = nodes[start].score
      var coversCharacter = false
      var node = ByteTrie.root
      var end = start
      while end < text.count, let next = pieces.step(from: node, text[end]) {
        node = next.node
        end &+= 1
        guard next.value >= 0 else { continue }
        let token = Int(next.value)
        let candidate: Float
        switch model.kinds[token] {
        case .unused: continue
        case .userDefined: candidate = Float(0.1 * Double(end &- start) - 0.1) + score
        default: candidate = model.scores[token] + score
        }
        frontier = max(frontier, end)
        if nodes[end].start < 0 || candidate > nodes[end].score {
          nodes[end] = Node(score: candidate, start: start, token: next.value)
        }
        if end &- start == length { coversCharacter = true }
      }
      if !coversCharacter {
        let (candidate, end) = (unknownScore + score, start &+ length)
        frontier = max(frontier, end)
        if nodes[end].start < 0 || candidate > nodes[end].score {
          nodes[end] = Node(score: candidate, start: start, token: model.unknownToken)
        }
      }
      start &+= length
    }
    return nodes
  }

  // MARK: BPE

  private struct Symbol {
    var range: Range<Int>
    var previous: Int
    var next: Int
    var isFrozen: Bool
  }

  /// The token of a piece; nil for none.
  private func piece(_ range: Range<Int>, _ text: [UInt8]) -> TokenID? {
    var node = ByteTrie.root
    for offset in range {
      guard let next = pieces.child(of: node, text[offset]) else { return nil }
      node = next
    }
    return pieces.value(at: node)
  }

  /// The merge of a symbol with the next one, and its key in the queue: the best score first, then the leftmost.
  private func candidate(_ left: Int, _ symbols: [Symbol], _ text: [UInt8]) -> (key: UInt64, token: TokenID)? {
    guard left >= 0, symbols[left].next >= 0 else { return nil }
    let right = symbols[symbols[left].next]
    guard !symbols[left].isFrozen, !right.isFrozen,
      let token = piece(symbols[left].range.lowerBound..<right.range.upperBound, text)
    else { return nil }
    return (UInt64(Self.order(model.scores[Int(token)])) << 32 | UInt64(left), token)
  }

  private func merged(_ text: [UInt8]) -> [Segment] {
    var symbols: [Symbol] = []
    var offset = 0
    while offset < text.count {
      let match = text.withUnsafeBufferPointer { Self.longestMatch(userDefined, $0, from: offset) }
      let end = match ?? offset + Self.length(text, offset)
      let index = symbols.count
      symbols.append(
        Symbol(
          range: offset..<end, previous: index - 1, next: end < text.count ? index + 1 : -1, isFrozen: match != nil))
      offset = end
    }
    var queue = MinimumHeap()
    // An unused piece falls apart again where it was put together last.
    var borders: [[UInt8]: Int] = [:]
    func offer(_ left: Int, _ symbols: [Symbol]) {
      guard let (key, token) = candidate(left, symbols, text) else { return }
      queue.insert(key)
      guard model.kinds[Int(token)] == .unused else { return }
      borders[Array(text[symbols[left].range.lowerBound..<symbols[symbols[left].next].range.upperBound])] =
        symbols[left].range.count
    }
    for index in symbols.indices { offer(index, symbols) }
    while let top = queue.popMinimum() {
      let left = Int(top & 0xFFFF_FFFF)
      // The pair may have changed since it was queued.
      guard !symbols[left].range.isEmpty, candidate(left, symbols, text)?.key == top else { continue }
      let right = symbols[symbols[left].next]
      symbols[symbols[left].next].range = right.range.upperBound..<right.range.upperBound
      symbols[left].range = symbols[left].range.lowerBound..<right.range.upperBound
      symbols[left].next = right.next
      if right.next >= 0 { symbols[right.next].previous = left }
      offer(symbols[left].previous, symbols)
      offer(left, symbols)
    }
    var segments: [Segment] = []
    var index = symbols.isEmpty ? -1 : 0
    while index >= 0 {
      append(symbols[index].range, text, borders, to: &segments)
      index = symbols[index].next
    }
    return segments
  }

  /// Appends a merged piece, or the parts of one that is not used.
  private func append(_ range: Range<Int>, _ text: [UInt8], _ borders: [[UInt8]: Int], to segments: inout [Segment]) {
    var waiting = [range]
    while let range = waiting.popLast() {
      let token = piece(range, text) ?? model.unknownToken
      guard model.kinds[Int(token)] == .unused else {
        segments.append((token, range))
        continue
      }
      guard let border = borders[Array(text[range])] else {
        segments.append((model.unknownToken, range))
        continue
      }
      waiting.append(range.lowerBound + border..<range.upperBound)
      waiting.append(range.lowerBound..<range.lowerBound + border)
    }
  }

  /// A number that is smaller for better scores.
  private static func order(_ score: Float) -> UInt32 {
    // Zeros of different signs are different.
    let bits = score.bitPattern
    return bits >> 31 == 1 ? bits : ~(bits | 0x8000_0000)
  }
}
