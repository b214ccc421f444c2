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
      let survey = rules.survey(bytes)
      if rules.preparation(for: bytes, survey: survey) == .nothing {
        countSegments(bytes, survey: survey, &counter)
      } else {
        encoder.encode(bytes)
        for start in encoder.starts { counter.add(1, at: start) }
      }
    }
    counts = counter.counts
  }

  private mutating func countSegments(
    _ text: UnsafeBufferPointer<UInt8>, survey: UInt32, _ counter: inout BorderCounter
  ) {
    var position = 0
    if rules.hasSeparators(survey) {
      var markers = MarkerCursor(rules.markers)
      while let separator = rules.nextSeparator(in: text, from: position, survey: survey, markers: &markers) {
        countSegment(text, position..<separator.start, &counter)
        for token in 0..<separator.tokens {
          counter.add(1, at: separator.start + token * GemmaText.longestSpaceRun)
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
        countUnit(unit, base, &counter)
        position = unit.range.upperBound
      }
    }
    guard position < range.upperBound else { return }
    counter.add(segments.count(base + position, range.upperBound - position), at: position)
  }

  private mutating func countUnit(
    _ unit: UnitFinder.Unit, _ base: UnsafePointer<UInt8>, _ counter: inout BorderCounter
  ) {
    var start = unit.range.lowerBound
    guard !unit.isToken else { return counter.add(1, at: start) }
    segments.encodeUnit(base + start, count: unit.range.count) { length in
      counter.add(1, at: start)
      start += length
    }
  }
}
