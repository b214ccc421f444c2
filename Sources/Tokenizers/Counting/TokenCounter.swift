/// Counts the tokens of texts without making them.
///
/// A counter remembers the counts of pieces of text and so is faster the more it has seen. It belongs to one thread;
/// what it has seen never changes a result.
public struct TokenCounter: ~Copyable {
  let rules: TextPrescan
  let finder: PretokenFinder
  var segments: SegmentCounter
  var encoder: TextEncoder
  private var normalized: [UInt8] = []
  private var repaired: [UInt8] = []
  /// How many texts so far were not UTF-8 and were counted with U+FFFD in the place of what is wrong.
  public private(set) var repairCount = 0

  init(_ model: ModelTables, kernels: CountingKernels) {
    rules = TextPrescan(model, kernels: kernels)
    finder = PretokenFinder(model)
    segments = SegmentCounter(model, kernels: kernels)
    encoder = TextEncoder(model)
  }

  /// The number of tokens of UTF-8 text: what `Tokenizer.encode(_:)` makes of it. Linear.
  public mutating func count(_ text: RawSpan) -> Int {
    text.withUnsafeBytes { count($0.assumingMemoryBound(to: UInt8.self)) }
  }

  private mutating func count(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    guard !text.isEmpty else { return 0 }
    let prescan = rules.prescan(text)
    let preparation = rules.preparation(for: text, prescan: prescan)
    switch preparation {
    case .nothing, .normalization: break
    case .repair: return countRepairing(text)
    case .encoding:
      encoder.encode(text)
      return encoder.ids.count
    }
    let normalizes = preparation == .normalization
    guard rules.hasSeparators(prescan) else { return count(text, 0..<text.count, normalizing: normalizes) }
    var total = 0
    var position = 0
    var markers = AddedTokenScan(rules.markers)
    while let separator = rules.nextSeparator(in: text, from: position, prescan: prescan, markers: &markers) {
      total += count(text, position..<separator.start, normalizing: normalizes) + separator.tokens
      position = separator.end
    }
    return total + count(text, position..<text.count, normalizing: normalizes)
  }

  private mutating func countRepairing(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    var repaired: [UInt8] = []
    swap(&repaired, &self.repaired)
    defer { swap(&repaired, &self.repaired) }
    UTF8Repair.repair(text, into: &repaired)
    repairCount += 1
    return repaired.withUnsafeBufferPointer { count($0) }
  }

  /// Counts one segment.
  @inline(__always)
  private mutating func count(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, normalizing: Bool
  ) -> Int {
    guard let base = text.baseAddress else { return 0 }
    guard normalizing else { return segments.count(base + range.lowerBound, range.count) }
    return countNormalizing(UnsafeBufferPointer(rebasing: text[range]))
  }

  private mutating func countNormalizing(_ segment: UnsafeBufferPointer<UInt8>) -> Int {
    // Taken out and put back, because counting needs all of the counter.
    var normalized: [UInt8] = []
    swap(&normalized, &self.normalized)
    defer { swap(&normalized, &self.normalized) }
    var alignment: [Int]?
    Normalizer.normalizeNFC(RawSpan(_unsafeElements: segment), into: &normalized, alignment: &alignment)
    return normalized.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { segments.count($0, buffer.count) } ?? 0
    }
  }
}

extension TokenCounter {
  /// Counts the tokens of `text` by the stretches between borders.
  ///
  /// - Parameters:
  ///   - borders: Ascending byte offsets. They never change how the text is cut into tokens.
  ///   - counts: Replaced: at each border's place the number of tokens whose first source byte lies before it and not
  ///     before the border before it, and at the end the number of the others. The sum is `count(text)`.
  public mutating func count(_ text: RawSpan, borders: [Int], into counts: inout [Int]) {
    var counter = BorderCounter(borders)
    text.withUnsafeBytes { bytes in
      let bytes = bytes.assumingMemoryBound(to: UInt8.self)
      guard !bytes.isEmpty else { return }
      let prescan = rules.prescan(bytes)
      if rules.preparation(for: bytes, prescan: prescan) == .nothing {
        countSegments(bytes, prescan: prescan, &counter)
      } else {
        encoder.encode(bytes)
        for start in encoder.starts { counter.add(1, at: start) }
      }
    }
    counts = counter.counts
  }

  private mutating func countSegments(
    _ text: UnsafeBufferPointer<UInt8>, prescan: UInt32, _ counter: inout BorderCounter
  ) {
    var position = 0
    if rules.hasSeparators(prescan) {
      var markers = AddedTokenScan(rules.markers)
      while let separator = rules.nextSeparator(in: text, from: position, prescan: prescan, markers: &markers) {
        countSegment(text, position..<separator.start, &counter)
        for token in 0..<separator.tokens {
          counter.add(1, at: separator.start + token * separator.tokenLength)
        }
        position = separator.end
      }
    }
    countSegment(text, position..<text.count, &counter)
  }

  /// Counts a segment up to the units around a border, encodes those, and goes on behind them.
  private mutating func countSegment(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ counter: inout BorderCounter
  ) {
    guard let base = text.baseAddress, !range.isEmpty else { return }
    let segment = UnsafeBufferPointer(rebasing: text[..<range.upperBound])
    var position = range.lowerBound
    while position < range.upperBound, let border = counter.border(behind: position), border < range.upperBound {
      let cut = finder.cut(before: border, in: segment, from: position)
      counter.add(segments.count(base + position, cut - position), at: position)
      position = cut
      while position < border {
        let unit = finder.unit(segment, at: position)
        countPretoken(unit, base, &counter)
        position = unit.range.upperBound
      }
    }
    guard position < range.upperBound else { return }
    counter.add(segments.count(base + position, range.upperBound - position), at: position)
  }

  private mutating func countPretoken(
    _ unit: PretokenFinder.Unit, _ base: UnsafePointer<UInt8>, _ counter: inout BorderCounter
  ) {
    var start = unit.range.lowerBound
    guard !unit.isToken else { return counter.add(1, at: start) }
    segments.encodePretoken(base + start, count: unit.range.count) { length in
      counter.add(1, at: start)
      start += length
    }
  }
}

/// Hands out counts to the stretches between borders.
struct BorderCounter {
  private let borders: [Int]
  /// The tokens of each stretch so far.
  private(set) var counts: [Int]
  /// The stretch that the last position lies in: the number of borders at or before it.
  private var stretch = 0

  init(_ borders: [Int]) {
    self.borders = borders
    counts = [Int](repeating: 0, count: borders.count + 1)
  }

  /// The first border behind `position`; nil where there is none. Positions never fall from call to call.
  mutating func border(behind position: Int) -> Int? {
    while stretch < borders.count, borders[stretch] <= position { stretch += 1 }
    return stretch < borders.count ? borders[stretch] : nil
  }

  /// Adds tokens that begin at `position` or behind it, before the next border.
  mutating func add(_ tokens: Int, at position: Int) {
    _ = border(behind: position)
    counts[stretch] += tokens
  }
}
