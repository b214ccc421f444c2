import ByteKernels

/// Counts the tokens of texts without making them.
///
/// A counter remembers the counts of pieces of text and so is faster the more it has seen. It belongs to one thread;
/// what it has seen never changes a result.
public struct TokenCounter: ~Copyable {
  private let model: BytePairModel
  private let kernels: UnsafePointer<bk_kernels>
  private let rules: CountingRules
  private var segments: SegmentCounter
  private var encoder: TextEncoder

  init(_ model: BytePairModel, kernels: CountingKernels) {
    self.model = model
    self.kernels = kernels.functions
    rules = CountingRules(model)
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

  /// Counts the tokens of `text` by the stretches between borders.
  ///
  /// - Parameters:
  ///   - borders: Ascending byte offsets. They never change how the text is cut into tokens.
  ///   - counts: Replaced: at each border's place the number of tokens whose first source byte lies before it and not
  ///     before the border before it, and at the end the number of the others. The sum is `count(text)`.
  public mutating func count(_ text: RawSpan, borders: [Int], into counts: inout [Int]) {
    counts.removeAll(keepingCapacity: true)
    text.withUnsafeBytes { countBetween(borders, $0.assumingMemoryBound(to: UInt8.self), into: &counts) }
  }

  private mutating func countBetween(
    _ borders: [Int], _ text: UnsafeBufferPointer<UInt8>, into counts: inout [Int]
  ) {
    encoder.encode(text)
    var token = 0
    for border in borders {
      let first = token
      while token < encoder.starts.count, encoder.starts[token] < border { token += 1 }
      counts.append(token - first)
    }
    counts.append(encoder.starts.count - token)
  }
}
