import Glibc

/// The smallest and the largest value of a page or of a column chunk, and how many are null.
struct ParquetStatistics: Sendable {
  /// A value in PLAIN encoding, texts without their length.
  struct Bound: Sendable {
    var bytes: [UInt8]
    /// Whether it is the value itself, not a shorter bound.
    var isExact = true
  }

  private enum Values: Sendable {
    case none
    case integers(Int64, Int64)
    case doubles(Double, Double)
    case texts
  }

  private var values = Values.none
  /// The beginnings of the smallest and the largest text. They are not in `values`, so that comparisons copy nothing.
  private var (low, high) = ([UInt8](), [UInt8]())
  /// Their first bytes, which decide most comparisons.
  private var (lowKey, highKey) = (UInt64(0), UInt64(0))
  private(set) var nullCount = 0

  /// The longest text that is written as a bound; longer ones are shortened.
  private static let textLimit = 64
  /// The bytes of a text that its bound depends on: one more shows that it is longer, and whether a character is cut.
  /// Bounds of all pages are kept until the file ends, and must not keep texts.
  private static let keptLength = textLimit + 1

  mutating func addNull() { nullCount += 1 }

  mutating func add(_ value: Int64) {
    guard case .integers(let low, let high) = values else {
      values = .integers(value, value)
      return
    }
    if value < low { values = .integers(value, high) }
    if value > high { values = .integers(low, value) }
  }

  mutating func add(_ value: Double) {
    // NaN has no place in the order.
    guard !value.isNaN else { return }
    guard case .doubles(let low, let high) = values else {
      values = .doubles(value, value)
      return
    }
    values = .doubles(min(low, value), max(high, value))
  }

  mutating func add(_ text: UnsafeRawBufferPointer) {
    let value = UnsafeRawBufferPointer(rebasing: text.prefix(Self.keptLength))
    let key = Self.key(value)
    guard case .texts = values else {
      values = .texts
      (low, lowKey) = (Array(value), key)
      (high, highKey) = (low, key)
      return
    }
    if key <= lowKey, Self.compare(value, low) < 0 { (low, lowKey) = (Array(value), key) }
    if key >= highKey, Self.compare(value, high) > 0 { (high, highKey) = (Array(value), key) }
  }

  /// The first 8 bytes, padded with zeros, as a number with the same order.
  private static func key(_ text: UnsafeRawBufferPointer) -> UInt64 {
    if text.count >= 8 { return UInt64(bigEndian: text.loadUnaligned(as: UInt64.self)) }
    return text.reduce(0) { $0 << 8 | UInt64($1) } << UInt64(8 * (8 - text.count))
  }

  /// Adds all values that `other` covers.
  mutating func merge(_ other: ParquetStatistics) {
    nullCount += other.nullCount
    switch other.values {
    case .none: break
    case .integers(let low, let high):
      add(low)
      add(high)
    case .doubles(let low, let high):
      add(low)
      add(high)
    case .texts:
      other.low.withUnsafeBytes { add($0) }
      other.high.withUnsafeBytes { add($0) }
    }
  }

  /// The order of Parquet's texts: byte by byte, a prefix before the whole.
  private static func compare(_ value: UnsafeRawBufferPointer, _ other: [UInt8]) -> Int {
    let common = other.withUnsafeBytes { other -> Int32 in
      guard let left = value.baseAddress, let right = other.baseAddress else { return 0 }
      return memcmp(left, right, min(value.count, other.count))
    }
    return common != 0 ? Int(common) : value.count - other.count
  }

  /// No value of the page is smaller; nil if there is none.
  var minimum: Bound? {
    switch values {
    case .none: nil
    case .integers(let low, _): Bound(bytes: Self.littleEndian(UInt64(bitPattern: low)))
    // A zero may be of either sign.
    case .doubles(let low, _): Bound(bytes: Self.littleEndian((low == 0 ? -0.0 : low).bitPattern))
    case .texts:
      low.count <= Self.textLimit ? Bound(bytes: low) : Bound(bytes: Self.beginning(low), isExact: false)
    }
  }

  /// No value of the page is larger; nil if there is none, or no short text is larger.
  var maximum: Bound? {
    switch values {
    case .none: nil
    case .integers(_, let high): Bound(bytes: Self.littleEndian(UInt64(bitPattern: high)))
    case .doubles(_, let high): Bound(bytes: Self.littleEndian((high == 0 ? 0.0 : high).bitPattern))
    case .texts:
      high.count <= Self.textLimit
        ? Bound(bytes: high) : Self.successor(Self.beginning(high)).map { Bound(bytes: $0, isExact: false) }
    }
  }

  private static func littleEndian(_ bits: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
  }

  /// The first bytes of a text, not cut within a character.
  private static func beginning(_ text: [UInt8]) -> [UInt8] {
    var end = textLimit
    while end > 0 && text[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(text[..<end])
  }

  /// A short text that is larger than all that begin with this one: the last character that has one is replaced by its
  /// successor.
  private static func successor(_ text: [UInt8]) -> [UInt8]? {
    guard let string = String(validating: text, as: UTF8.self) else { return nil }
    var scalars = Array(string.unicodeScalars)
    while let last = scalars.popLast() {
      // The code points of surrogates are not characters.
      let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
      guard let scalar = Unicode.Scalar(next) else { continue }
      scalars.append(scalar)
      return scalars.flatMap { UTF8.encode($0).map(Array.init) ?? [] }
    }
    return nil
  }
}
