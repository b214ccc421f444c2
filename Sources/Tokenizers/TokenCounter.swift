/// Counts the tokens of texts without making them.
///
/// A counter remembers the counts of pieces of text and so is faster the more it has seen. It belongs to one thread;
/// what it has seen never changes a result.
public struct TokenCounter: ~Copyable {
  let rules: CountingRules
  let finder: UnitFinder
  var segments: SegmentCounter
  var encoder: TextEncoder
  private var normalized: [UInt8] = []
  private var repaired: [UInt8] = []
  /// How many texts so far were not UTF-8 and were counted with U+FFFD in the place of what is wrong.
  public private(set) var repairCount = 0

  init(_ model: BytePairModel, kernels: CountingKernels) {
    rules = CountingRules(model, kernels: kernels)
    finder = UnitFinder(model)
    segments = SegmentCounter(model, kernels: kernels)
    encoder = TextEncoder(model)
  }

  /// The number of tokens of UTF-8 text: what `Tokenizer.encode(_:)` makes of it. Linear.
  public mutating func count(_ text: RawSpan) -> Int {
    text.withUnsafeBytes { count($0.assumingMemoryBound(to: UInt8.self)) }
  }

  private mutating func count(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    guard !text.isEmpty else { return 0 }
    let survey = rules.survey(text)
    let preparation = rules.preparation(for: text, survey: survey)
    switch preparation {
    case .nothing, .normalization: break
    case .repair: return countRepairing(text)
    case .encoding:
      encoder.encode(text)
      return encoder.ids.count
    }
    let normalizes = preparation == .normalization
    guard rules.hasSeparators(survey) else { return count(text, 0..<text.count, normalizing: normalizes) }
    var total = 0
    var position = 0
    var markers = MarkerCursor(rules.markers)
    while let separator = rules.nextSeparator(in: text, from: position, survey: survey, markers: &markers) {
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
