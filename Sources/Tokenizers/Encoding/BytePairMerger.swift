/// Applies merges by their definition: always the pair with the lowest rank, of equal ones the leftmost.
///
/// This is the truth that the faster encoder is built from and tested against. Up to 32 symbols it searches the pairs,
/// beyond that a heap keeps it at O(n log n).
struct BytePairMerger: ~Copyable {
  private let merges: MergeTable
  /// The tokens of the text; before `merge()` its symbols.
  private(set) var tokens: [UInt32] = []
  /// The rank of the last merge that `merge()` applied; nil where it applied none.
  private(set) var lastRank: UInt32?
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

  /// Merges the symbols to tokens.
  mutating func merge() {
    lastRank = nil
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
      lastRank = lowest
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
    lastRank = rank
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
