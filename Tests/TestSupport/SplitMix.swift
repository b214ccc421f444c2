/// Numbers that look random and are the same in every run, here and in the Python scripts: splitmix64.
///
/// Source: Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014.
public struct SplitMix: RandomNumberGenerator {
  /// What the next numbers follow from: the seed, at first.
  public var state: UInt64

  /// Makes the sequence of a seed.
  public init(state: UInt64) { self.state = state }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A number from 0 up to 1.
  public mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

  /// A normally distributed number (the sum of twelve uniform ones: no function of the C library takes part).
  public mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + unit() } }
}
