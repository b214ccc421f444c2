/// Hands out counts to the stretches between borders.
struct BorderCounter {
  private let borders: [Int]
  /// The tokens of each stretch so far.
  private(set) var counts: [Int]
  /// The stretch that the last position lies in: the number of borders at or before it.
  private var stretch = 0

  init(_ borders: [Int]) {
    self.borders = borders
    counts = [Int](repeating: 0, count: borders.count + 1)
  }

  /// The first border behind `position`; nil where there is none. Positions never fall from call to call.
  mutating func border(behind position: Int) -> Int? {
    while stretch < borders.count, borders[stretch] <= position { stretch += 1 }
    return stretch < borders.count ? borders[stretch] : nil
  }

  /// Adds tokens that begin at `position` or behind it, before the next border.
  mutating func add(_ tokens: Int, at position: Int) {
    _ = border(behind: position)
    counts[stretch] += tokens
  }
}
