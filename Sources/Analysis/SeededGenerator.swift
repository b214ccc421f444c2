/// A small generator of random numbers whose sequence depends on the seed only, on every platform and for ever.
///
/// Source: G. L. Steele, D. Lea and C. H. Flood, Fast splittable pseudorandom number generators (SplitMix64), 2014.
struct SeededGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to but not including `bound`, every one equally likely.
  mutating func next(below bound: Int) -> Int {
    precondition(bound > 0)
    let bound = UInt64(bound)
    // Numbers below this threshold would make small results more likely.
    let threshold = (0 &- bound) % bound
    while true {
      let (high, low) = next().multipliedFullWidth(by: bound)
      if low >= threshold { return Int(high) }
    }
  }

  /// Puts `elements` in random order.
  mutating func shuffle<Element>(_ elements: inout [Element]) {
    for index in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(index, next(below: index + 1))
    }
  }
}
