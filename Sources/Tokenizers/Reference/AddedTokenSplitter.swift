/// Finds added tokens in a text: the leftmost, and of those at one place the longest.
struct AddedTokenSplitter: Sendable {
  /// A stretch of text: an added token, or what the model has to encode.
  struct Piece: Sendable, Equatable {
    let range: Range<Int>
    let token: TokenID?
  }

  private let tokens: [AddedToken]
  private var trie = ByteTrie()

  /// - Parameter patterns: What is looked for, with the token each is for; the later of two for one text counts.
  init(_ patterns: [(content: [UInt8], token: AddedToken)]) {
    tokens = patterns.map(\.token)
    for (index, pattern) in patterns.enumerated() where !pattern.content.isEmpty {
      trie.insert(pattern.content, value: Int32(index))
    }
  }

  /// Cuts a text at the added tokens in it.
  ///
  /// - Parameter splitsSpecialTokens: Whether special tokens are left to the model.
  /// - Throws: `TokenizerError` where a token that takes in white space to its left begins in white space that the token
  ///   before has taken, which the reference cannot cut either.
  /// - Complexity: O(*n* *m*) for a text of *n* bytes and a longest token of *m* bytes.
  func pieces(of text: [UInt8], splitsSpecialTokens: Bool) throws(TokenizerError) -> [Piece] {
    var pieces: [Piece] = []
    var end = 0
    var position = 0
    var spaces = SpaceRun(text)
    while let match = firstMatch(in: text, from: position) {
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

  private func firstMatch(in text: [UInt8], from position: Int) -> (range: Range<Int>, index: Int)? {
    for start in position..<max(position, text.count) {
      var node = ByteTrie.root
      var found: (range: Range<Int>, index: Int)?
      var offset = start
      while offset < text.count, let next = trie.child(of: node, text[offset]) {
        node = next
        offset += 1
        if let index = trie.value(at: node) { found = (start..<offset, Int(index)) }
      }
      if let found { return found }
    }
    return nil
  }

  private func isSingleWord(_ range: Range<Int>, in text: [UInt8]) -> Bool {
    text.withUnsafeBytes { raw in
      if range.lowerBound > 0 {
        var start = range.lowerBound - 1
        while start > 0, raw[start] & 0xC0 == 0x80 { start -= 1 }
        if PropertyTables.word.contains(UTF8Scalar(in: raw, at: start).value) { return false }
      }
      guard range.upperBound < raw.count else { return true }
      return !PropertyTables.word.contains(UTF8Scalar(in: raw, at: range.upperBound).value)
    }
  }

  /// White space around places of a text; each run is looked at once.
  private struct SpaceRun {
    private let text: [UInt8]
    private var run = 0..<0

    init(_ text: [UInt8]) { self.text = text }

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
      text.withUnsafeBytes { raw in
        while start > 0 {
          var previous = start - 1
          while previous > 0, raw[previous] & 0xC0 == 0x80 { previous -= 1 }
          guard PropertyTables.whiteSpace.contains(UTF8Scalar(in: raw, at: previous).value) else { break }
          start = previous
        }
        while end < raw.count {
          let scalar = UTF8Scalar(in: raw, at: end)
          guard PropertyTables.whiteSpace.contains(scalar.value) else { break }
          end += scalar.length
        }
      }
      run = start..<end
    }
  }
}
