import ByteKernels

/// Counts the tokens of texts without making them.
///
/// A counter remembers the counts of pieces of text and so is faster the more it has seen. It belongs to one thread;
/// what it has seen never changes a result.
public struct TokenCounter: ~Copyable {
  let kernels: UnsafePointer<bk_kernels>
  let rules: CountingRules
  let finder: UnitFinder
  var segments: SegmentCounter
  var encoder: TextEncoder

  init(_ model: BytePairModel, kernels: CountingKernels) {
    self.kernels = kernels.functions
    rules = CountingRules(model)
    finder = UnitFinder(model)
    segments = SegmentCounter(model, kernels: kernels)
    encoder = TextEncoder(model)
  }

  /// The number of tokens of UTF-8 text: what `Tokenizer.encode(_:)` makes of it. Linear.
  public mutating func count(_ text: RawSpan) -> Int {
    text.withUnsafeBytes { bytes in
      let bytes = bytes.assumingMemoryBound(to: UInt8.self)
      guard let base = bytes.baseAddress, !bytes.isEmpty else { return 0 }
      let survey = kernels.pointee.survey(base, bytes.count, rules.markers.0, rules.markers.1)
      guard rules.canCountFast(bytes, survey: survey) else {
        encoder.encode(bytes)
        return encoder.ids.count
      }
      guard rules.hasSeparators(survey) else { return segments.count(base, bytes.count) }
      var total = 0
      var position = 0
      var markers = MarkerCursor(rules.markers)
      while let separator = rules.nextSeparator(in: bytes, from: position, survey: survey, markers: &markers) {
        total += segments.count(base + position, separator.start - position) + separator.tokens
        position = separator.end
      }
      return total + segments.count(base + position, bytes.count - position)
    }
  }
}
