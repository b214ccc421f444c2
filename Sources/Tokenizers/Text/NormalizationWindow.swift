import CTokenizerKernels

/// A part of a text that is being normalized: decomposed, put into canonical order, composed.
struct NormalizationWindow {
  /// A code point of the window.
  private struct Symbol {
    var value: UInt32
    var combiningClass: UInt8
    /// The offset of the source code point in the text.
    var source: Int

    init(_ value: UInt32, source: Int) {
      self.value = value
      self.combiningClass = unicode_nfc_trait_of(value).combining_class
      self.source = source
    }
  }

  private var symbols: [Symbol] = []
  private var scratch: [Symbol] = []

  /// Replaces the contents by the canonical decomposition of `range`, which holds well-formed UTF-8.
  mutating func load(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    symbols.removeAll(keepingCapacity: true)
    var offset = range.lowerBound
    while offset < range.upperBound {
      let scalar = UTF8Scalar(in: bytes, at: offset)
      decompose(scalar.value, source: offset)
      offset += scalar.length
    }
  }

  /// Puts the marks into canonical order and composes.
  mutating func normalize() {
    orderMarks()
    compose()
  }

  /// Appends the normalized form of a character and one mark after it, which nearly all windows are; false, and appends
  /// nothing, if `range` is something else.
  static func appendPair(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, to result: inout [UInt8]) -> Bool {
    let first = UTF8Scalar(in: bytes, at: range.lowerBound)
    let border = range.lowerBound + first.length
    guard border < range.upperBound else { return false }
    let second = UTF8Scalar(in: bytes, at: border)
    guard border + second.length == range.upperBound, isUndivided(first.value), isUndivided(second.value),
      unicode_nfc_trait_of(first.value).combining_class == 0
    else { return false }
    if let composite = composite(first.value, second.value) {
      UTF8Scalar.append(composite, to: &result)
    } else {
      result.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
    return true
  }

  /// Whether a code point is its own canonical decomposition.
  private static func isUndivided(_ value: UInt32) -> Bool {
    value != UTF8Scalar.malformed && !Hangul.syllables.contains(value) && unicode_nfc_trait_of(value).decomposes == 0
  }

  /// Appends the code points as UTF-8.
  func appendUTF8(to bytes: inout [UInt8]) {
    for symbol in symbols {
      UTF8Scalar.append(symbol.value, to: &bytes)
    }
  }

  /// Appends the source offset of each byte that `appendUTF8(to:)` writes, in ascending order.
  func appendSources(to alignment: inout [Int]?) {
    guard alignment != nil else { return }
    for (symbol, source) in zip(symbols, symbols.map(\.source).sorted()) {
      let length = symbol.value < 0x80 ? 1 : symbol.value < 0x800 ? 2 : symbol.value < 0x1_0000 ? 3 : 4
      alignment?.append(contentsOf: repeatElement(source, count: length))
    }
  }

  private mutating func decompose(_ value: UInt32, source: Int) {
    if Hangul.syllables.contains(value) {
      Hangul.decompose(value) { symbols.append(Symbol($0, source: source)) }
      return
    }
    var count: UInt32 = 0
    guard let parts = unicode_nfc_decomposition_of(value, &count) else {
      symbols.append(Symbol(value, source: source))
      return
    }
    for part in UnsafeBufferPointer(start: parts, count: Int(count)) {
      symbols.append(Symbol(part, source: source))
    }
  }

  private mutating func orderMarks() {
    var start = 0
    while start < symbols.count {
      guard symbols[start].combiningClass != 0 else {
        start += 1
        continue
      }
      let end = symbols[start...].firstIndex { $0.combiningClass == 0 } ?? symbols.count
      order(start..<end)
      start = end
    }
  }

  /// Sorts a run of marks by combining class; marks of one class stay in order.
  private mutating func order(_ run: Range<Int>) {
    guard run.count > 16 else {
      for index in run.dropFirst() {
        var place = index
        while place > run.lowerBound, symbols[place - 1].combiningClass > symbols[place].combiningClass {
          symbols.swapAt(place - 1, place)
          place -= 1
        }
      }
      return
    }
    orderByCounting(run)
  }

  private mutating func orderByCounting(_ run: Range<Int>) {
    var places = [Int](repeating: 0, count: 257)
    for symbol in symbols[run] {
      places[Int(symbol.combiningClass) + 1] += 1
    }
    for index in 1..<places.count {
      places[index] += places[index - 1]
    }
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: symbols[run])
    for symbol in scratch {
      symbols[run.lowerBound + places[Int(symbol.combiningClass)]] = symbol
      places[Int(symbol.combiningClass)] += 1
    }
  }

  private mutating func compose() {
    var kept = 0
    var starter: Int?
    // The class of the last mark kept since the starter; -1 if the starter is the last symbol kept.
    var lastClass = -1
    for symbol in symbols {
      let combiningClass = Int(symbol.combiningClass)
      if let starter, lastClass < combiningClass,
        let composite = Self.composite(symbols[starter].value, symbol.value)
      {
        symbols[starter].value = composite
        continue
      }
      if combiningClass == 0 {
        starter = kept
        lastClass = -1
      } else {
        lastClass = combiningClass
      }
      symbols[kept] = symbol
      kept += 1
    }
    symbols.removeLast(symbols.count - kept)
  }

  private static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if let syllable = Hangul.composite(first, second) {
      return syllable
    }
    let composite = unicode_nfc_composite_of(first, second)
    return composite == 0 ? nil : composite
  }
}

/// The arithmetic of Hangul syllables, chapter 3.12 of the Unicode standard.
enum Hangul {
  /// The precomposed syllables.
  static let syllables: ClosedRange<UInt32> = 0xAC00...0xD7A3

  private static let leadBase: UInt32 = 0x1100
  private static let vowelBase: UInt32 = 0x1161
  private static let trailBase: UInt32 = 0x11A7
  private static let leadCount: UInt32 = 19
  private static let vowelCount: UInt32 = 21
  private static let trailCount: UInt32 = 28

  /// Passes on the two or three jamo of a syllable.
  static func decompose(_ syllable: UInt32, _ body: (UInt32) -> Void) {
    let index = syllable - syllables.lowerBound
    body(leadBase + index / (vowelCount * trailCount))
    body(vowelBase + index % (vowelCount * trailCount) / trailCount)
    if index % trailCount != 0 {
      body(trailBase + index % trailCount)
    }
  }

  /// Returns the syllable of a lead and a vowel, or of a syllable without trail and a trail.
  static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if leadBase..<leadBase + leadCount ~= first, vowelBase..<vowelBase + vowelCount ~= second {
      let index = (first - leadBase) * vowelCount + second - vowelBase
      return syllables.lowerBound + index * trailCount
    }
    if syllables ~= first, (first - syllables.lowerBound) % trailCount == 0,
      trailBase + 1..<trailBase + trailCount ~= second
    {
      return first + second - trailBase
    }
    return nil
  }
}
