/// Applies merges by their definition: always the pair with the lowest rank, and of equal ranks the leftmost.
///
/// The faster encoder is built from this and tested against it. Up to 32 symbols it searches all pairs, beyond that a
/// heap keeps it at O(n log n).
struct BytePairMerger: ~Copyable {
  private let merges: MergeTable
  /// The tokens of the text; before `merge()` its symbols.
  private(set) var tokens: [UInt32] = []
  /// The last merge that `merge()` applied; nil if it applied none.
  private(set) var last: (left: UInt32, right: UInt32, rank: UInt32)?
  private var ranks: [UInt32] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  private var heap = MinimumHeap()

  private static let searchedSymbols = 32
  private static let removed = UInt32.max

  init(merges: MergeTable) { self.merges = merges }

  /// Forgets the last text.
  mutating func removeAll() { tokens.removeAll(keepingCapacity: true) }

  /// Adds a symbol.
  mutating func append(_ symbol: UInt32) { tokens.append(symbol) }

  /// Merges the symbols into tokens.
  mutating func merge() {
    last = nil
    if tokens.count <= Self.searchedSymbols { mergeSearching() } else { mergeWithHeap() }
  }

  private mutating func mergeSearching() {
    ranks.removeAll(keepingCapacity: true)
    for index in tokens.indices.dropLast() { ranks.append(merges.rank(tokens[index], tokens[index + 1])) }
    while true {
      var lowest = MergeTable.noRank
      var place = 0
      for (index, rank) in ranks.enumerated() where rank < lowest { (lowest, place) = (rank, index) }
      guard lowest != MergeTable.noRank else { return }
      last = (tokens[place], tokens[place + 1], lowest)
      tokens[place] = merges.result(of: lowest)
      tokens.remove(at: place + 1)
      ranks.remove(at: place)
      if place > 0 { ranks[place - 1] = merges.rank(tokens[place - 1], tokens[place]) }
      if place + 1 < tokens.count { ranks[place] = merges.rank(tokens[place], tokens[place + 1]) }
    }
  }

  private mutating func mergeWithHeap() {
    let count = tokens.count
    next = (0..<count).map { $0 + 1 < count ? Int32($0 + 1) : -1 }
    previous = (0..<count).map { Int32($0 - 1) }
    heap.removeAll()
    for index in 0..<count - 1 { pushPair(at: Int32(index)) }
    while let entry = heap.popMinimum() { apply(rank: UInt32(entry >> 32), at: Int32(truncatingIfNeeded: entry)) }
    tokens.removeAll { $0 == Self.removed }
  }

  private mutating func pushPair(at left: Int32) {
    let rank = merges.rank(tokens[Int(left)], tokens[Int(next[Int(left)])])
    if rank != MergeTable.noRank { heap.insert(UInt64(rank) << 32 | UInt64(left)) }
  }

  private mutating func apply(rank: UInt32, at left: Int32) {
    let right = next[Int(left)]
    // A pair is stale once one of its sides has merged with something else.
    guard tokens[Int(left)] != Self.removed, right >= 0,
      merges.rank(tokens[Int(left)], tokens[Int(right)]) == rank
    else { return }
    last = (tokens[Int(left)], tokens[Int(right)], rank)
    tokens[Int(left)] = merges.result(of: rank)
    tokens[Int(right)] = Self.removed
    let following = next[Int(right)]
    next[Int(left)] = following
    if following >= 0 {
      previous[Int(following)] = left
      pushPair(at: left)
    }
    if previous[Int(left)] >= 0 { pushPair(at: previous[Int(left)]) }
  }
}

/// A binary heap that yields the smallest number first.
struct MinimumHeap {
  private var elements: [UInt64] = []

  /// Forgets all elements.
  mutating func removeAll() { elements.removeAll(keepingCapacity: true) }

  /// Adds an element.
  ///
  /// - Complexity: O(log *n*).
  mutating func insert(_ element: UInt64) {
    var place = elements.count
    elements.append(element)
    while place > 0, elements[(place - 1) / 2] > element {
      elements[place] = elements[(place - 1) / 2]
      place = (place - 1) / 2
    }
    elements[place] = element
  }

  /// Removes and returns the smallest element; nil if there is none.
  ///
  /// - Complexity: O(log *n*).
  mutating func popMinimum() -> UInt64? {
    guard let minimum = elements.first, let last = elements.popLast() else { return nil }
    guard !elements.isEmpty else { return minimum }
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < elements.count else { break }
      if child + 1 < elements.count, elements[child + 1] < elements[child] { child += 1 }
      guard elements[child] < last else { break }
      elements[place] = elements[child]
      place = child
    }
    elements[place] = last
    return minimum
  }
}
