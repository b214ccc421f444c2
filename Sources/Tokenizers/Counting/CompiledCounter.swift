/// Counts tokens with compiled tables, without producing them.
struct CompiledCounter: ~Copyable {
  let rules: TextPrescan
  let finder: PretokenFinder
  private let spacePrefix: SpacePrefix
  var segments: SegmentCounter
  var encoder: TextEncoder
  private var normalized: [UInt8] = []
  private var repaired: [UInt8] = []
  /// How many texts so far were not UTF-8.
  private(set) var repairCount = 0

  init(_ model: ModelTables, kernels: CountingKernels) {
    rules = TextPrescan(model, kernels: kernels)
    finder = PretokenFinder(model)
    spacePrefix = model.spacePrefix
    segments = SegmentCounter(model, kernels: kernels)
    encoder = TextEncoder(model)
  }

  /// The number of tokens of `text`.
  mutating func count(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    guard !text.isEmpty else { return 0 }
    let prescan = rules.prescan(text)
    let preparation = rules.preparation(for: text, prescan: prescan)
    switch preparation {
    case .nothing, .normalization: break
    case .repair: return countRepairing(text)
    case .encoding:
      encoder.encode(text)
      return encoder.count
    }
    let normalizes = preparation == .normalization
    guard rules.hasSeparators(prescan) else { return count(text, 0..<text.count, normalizing: normalizes) }
    var total = 0
    var position = 0
    var markers = AddedTokenScan(rules.markers, findsSpaceRuns: rules.findsSpaceRuns)
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
    if normalizing { return countNormalizing(UnsafeBufferPointer(rebasing: text[range])) }
    guard spacePrefix == .none else { return countPrefixing(text, range) }
    return segments.count(base + range.lowerBound, range.count)
  }

  /// Counts a segment with the space that may be put before it, which changes only the first unit.
  private mutating func countPrefixing(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
    let segment = UnsafeBufferPointer(rebasing: text[range])
    guard let base = segment.baseAddress, !segment.isEmpty else { return 0 }
    guard spacePrefix.applies(to: segment, isStart: range.lowerBound == 0) else {
      return segments.count(base, segment.count)
    }
    var total = 0
    let end = finder.unit(segment, at: 0).range.upperBound
    encodePrefixed(segment, end) { _ in total += 1 }
    return total + segments.count(base + end, segment.count - end)
  }

  /// Encodes the first unit of a segment, which ends at `end`, behind a space, and calls `body` with the places of the tokens
  /// in the segment.
  private mutating func encodePrefixed(_ segment: UnsafeBufferPointer<UInt8>, _ end: Int, _ body: (Int) -> Void) {
    ([UInt8(ascii: " ")] + segment[..<end]).withUnsafeBufferPointer { unit in
      guard let base = unit.baseAddress else { return }
      segments.encodePretoken(base, count: unit.count) { body(max(0, $0 - 1)) }
    }
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

// Counts between borders.
extension CompiledCounter {
  /// Adds the tokens of `text` to the parts that they begin in.
  mutating func count(_ text: UnsafeBufferPointer<UInt8>, _ counter: inout BorderCounter) {
    let prescan = rules.prescan(text)
    if rules.preparation(for: text, prescan: prescan) == .nothing {
      countSegments(text, prescan: prescan, &counter)
    } else {
      encoder.encode(text)
      for start in encoder.starts { counter.add(1, at: start) }
    }
  }

  private mutating func countSegments(
    _ text: UnsafeBufferPointer<UInt8>, prescan: UInt32, _ counter: inout BorderCounter
  ) {
    var position = 0
    if rules.hasSeparators(prescan) {
      var markers = AddedTokenScan(rules.markers, findsSpaceRuns: rules.findsSpaceRuns)
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

  /// Counts a segment up to the pre-tokens around a border, encodes those, and continues after them.
  private mutating func countSegment(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ counter: inout BorderCounter
  ) {
    guard let base = text.baseAddress, !range.isEmpty else { return }
    let segment = UnsafeBufferPointer(rebasing: text[..<range.upperBound])
    var position = range.lowerBound
    let whole = UnsafeBufferPointer(rebasing: text[range])
    if spacePrefix.applies(to: whole, isStart: position == 0) {
      let (start, end) = (position, finder.unit(whole, at: 0).range.upperBound)
      encodePrefixed(whole, end) { counter.add(1, at: start + $0) }
      position += end
    }
    while position < range.upperBound, let border = counter.border(after: position), border < range.upperBound {
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
    let start = unit.range.lowerBound
    guard !unit.isToken else { return counter.add(1, at: start) }
    segments.encodePretoken(base + start, count: unit.range.count) { counter.add(1, at: start + $0) }
  }
}
