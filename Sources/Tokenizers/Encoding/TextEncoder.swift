/// Encodes whole texts: repairs them, finds added tokens, normalizes, cuts into units and encodes those.
///
/// Reads character by character, and remembers the tokens of units. It yields ids and the source of each token.
/// `TokenCounter` is the fast way to counts, and is tested against this.
struct TextEncoder: ~Copyable {
  private let model: ModelTables
  private let scanner: PretokenScanner
  private let finder: PretokenFinder
  private let normalizes: Bool
  private var encoder: PretokenEncoder
  private let spaceRuns: [TokenID]
  private var normalized: [UInt8] = []
  /// The only token of a unit, or where its tokens are in `unitTokens`: a number with the highest of 32 bits set.
  private var units = PieceCache()
  /// For each unit of several tokens their number, and for each of them its id and its place in the unit.
  private var unitTokens: [Int32] = []

  private static let severalTokens = 1 << 31
  /// 16 MiB.
  private static let maximumUnitTokens = 1 << 22

  private var tokens = TokenBuffer()
  /// Whether the last text was not UTF-8.
  private(set) var hasRepaired = false

  /// The tokens of the last text.
  var ids: [TokenID] { Array(UnsafeBufferPointer(start: tokens.ids, count: tokens.count)) }
  /// For each token of the last text, the offset of the first byte of the text that it comes from.
  var starts: UnsafeBufferPointer<Int> { UnsafeBufferPointer(start: tokens.starts, count: tokens.count) }
  /// The number of tokens of the last text.
  var count: Int { tokens.count }

  init(_ model: ModelTables) {
    self.model = model
    scanner = PretokenScanner(model.rules)
    finder = PretokenFinder(model)
    normalizes = model.normalizes
    encoder = PretokenEncoder(model)
    spaceRuns = model.spaceRunTokens
  }

  /// Encodes `text`, replacing `ids` and `starts`.
  ///
  /// - Complexity: O(length of the text).
  mutating func encode(_ text: UnsafeBufferPointer<UInt8>) {
    tokens.removeAll()
    hasRepaired = !UTF8Repair.isValid(text)
    guard hasRepaired else { return encodeValid(text) }
    var alignment: [Int] = []
    let repaired = UTF8Repair.repaired(text, alignment: &alignment)
    repaired.withUnsafeBufferPointer { encodeValid($0) }
    for index in 0..<tokens.count { tokens.starts[index] = alignment[tokens.starts[index]] }
  }

  /// Encodes UTF-8 `text` in which no added tokens are looked for, replacing `ids` and `starts`.
  mutating func encodePlain(_ text: UnsafeBufferPointer<UInt8>) {
    tokens.removeAll()
    hasRepaired = false
    encodeSegment(text, 0..<text.count)
  }

  private mutating func encodeValid(_ text: UnsafeBufferPointer<UInt8>) {
    var position = 0
    while let match = model.matcher.firstMatch(in: text, from: position) {
      encodeSegment(text, position..<match.range.lowerBound)
      tokens.reserve(1)
      tokens.append(match.id, start: match.range.lowerBound)
      position = match.range.upperBound
    }
    encodeSegment(text, position..<text.count)
  }

  /// Encodes the text between two added tokens.
  private mutating func encodeSegment(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let segment = UnsafeBufferPointer(rebasing: text[range])
    let first = tokens.count
    var alignment: [Int]?
    if model.mergesCharacters {
      if SpaceMark.isHeld(by: segment) {
        var sources: [Int] = []
        let spaced = SpaceMark.spaced(segment, alignment: &sources)
        alignment = sources
        spaced.withUnsafeBufferPointer { encodeMarked($0, isStart: range.lowerBound == 0) }
      } else {
        encodeMarked(segment, isStart: range.lowerBound == 0)
      }
    } else if normalizes, !Normalizer.isNormalized(RawSpan(_unsafeElements: segment)) {
      alignment = []
      Normalizer.normalizeNFC(RawSpan(_unsafeElements: segment), into: &normalized, alignment: &alignment)
      let copy = normalized
      copy.withUnsafeBufferPointer { encodePretokens($0) }
    } else {
      encodePretokens(segment)
    }
    if let alignment {
      for index in first..<tokens.count { tokens.starts[index] = range.lowerBound + alignment[tokens.starts[index]] }
    } else if range.lowerBound > 0 {
      for index in first..<tokens.count { tokens.starts[index] &+= range.lowerBound }
    }
  }

  private mutating func encodePretokens(_ text: UnsafeBufferPointer<UInt8>) {
    tokens.reserve(text.count)
    var position = 0
    while position < text.count {
      let end = scanner.end(of: text, from: position)
      encodePretoken(text, position..<end)
      position = end
    }
  }

  /// Encodes text whose characters merge, with the space that may be put before it.
  private mutating func encodeMarked(_ text: UnsafeBufferPointer<UInt8>, isStart: Bool) {
    // A space may be put before the text.
    tokens.reserve(text.count + 1)
    guard !model.hasRuns else { return encodeWords(text) }
    var position = 0
    if model.spacePrefix.applies(to: text, isStart: isStart) {
      let first = tokens.count
      position = finder.unit(text, at: 0).range.upperBound
      ([UInt8(ascii: " ")] + text[..<position]).withUnsafeBufferPointer { encodePretoken($0, 0..<$0.count) }
      // The space comes from the first byte.
      for index in first..<tokens.count { tokens.starts[index] = max(0, tokens.starts[index] - 1) }
    }
    while position < text.count {
      let range = finder.unit(text, at: position).range
      encodePretoken(text, range)
      position = range.upperBound
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
        tokens.append(spaceRuns[length], start: position)
        position += length
        run -= length
      }
      var end = position + run
      while end < text.count, text[end] != UInt8(ascii: " ") { end += 1 }
      encodePretoken(text, position..<end)
      position = end
    }
  }

  /// Encodes a unit, for whose bytes there must be room for as many tokens.
  @inline(__always)
  private mutating func encodePretoken(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    guard let base = text.baseAddress, !range.isEmpty else { return }
    let (start, length) = (range.lowerBound, range.count)
    guard PieceCache.lengths.contains(length) else {
      _ = encoder.encode(base + start, count: length)
      return appendUnit(from: start)
    }
    let key = PieceCache.Key(base + start, length, readable: text.count &- start)
    guard let known = units.value(of: base + start, length, key) else {
      _ = encoder.encode(base + start, count: length)
      remember(base + start, length, key)
      return appendUnit(from: start)
    }
    guard known & Self.severalTokens != 0 else {
      return tokens.append(TokenID(truncatingIfNeeded: known), start: start)
    }
    appendKnown(known & ~Self.severalTokens, from: start)
  }

  /// Appends the tokens of a unit that are remembered.
  private mutating func appendKnown(_ index: Int, from start: Int) {
    var index = index
    for _ in 0..<unitTokens[index] {
      tokens.append(unitTokens[index + 1], start: start + Int(unitTokens[index + 2]))
      index += 2
    }
  }

  /// Remembers the tokens of the last unit.
  @inline(never)
  private mutating func remember(_ text: UnsafePointer<UInt8>, _ length: Int, _ key: PieceCache.Key) {
    if encoder.count == 1, encoder.firstTokenBegins {
      return units.insert(text, length, key, value: Int(encoder.tokens[0]))
    }
    if unitTokens.count > Self.maximumUnitTokens {
      units.removeAll()
      unitTokens.removeAll(keepingCapacity: true)
    }
    units.insert(text, length, key, value: Self.severalTokens | unitTokens.count)
    unitTokens.append(Int32(truncatingIfNeeded: encoder.count))
    Self.append(encoder, to: &unitTokens)
  }

  /// Appends the ids and places of the tokens of the last unit.
  private static func append(_ encoder: borrowing PretokenEncoder, to tokens: inout [Int32]) {
    encoder.forEachToken { token, place in
      tokens.append(Int32(bitPattern: token))
      tokens.append(Int32(truncatingIfNeeded: place))
    }
  }

  /// Appends the tokens of the last unit, which begins at `start`.
  private mutating func appendUnit(from start: Int) {
    Self.append(encoder, from: start, &tokens)
  }

  private static func append(_ encoder: borrowing PretokenEncoder, from start: Int, _ tokens: inout TokenBuffer) {
    encoder.forEachToken { token, place in tokens.append(TokenID(bitPattern: token), start: start + place) }
  }
}
