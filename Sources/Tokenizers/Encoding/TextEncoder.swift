/// Encodes whole texts: repairs them, finds added tokens, normalizes, cuts into units and encodes those.
///
/// Reads character by character. It yields ids and the source of each token. `TokenCounter` is the fast way to counts,
/// and is tested against this.
struct TextEncoder: ~Copyable {
  private let model: ModelTables
  private let scanner: PretokenScanner
  private let normalizes: Bool
  private var encoder: PretokenEncoder
  private let spaceRuns: [TokenID]
  private var normalized: [UInt8] = []

  /// The tokens of the last text.
  private(set) var ids: [TokenID] = []
  /// For each token of the last text, the offset of the first byte of the text that it comes from.
  private(set) var starts: [Int] = []

  init(_ model: ModelTables) {
    self.model = model
    scanner = PretokenScanner(longestNumber: model.longestNumber)
    normalizes = model.normalizes
    encoder = PretokenEncoder(model)
    spaceRuns = model.spaceRunTokens
  }

  /// Encodes `text`, replacing `ids` and `starts`.
  ///
  /// - Complexity: O(length of the text).
  mutating func encode(_ text: UnsafeBufferPointer<UInt8>) {
    ids.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    guard !UTF8Repair.isValid(text) else { return encodeValid(text) }
    var alignment: [Int] = []
    let repaired = UTF8Repair.repaired(text, alignment: &alignment)
    repaired.withUnsafeBufferPointer { encodeValid($0) }
    for index in starts.indices { starts[index] = alignment[starts[index]] }
  }

  /// Encodes UTF-8 `text` in which no added tokens are looked for, replacing `ids` and `starts`.
  mutating func encodePlain(_ text: UnsafeBufferPointer<UInt8>) {
    ids.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    encodeSegment(text, 0..<text.count)
  }

  private mutating func encodeValid(_ text: UnsafeBufferPointer<UInt8>) {
    var position = 0
    while let match = model.matcher.firstMatch(in: text, from: position) {
      encodeSegment(text, position..<match.range.lowerBound)
      append(match.id, start: match.range.lowerBound)
      position = match.range.upperBound
    }
    encodeSegment(text, position..<text.count)
  }

  private mutating func append(_ id: TokenID, start: Int) {
    ids.append(id)
    starts.append(start)
  }

  /// Encodes the text between two added tokens.
  private mutating func encodeSegment(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let segment = UnsafeBufferPointer(rebasing: text[range])
    let firstStart = starts.count
    var alignment: [Int]?
    if model.mergesCharacters {
      if SpaceMark.isHeld(by: segment) {
        var sources: [Int] = []
        let spaced = SpaceMark.spaced(segment, alignment: &sources)
        alignment = sources
        spaced.withUnsafeBufferPointer { encodeWords($0) }
      } else {
        encodeWords(segment)
      }
    } else if normalizes, !Normalizer.isNormalized(RawSpan(_unsafeElements: segment)) {
      alignment = []
      Normalizer.normalizeNFC(RawSpan(_unsafeElements: segment), into: &normalized, alignment: &alignment)
      let copy = normalized
      copy.withUnsafeBufferPointer { encodePretokens($0) }
    } else {
      encodePretokens(segment)
    }
    for index in firstStart..<starts.count {
      starts[index] = range.lowerBound + (alignment?[starts[index]] ?? starts[index])
    }
  }

  private mutating func encodePretokens(_ text: UnsafeBufferPointer<UInt8>) {
    var position = 0
    while position < text.count {
      let end = scanner.end(of: text, from: position)
      encodePretoken(text, position..<end)
      position = end
    }
  }

  /// Encodes text whose characters merge, cut before every run of spaces.
  private mutating func encodeWords(_ text: UnsafeBufferPointer<UInt8>) {
    var position = 0
    while position < text.count {
      var run = 0
      while position + run < text.count, text[position + run] == UInt8(ascii: " ") { run += 1 }
      // Tokens of the longest runs and one of the rest, except that a single remaining space joins the next word.
      while run > 1 {
        let length = min(run, model.runs.space)
        append(spaceRuns[length], start: position)
        position += length
        run -= length
      }
      var end = position + run
      while end < text.count, text[end] != UInt8(ascii: " ") { end += 1 }
      encodePretoken(text, position..<end)
      position = end
    }
  }

  private mutating func encodePretoken(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    guard let base = text.baseAddress, !range.isEmpty else { return }
    _ = encoder.encode(base + range.lowerBound, count: range.count)
    var start = range.lowerBound
    for token in encoder.tokens {
      append(TokenID(bitPattern: token), start: start)
      start += encoder.length(of: token)
    }
  }
}
