import CTokenizerKernels

/// Which characters are adjacent inside some token.
///
/// If two characters are adjacent in no token, no token can span their border, and text may be cut there.
struct CharacterPairs {
  /// 2^19 bits, those set whose number is the hash of a pair. A false hit only means a cut not made.
  private(set) var filter = [UInt64](repeating: 0, count: (1 << Int(BK_PAIR_BITS)) / 64)
  /// For each first ASCII character the 128 bits of the second one; exact.
  private(set) var ascii = [UInt64](repeating: 0, count: 128 * 2)
  /// For the last byte of a character beyond ASCII, less 0x80, the 64 bits of the first byte of the next one, less
  /// 0xC0: those that a token holds without holding both characters whole; exact.
  private(set) var split = [UInt64](repeating: 0, count: 64)

  /// The characters before which no text may be cut, and in the second half those after which it may not: bits, by the
  /// twelve lowest bits of the code point.
  ///
  /// A token that is for whole pre-tokens only must not match a part that was cut out of one.
  private(set) var ends = [UInt64](repeating: 0, count: 64 * 2)

  /// Collects the pairs of the tokens in `including`, and the ends of those that are for whole pre-tokens only.
  init(_ tokens: ByteStrings, including: some Sequence<Int>, isWholeOnly: (Int) -> Bool) {
    for token in including {
      tokens.bytes.withUnsafeBufferPointer { bytes in
        let bytes = UnsafeBufferPointer(rebasing: bytes[tokens.range(token)])
        collect(bytes)
        if isWholeOnly(token) { collectEnds(bytes) }
      }
    }
  }

  /// Whether some token may hold the two characters next to each other; sometimes true if none does.
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
      // Text is cut only next to characters of three or more bytes.
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

/// Finds eight sets of first and of second ASCII characters that are adjacent in no token.
///
/// Two table lookups and one test per byte then find most places where text may be cut; those they miss only make units
/// longer. The choice is greedy: each set covers as much as possible of what is left, weighted by frequency in text.
struct FreePairCover {
  /// For each character, the sets it is in, as bits.
  private(set) var first = [UInt8](repeating: 0, count: 128)
  private(set) var second = [UInt8](repeating: 0, count: 128)

  private var remaining: [Float]
  /// For each second character, the first ones that it may follow in no token.
  private let free: [UInt128]

  private static let seedCount = 32

  /// Covers the pairs whose bits are not set in `asciiPairs`, the table of `CharacterPairs`.
  init(_ asciiPairs: [UInt64]) {
    let weights = (0..<128).map(Self.weight)
    free = (0..<128).map { second in
      (0..<128).reduce(UInt128(0)) { set, first in
        let isHeld = asciiPairs[first * 2 + second / 64] >> UInt64(second % 64) & 1 != 0
        return isHeld ? set : set | 1 << UInt128(first)
      }
    }
    remaining = (0..<128 * 128).map { weights[$0 / 128] * weights[$0 % 128] }
    for number in 0..<8 { addBest(UInt8(1) << UInt8(number)) }
  }

  /// How often a character occurs in text, roughly. Characters around which text is always cut need no set.
  private static func weight(_ character: Int) -> Float {
    switch UInt8(character) {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"): 0
    case UInt8(ascii: "a")...UInt8(ascii: "z"): 16
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): 4
    case UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: "'"), UInt8(ascii: "\""): 8
    case UInt8(ascii: "!")...UInt8(ascii: "~"): 3
    default: 0.1
    }
  }

  private mutating func addBest(_ bit: UInt8) {
    let columnWeights = (0..<128).map { second in sum(over: free[second], second) }
    let seeds = (0..<128).sorted { columnWeights[$0] > columnWeights[$1] }.prefix(Self.seedCount)
    var best: (weight: Float, first: UInt128) = (0, 0)
    for (rank, one) in seeds.enumerated() {
      for other in seeds.dropFirst(rank) {
        let set = free[one] & free[other]
        let weight = (0..<128).reduce(Float(0)) { $0 + (free[$1] & set == set ? sum(over: set, $1) : 0) }
        if weight > best.weight { best = (weight, set) }
      }
    }
    for character in 0..<128 {
      if best.first >> UInt128(character) & 1 != 0 { first[character] |= bit }
      if free[character] & best.first == best.first { second[character] |= bit }
    }
    for pair in 0..<128 * 128 where first[pair / 128] & second[pair % 128] & bit != 0 { remaining[pair] = 0 }
  }

  private func sum(over set: UInt128, _ second: Int) -> Float {
    var sum: Float = 0
    var rest = set
    while rest != 0 {
      sum += remaining[rest.trailingZeroBitCount * 128 + second]
      rest &= rest - 1
    }
    return sum
  }
}
