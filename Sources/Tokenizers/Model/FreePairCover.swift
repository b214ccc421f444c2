import CTokenizerKernels

/// Finds eight sets of first and of second ASCII characters that no token holds side by side.
///
/// Two table look-ups and one test per byte then tell most places where text may be cut; those they miss only make
/// units longer. Greedy: each set takes the most of what is left, weighted by how often characters stand in text.
struct FreePairCover {
  /// For each character the numbers, as bits, of the sets it is in.
  private(set) var first = [UInt8](repeating: 0, count: 128)
  private(set) var second = [UInt8](repeating: 0, count: 128)

  private var remaining: [Float]
  /// For each second character the first ones it is free to follow.
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

  /// How often a character stands in text, roughly. Those around which text is always cut need no set.
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
