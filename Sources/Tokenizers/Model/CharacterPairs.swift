/// Which characters stand next to each other inside some token.
///
/// Where two adjacent characters do so in no token, no token can lie across them and the text may be cut there.
struct CharacterPairs {
  /// 2^19 bits, those set whose number is the hash of a pair. A false hit only means a cut not made.
  private(set) var filter = [UInt64](repeating: 0, count: (1 << filterBits) / 64)
  /// For each first ASCII character the 128 bits of the second one; exact.
  private(set) var ascii = [UInt64](repeating: 0, count: 128 * 2)

  static let filterBits: UInt64 = 19

  /// Collects the pairs of the tokens in `including`.
  init(_ tokens: ByteStrings, including: some Sequence<Int>) {
    for token in including {
      tokens.bytes.withUnsafeBufferPointer { collect(UnsafeBufferPointer(rebasing: $0[tokens.range(token)])) }
    }
  }

  private mutating func collect(_ token: UnsafeBufferPointer<UInt8>) {
    // Byte-level tokens may end inside a character; only whole text is looked at here.
    guard UTF8Repair.isValid(token), !token.isEmpty else { return }
    var (previous, position) = CharacterCursor.scalar(in: token, at: 0)
    while position < token.count {
      let (scalar, length) = CharacterCursor.scalar(in: token, at: position)
      let bit = Self.bit(previous, scalar)
      filter[bit / 64] |= 1 << UInt64(bit % 64)
      if previous < 0x80, scalar < 0x80 {
        ascii[Int(previous) * 2 + Int(scalar / 64)] |= 1 << UInt64(scalar % 64)
      }
      (previous, position) = (scalar, position + length)
    }
  }

  /// The bit of a pair in the filter.
  @inline(__always)
  static func bit(_ first: UInt32, _ second: UInt32) -> Int {
    Int(truncatingIfNeeded: ((UInt64(first) << 21 | UInt64(second)) &* 0x9E37_79B9_7F4A_7C15) &>> (64 - filterBits))
  }
}
