import CTokenizerKernels

/// Which characters stand next to each other inside some token.
///
/// Where two adjacent characters do so in no token, no token can lie across them and the text may be cut there.
struct CharacterPairs {
  /// 2^19 bits, those set whose number is the hash of a pair. A false hit only means a cut not made.
  private(set) var filter = [UInt64](repeating: 0, count: (1 << Int(BK_PAIR_BITS)) / 64)
  /// For each first ASCII character the 128 bits of the second one; exact.
  private(set) var ascii = [UInt64](repeating: 0, count: 128 * 2)
  /// For the last byte of a character beyond ASCII, less 0x80, the 64 bits of the first byte of the next one, less 0xC0:
  /// those that a token holds without holding both characters whole; exact.
  private(set) var split = [UInt64](repeating: 0, count: 64)

  /// The characters before which no text may be cut, and in the second half those behind which it may not: bits, by the
  /// twelve lowest bits of the code point.
  ///
  /// A token that stands for whole pretokens only must not come to stand for a part that was cut out of one.
  private(set) var ends = [UInt64](repeating: 0, count: 64 * 2)

  /// Collects the pairs of the tokens in `including`, and the ends of those of them that stand for whole pretokens only.
  init(_ tokens: ByteStrings, including: some Sequence<Int>, isWholeOnly: (Int) -> Bool) {
    for token in including {
      tokens.bytes.withUnsafeBufferPointer { bytes in
        let bytes = UnsafeBufferPointer(rebasing: bytes[tokens.range(token)])
        collect(bytes)
        if isWholeOnly(token) { collectEnds(bytes) }
      }
    }
  }

  /// Whether some token may hold the two characters next to each other; sometimes true where none does.
  ///
  /// - Parameter filter: the words of ``filter``.
  @inline(__always)
  static func mayJoin(_ first: UInt32, _ second: UInt32, in filter: UnsafePointer<UInt64>) -> Bool {
    let bit = bit(first, second)
    return filter[bit >> 6] >> UInt64(bit & 63) & 1 != 0
  }

  private mutating func collectEnds(_ token: UnsafeBufferPointer<UInt8>) {
    guard UTF8Repair.isValid(token), let last = token.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return }
    for (half, place) in [0, last].enumerated() {
      // Text is cut beside characters of three bytes and more only.
      let (value, length) = CharacterCursor.scalar(in: token, at: place)
      guard length > 2 else { continue }
      let scalar = Int(value)
      ends[half * 64 + (scalar >> 6 & 63)] |= 1 << UInt64(scalar & 63)
    }
  }

  private mutating func collect(_ token: UnsafeBufferPointer<UInt8>) {
    guard !token.isEmpty else { return }
    // Byte-level tokens may begin and end inside a character.
    guard UTF8Repair.isValid(token) else { return collectSplit(token) }
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

  private mutating func collectSplit(_ token: UnsafeBufferPointer<UInt8>) {
    for place in token.indices.dropFirst() where token[place] >= 0xC0 && token[place - 1] >= 0x80 {
      split[Int(token[place - 1] & 63)] |= 1 << UInt64(token[place] & 63)
    }
  }

  /// The bit of a pair in the filter.
  @inline(__always)
  static func bit(_ first: UInt32, _ second: UInt32) -> Int {
    Int(truncatingIfNeeded: bk_pair_bit(first, second))
  }
}
