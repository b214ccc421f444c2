/// Finds added tokens in a text: the leftmost, and of those at one place the longest.
struct AddedTokenSplitter: Sendable {
  /// A stretch of text: an added token, or what the model has to encode.
  struct Piece: Sendable, Equatable {
    let range: Range<Int>
    let token: TokenID?
  }

  private let tokens: [AddedToken]
  private var trie = ByteTrie()
  /// The bytes that added tokens begin with.
  private let markers: ByteSet
  /// Finds all of them in one pass where looking at each place would take too long.
  private let automaton: AddedTokenAutomaton?

  /// Longer tokens make a look at each place too long.
  private static let walkedLength = 128

  /// - Parameter patterns: What is looked for, with the token each is for; the later of two for one text counts.
  init(_ patterns: [(content: [UInt8], token: AddedToken)]) {
    tokens = patterns.map(\.token)
    for (index, pattern) in patterns.enumerated() where !pattern.content.isEmpty {
      trie.insert(pattern.content, value: Int32(truncatingIfNeeded: index))
    }
    markers = ByteSet(patterns.compactMap(\.content.first))
    let longest = patterns.map(\.content.count).max() ?? 0
    automaton = longest > Self.walkedLength ? AddedTokenAutomaton(patterns.map(\.content)) : nil
  }

  /// Whether a text holds a byte that some added token begins with.
  func mayMatch(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard markers.count > 0 else { return false }
    var scan = AddedTokenScan(markers)
    return scan.next(in: text, from: 0) != nil
  }

  /// Cuts a text at the added tokens in it.
  ///
  /// - Parameter splitsSpecialTokens: Whether special tokens are left to the model.
  /// - Throws: `TokenizerError` where a token that takes in white space to its left begins in white space that the token
  ///   before has taken, which the reference cannot cut either.
  /// - Complexity: O(*n*) for a text of *n* bytes.
  func pieces(of text: [UInt8], splitsSpecialTokens: Bool) throws(TokenizerError) -> [Piece] {
    try text.withUnsafeBufferPointer { bytes throws(TokenizerError) in
      try pieces(of: bytes, splitsSpecialTokens: splitsSpecialTokens)
    }
  }

  /// Cuts a text at the added tokens in it.
  func pieces(
    of text: UnsafeBufferPointer<UInt8>, splitsSpecialTokens: Bool
  ) throws(TokenizerError) -> [Piece] {
    var pieces: [Piece] = []
    var end = 0
    var position = 0
    var spaces = SpaceRun(text)
    var finder = Finder(self, text)
    while let match = finder.next(in: self, from: position) {
      position = match.range.upperBound
      let token = tokens[match.index]
      if splitsSpecialTokens && token.special { continue }
      if token.singleWord, !isSingleWord(match.range, in: text) { continue }
      var (start, stop) = (match.range.lowerBound, match.range.upperBound)
      if token.lstrip { start = max(spaces.start(before: start), end) }
      if token.rstrip { stop = spaces.end(after: stop) }
      guard start <= stop else { throw .overlappingTokens(token.content) }
      if end < start { pieces.append(Piece(range: end..<start, token: nil)) }
      // White space that the token before has taken leaves nothing of this one, and the reference drops what is empty.
      if start < stop { pieces.append(Piece(range: start..<stop, token: token.id)) }
      end = stop
    }
    if end != text.count { pieces.append(Piece(range: end..<text.count, token: nil)) }
    return pieces
  }

  /// Steps from match to match.
  private struct Finder {
    private let text: UnsafeBufferPointer<UInt8>
    private var scan: AddedTokenScan
    /// The longest pattern that begins at each byte, -1 for none; nil where each place is looked at.
    private let patterns: [Int32]?

    init(_ splitter: AddedTokenSplitter, _ text: UnsafeBufferPointer<UInt8>) {
      self.text = text
      scan = AddedTokenScan(splitter.markers)
      patterns = splitter.automaton?.longestPatterns(in: text)
    }

    mutating func next(
      in splitter: AddedTokenSplitter, from position: Int
    ) -> (range: Range<Int>, index: Int)? {
      guard splitter.markers.count > 0 else { return nil }
      var position = position
      while let start = scan.next(in: text, from: position) {
        if let found = longest(splitter, at: start) { return found }
        position = start + 1
      }
      return nil
    }

    private func longest(_ splitter: AddedTokenSplitter, at start: Int) -> (range: Range<Int>, index: Int)? {
      if let patterns {
        guard patterns[start] >= 0, let automaton = splitter.automaton else { return nil }
        let index = Int(patterns[start])
        return (start..<start + automaton.length(of: index), index)
      }
      var node = ByteTrie.root
      var found: (range: Range<Int>, index: Int)?
      var offset = start
      while offset < text.count, let next = splitter.trie.step(from: node, text[offset]) {
        node = next.node
        offset += 1
        if next.value >= 0 { found = (start..<offset, Int(next.value)) }
      }
      return found
    }
  }

  private func isSingleWord(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    let raw = UnsafeRawBufferPointer(text)
    if range.lowerBound > 0 {
      var start = range.lowerBound - 1
      while start > 0, raw[start] & 0xC0 == 0x80 { start -= 1 }
      if PropertyTables.word.contains(UTF8Scalar(in: raw, at: start).value) { return false }
    }
    guard range.upperBound < raw.count else { return true }
    return !PropertyTables.word.contains(UTF8Scalar(in: raw, at: range.upperBound).value)
  }

  /// White space around places of a text; each run is looked at once.
  private struct SpaceRun {
    private let text: UnsafeRawBufferPointer
    private var run = 0..<0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = UnsafeRawBufferPointer(text) }

    mutating func start(before place: Int) -> Int {
      find(place)
      return run.lowerBound
    }

    mutating func end(after place: Int) -> Int {
      find(place)
      return run.upperBound
    }

    /// Finds the white space that touches a place on both sides.
    private mutating func find(_ place: Int) {
      if !run.isEmpty, run.lowerBound <= place, place <= run.upperBound { return }
      var (start, end) = (place, place)
      while start > 0 {
        var previous = start - 1
        while previous > 0, text[previous] & 0xC0 == 0x80 { previous -= 1 }
        guard PropertyTables.whiteSpace.contains(UTF8Scalar(in: text, at: previous).value) else { break }
        start = previous
      }
      while end < text.count {
        let scalar = UTF8Scalar(in: text, at: end)
        guard PropertyTables.whiteSpace.contains(scalar.value) else { break }
        end += scalar.length
      }
      run = start..<end
    }
  }
}

/// Finds the longest of many patterns at every place of a text in one pass.
///
/// Aho and Corasick's automaton of the reversed patterns reads the text from its end: what ends there, read backward, begins
/// there.
struct AddedTokenAutomaton: Sendable {
  private var trie = ByteTrie()
  /// For each node the longest proper suffix that is a node too.
  private var suffixes: [Int32] = []
  /// For each node the longest pattern that is a suffix of it, or -1.
  private var longest: [Int32] = []
  private let lengths: [Int]

  /// Prepares patterns, of which the later of two equal ones counts; empty ones are left out.
  ///
  /// - Complexity: O(bytes of all patterns).
  init(_ patterns: [[UInt8]]) {
    lengths = patterns.map(\.count)
    // The parent, the byte and the depth of each node, in the order in which they were made.
    var steps: [(parent: Int32, byte: UInt8, depth: Int)] = [(ByteTrie.root, 0, 0)]
    var values: [Int32] = [-1]
    for (index, pattern) in patterns.enumerated() where !pattern.isEmpty {
      var node = ByteTrie.root
      for (depth, byte) in pattern.reversed().enumerated() {
        if let child = trie.child(of: node, byte) {
          node = child
        } else {
          steps.append((node, byte, depth + 1))
          values.append(-1)
          node = trie.addChild(of: node, byte)
        }
      }
      values[Int(node)] = Int32(truncatingIfNeeded: index)
    }
    suffixes = [Int32](repeating: ByteTrie.root, count: steps.count)
    longest = values
    for node in steps.indices.sorted(by: { steps[$0].depth < steps[$1].depth }) where steps[node].depth > 0 {
      let step = steps[node]
      if step.depth > 1 { suffixes[node] = follow(suffixes[Int(step.parent)], step.byte) }
      if values[node] < 0 { longest[node] = longest[Int(suffixes[node])] }
    }
  }

  /// The node for the longest suffix of a node and a byte.
  private func follow(_ node: Int32, _ byte: UInt8) -> Int32 {
    var node = node
    while true {
      if let child = trie.child(of: node, byte) { return child }
      if node == ByteTrie.root { return node }
      node = suffixes[Int(node)]
    }
  }

  /// The length of a pattern.
  func length(of pattern: Int) -> Int { lengths[pattern] }

  /// The longest pattern that begins at each byte of a text; -1 for none.
  ///
  /// - Complexity: O(length of the text).
  func longestPatterns(in text: UnsafeBufferPointer<UInt8>) -> [Int32] {
    var found = [Int32](repeating: -1, count: text.count)
    var node = ByteTrie.root
    for place in text.indices.reversed() {
      node = follow(node, text[place])
      found[place] = longest[Int(node)]
    }
    return found
  }
}
