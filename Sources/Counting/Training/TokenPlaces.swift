import Tokenizers

/// How many tokens of a text begin before certain places of it.
struct TokenPlaces {
  /// The places in ascending order.
  private let borders: [Int]
  private var before: [Int] = []
  /// The tokens of the whole text.
  private(set) var total = 0

  /// Counts a text's tokens.
  ///
  /// - Parameter places: the places that will be asked for, in any order.
  init(_ places: [Int], of text: [UInt8], with counter: inout TokenCounter) {
    let borders = Set(places).filter { $0 > 0 && $0 < text.count }.sorted()
    var counts: [Int] = []
    counter.count(text.span.bytes, borders: borders, into: &counts)
    self.init(borders: borders, counts: counts)
  }

  /// Makes places in ascending order of the tokens that begin before each, after the one before it, and after the last.
  init(borders: [Int], counts: [Int]) {
    self.borders = borders
    for count in counts {
      total += count
      before.append(total)
    }
  }

  /// The first token that holds a byte; both it and the next one are places that were counted.
  ///
  /// Several tokens may begin at one byte: those that a character takes whose text was normalized.
  func token(holding byte: Int) -> Int {
    let before = tokens(before: byte)
    return tokens(before: byte + 1) > before ? before : max(0, before - 1)
  }

  /// The number of tokens that begin before a place, which is one of those that were counted.
  func tokens(before place: Int) -> Int {
    if place <= 0 { return 0 }
    var (low, high) = (0, borders.count)
    while low < high {
      let middle = (low + high) / 2
      if borders[middle] < place { low = middle + 1 } else { high = middle }
    }
    return low < borders.count && borders[low] == place ? before[low] : total
  }
}

extension [Range<Int>] {
  /// The same numbers as ascending ranges that neither touch nor overlap.
  func joined() -> [Range<Int>] {
    var joined: [Range<Int>] = []
    for range in sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = joined.last, range.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }

  /// These ascending ranges without the numbers of others.
  func subtracting(_ others: [Range<Int>]) -> [Range<Int>] {
    var rest = self
    for other in others {
      rest = rest.flatMap { range in
        range.overlaps(other)
          ? [
            range.lowerBound..<Swift.max(range.lowerBound, other.lowerBound),
            Swift.min(range.upperBound, other.upperBound)..<range.upperBound,
          ] : [range]
      }
    }
    return rest.joined()
  }
}
