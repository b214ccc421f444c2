/// The pre-tokens of a text, found one by one.
struct PretokenUnits {
  private let scanner: PretokenScanner
  private let text: UnsafeBufferPointer<UInt8>
  /// The start of the next pre-token.
  private var next = 0

  init(_ model: ModelTables, _ text: UnsafeBufferPointer<UInt8>) {
    scanner = PretokenScanner(model.rules)
    self.text = text
  }

  /// Sets the bits of the first bytes of pre-tokens in the blocks from `position` on, which follow those of the last call.
  mutating func mark(at position: Int, count: Int, _ starts: UnsafeMutablePointer<UInt64>) {
    for block in 0..<count { starts[block] = 0 }
    let end = min(text.count, position &+ count &* 64)
    while next < end {
      let place = next &- position
      starts[place >> 6] |= 1 &<< UInt64(truncatingIfNeeded: place & 63)
      next = scanner.end(of: text, from: next)
    }
  }
}

/// Finds the units around a position, reading back only as far as a place that is certainly a border of units.
struct PretokenFinder: Sendable {
  private let scanner: PretokenScanner
  private let model: ModelTables
  private let mergesCharacters: Bool

  /// How far back a certain border is looked for.
  private static let searchedBytes = 256

  init(_ model: ModelTables) {
    scanner = PretokenScanner(model.rules)
    self.model = model
    mergesCharacters = model.mergesCharacters
  }

  /// A unit of a text.
  struct Unit {
    let range: Range<Int>
    /// Whether the unit is one token without looking: a run of spaces in text that is cut into words.
    let isToken: Bool
  }

  /// The last border of units at `position` or before it where the text may be cut off.
  ///
  /// White space at the end of a text stays together, whereas text after it would take its last character; so text is
  /// not cut after white space.
  ///
  /// - Parameters:
  ///   - text: A text up to the end of the segment.
  ///   - start: A border of units before `position` or at it.
  func cut(before position: Int, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var cut = sureBorder(before: position, in: text, from: start)
    var border = unit(text, at: cut).range.upperBound
    while border <= position, border < text.count {
      if mayCut(text, border) { cut = border }
      border = unit(text, at: border).range.upperBound
    }
    return cut
  }

  private func mayCut(_ text: UnsafeBufferPointer<UInt8>, _ border: Int) -> Bool {
    let before = text[border - 1]
    return mergesCharacters || before < 0x80 && before != UInt8(ascii: " ") && !(0x09...0x0D).contains(before)
  }

  /// The last certain border at `position` or up to 256 bytes before; `start` if there is none.
  private func sureBorder(before position: Int, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var place = position
    let limit = max(start, position - Self.searchedBytes)
    while place > limit {
      if isSureBorder(text, place) { return place }
      place -= 1
    }
    return start
  }

  private func isSureBorder(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    let (before, byte) = (text[place - 1], text[place])
    guard !mergesCharacters || model.hasRuns else {
      return before | byte < 0x80 && !CharacterPairs.mayJoin(UInt32(before), UInt32(byte), in: model.pairFilter)
    }
    if mergesCharacters { return (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n")) && before != byte }
    // Letters continue until something else comes, and include nothing after them but a contraction.
    return isLetter(before) && byte < 0x80 && !isLetter(byte) && byte != UInt8(ascii: "'")
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// The unit that begins at `start`, a border of units before the end of `text`.
  func unit(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Unit {
    guard mergesCharacters else { return Unit(range: start..<scanner.end(of: text, from: start), isToken: false) }
    guard model.hasRuns else { return Unit(range: start..<joinedEnd(of: text, from: start), isToken: false) }
    var end = start + 1
    if isWhite(text[start]) {
      while end < text.count, text[end] == text[start] { end += 1 }
      if text[start] != UInt8(ascii: " ") || end - start > 1 { return Unit(range: start..<end, isToken: true) }
    }
    while end < text.count, !isWhite(text[end]) { end += 1 }
    return Unit(range: start..<end, isToken: false)
  }

  /// The first place behind a character where no token can be on both sides.
  private func joinedEnd(of text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var (last, length) = CharacterCursor.scalar(in: text, at: start)
    var end = start + length
    while end < text.count {
      let (next, length) = CharacterCursor.scalar(in: text, at: end)
      guard CharacterPairs.mayJoin(last, next, in: model.pairFilter) else { break }
      last = next
      end += length
    }
    return end
  }

  private func isWhite(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
  }
}
