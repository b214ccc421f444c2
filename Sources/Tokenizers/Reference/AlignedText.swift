/// Text on its way through normalizers and pre-tokenizers, in which each byte knows the source bytes that it comes from.
///
/// Follows `NormalizedString` of the reference step by step, its treatment of empty spans included, because offsets decide
/// what some steps do (`Metaspace` with `first`).
struct AlignedText {
  /// A range of source bytes.
  struct Span: Equatable {
    var start: Int
    var end: Int
  }

  /// A character of rewritten text and how it changes the text: 0 replaces the next character, 1 is added, less than 0
  /// replaces the next character and removes as many after it.
  typealias Change = (scalar: UInt32, change: Int)

  /// The text, valid UTF-8.
  private(set) var bytes: [UInt8]
  /// Where each byte comes from.
  private(set) var spans: [Span]
  /// Where the text begins in the source.
  private(set) var sourceStart: Int
  /// How many bytes of the source it was cut from.
  private let sourceLength: Int
  /// Whether a step has looked for characters beyond the end, where the reference breaks off.
  private(set) var isBroken = false

  /// Takes valid UTF-8 as it is.
  ///
  /// - Parameter start: The offset of the text in its source.
  init(source: UnsafeBufferPointer<UInt8>, from start: Int = 0) {
    bytes = Array(source)
    spans = []
    sourceStart = start
    sourceLength = source.count
    spans.reserveCapacity(source.count)
    var offset = 0
    let raw = UnsafeRawBufferPointer(source)
    while offset < source.count {
      let length = UTF8Scalar(in: raw, at: offset).length
      let span = Span(start: start + offset, end: start + offset + length)
      for _ in 0..<length { spans.append(span) }
      offset += length
    }
  }

  private init(bytes: [UInt8], spans: [Span], source: Range<Int>) {
    self.bytes = bytes
    self.spans = spans
    sourceStart = source.lowerBound
    sourceLength = source.count
  }

  /// Whether the text is empty.
  var isEmpty: Bool { bytes.isEmpty }

  /// A part of the text.
  func slice(_ range: Range<Int>) -> AlignedText {
    AlignedText(bytes: Array(bytes[range]), spans: Array(spans[range]), source: source(of: range))
  }

  /// The source bytes of a range of the text.
  func source(of range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty, range.upperBound <= spans.count else {
      let place = min(spans.last?.end ?? sourceStart, sourceStart + range.lowerBound)
      return place..<place
    }
    let start = spans[range.lowerBound].start
    return start..<max(start, spans[range.upperBound - 1].end)
  }

  /// Passes on each character with its offset.
  func forEachScalar(_ body: (_ scalar: UInt32, _ offset: Int, _ length: Int) -> Void) {
    bytes.withUnsafeBytes { raw in
      var offset = 0
      while offset < raw.count {
        let scalar = UTF8Scalar(in: raw, at: offset)
        body(scalar.value, offset, scalar.length)
        offset += scalar.length
      }
    }
  }

  /// Whether the text begins with a character.
  func begins(with scalar: UInt32) -> Bool {
    bytes.withUnsafeBytes { !$0.isEmpty && UTF8Scalar(in: $0, at: 0).value == scalar }
  }

  // MARK: Rewriting

  /// Replaces the text; `removed` characters at its start are left out first.
  mutating func transform(_ changes: [Change], removed: Int = 0) {
    guard !spans.isEmpty else { return }
    // Bytes at the start that come from nowhere stay, and a text of nothing else too: so the reference finds its range.
    let start = spans.firstIndex { $0.start != $0.end } ?? spans.count
    transform(sourceLength == 0 ? 0..<0 : start..<bytes.count, changes, removed: removed)
  }

  /// Replaces a range of the text.
  private mutating func transform(_ range: Range<Int>, _ changes: [Change], removed: Int) {
    var newBytes: [UInt8] = Array(bytes[..<range.lowerBound])
    var newSpans: [Span] = Array(spans[..<range.lowerBound])
    newBytes.reserveCapacity(bytes.count)
    newSpans.reserveCapacity(bytes.count)
    var offset = range.lowerBound
    skip(removed, &offset, end: range.upperBound)
    for (scalar, change) in changes {
      let span: Span
      if change > 0 {
        span = offset < 1 ? Span(start: sourceStart, end: sourceStart) : spans[offset - 1]
      } else {
        isBroken = isBroken || offset >= spans.count
        span = spans[min(offset, spans.count - 1)]
        skip(1 - change, &offset, end: range.upperBound)
      }
      let count = newBytes.count
      UTF8Scalar.append(scalar, to: &newBytes)
      for _ in count..<newBytes.count { newSpans.append(span) }
    }
    newBytes.append(contentsOf: bytes[range.upperBound...])
    newSpans.append(contentsOf: spans[range.upperBound...])
    bytes = newBytes
    spans = newSpans
  }

  private func skip(_ count: Int, _ offset: inout Int, end: Int) {
    bytes.withUnsafeBytes { raw in
      for _ in 0..<count where offset < end { offset += UTF8Scalar(in: raw, at: offset).length }
    }
  }

  /// Keeps the characters for which `keeps` is true.
  mutating func filter(_ keeps: (UInt32) -> Bool) {
    var changes: [Change] = []
    var removed = 0
    var removedAtStart = 0
    var last: UInt32?
    forEachScalar { scalar, _, _ in
      guard keeps(scalar) else {
        removed += 1
        return
      }
      if let last { changes.append((last, -removed)) } else { removedAtStart = removed }
      last = scalar
      removed = 0
    }
    if let last { changes.append((last, -removed)) }
    transform(changes, removed: removedAtStart)
  }

  /// Replaces each character by one.
  mutating func map(_ replacement: (UInt32) -> UInt32) {
    var changes: [Change] = []
    forEachScalar { scalar, _, _ in changes.append((replacement(scalar), 0)) }
    transform(changes)
  }

  /// Puts a text before text that is not empty.
  mutating func prepend(_ text: [UInt8]) {
    guard !bytes.isEmpty else { return }
    var changes: [Change] = []
    Self.scalars(of: text) { changes.append(($0, changes.isEmpty ? 0 : 1)) }
    let first = bytes.withUnsafeBytes { UTF8Scalar(in: $0, at: 0) }
    changes.append((first.value, 1))
    transform(0..<first.length, changes, removed: 0)
  }

  /// Replaces every match by a text.
  ///
  /// - Parameter matches: Ranges of the text in ascending order.
  mutating func replace(_ matches: [Range<Int>], with content: [UInt8]) {
    guard !matches.isEmpty else { return }
    var newBytes: [UInt8] = []
    var newSpans: [Span] = []
    var copied = 0
    for match in matches {
      newBytes.append(contentsOf: bytes[copied..<match.lowerBound])
      newSpans.append(contentsOf: spans[copied..<match.lowerBound])
      let end = match.upperBound
      let span = end < 1 ? Span(start: sourceStart, end: sourceStart) : spans[end - 1]
      newBytes.append(contentsOf: content)
      for _ in content { newSpans.append(span) }
      copied = end
    }
    newBytes.append(contentsOf: bytes[copied...])
    newSpans.append(contentsOf: spans[copied...])
    bytes = newBytes
    spans = newSpans
  }

  /// Removes white space at the ends.
  mutating func strip(left: Bool, right: Bool, isSpace: (UInt32) -> Bool) {
    var scalars: [UInt32] = []
    forEachScalar { scalar, _, _ in scalars.append(scalar) }
    let leading = left ? scalars.prefix(while: isSpace).count : 0
    let trailing = right ? scalars.reversed().prefix(while: isSpace).count : 0
    guard leading > 0 || trailing > 0 else { return }
    transform(
      scalars.dropFirst(leading).dropLast(min(trailing, scalars.count - leading)).map { ($0, 0) }, removed: leading)
  }

  /// Replaces the whole text by another, of which each byte comes from a range of the old text.
  mutating func replaceAll(with text: [UInt8], from ranges: [Range<Int>]) {
    let newSpans = ranges.map { range in
      let source = source(of: range)
      return Span(start: source.lowerBound, end: source.upperBound)
    }
    bytes = text
    spans = newSpans
  }

  /// Passes on the characters of valid UTF-8.
  static func scalars(of text: [UInt8], _ body: (UInt32) -> Void) {
    text.withUnsafeBytes { raw in
      var offset = 0
      while offset < raw.count {
        let scalar = UTF8Scalar(in: raw, at: offset)
        body(scalar.value)
        offset += scalar.length
      }
    }
  }
}
