/// Merges texts of few runs of equal symbols, such as rulers, run by run instead of symbol by symbol.
///
/// The merges are those of `BytePairMerger`: the lowest rank first, and of equal ranks the leftmost. All merges of a rank are
/// applied at once, which is the same as long as no pair that they make has that rank or a lower one.
struct RunMerger {
  /// A token that follows itself.
  struct Run {
    var token: UInt32
    var count: Int
  }

  private let merges: MergeTable
  /// The runs of the text; before `merge()` those of its symbols.
  private(set) var runs: [Run] = []
  private var merged: [Run] = []

  init(merges: MergeTable) { self.merges = merges }

  /// Forgets the last text.
  mutating func removeAll() { runs.removeAll(keepingCapacity: true) }

  /// Adds a run of a symbol.
  mutating func append(_ symbol: UInt32, count: Int) { Self.append(symbol, count, to: &runs) }

  /// Merges the symbols into tokens.
  ///
  /// - Returns: false if the merges have to be applied one by one, and the runs are of no use.
  /// - Complexity: O(*m* · *r*), where *m* is the number of different merges and *r* that of runs, whatever their lengths.
  mutating func merge() -> Bool {
    while let rank = lowestRank() {
      guard isAlone(rank) else { return false }
      mergePairs(of: rank)
    }
    return true
  }

  private func lowestRank() -> UInt32? {
    var lowest = MergeTable.noRank
    for (index, run) in runs.enumerated() {
      if run.count > 1 { lowest = min(lowest, merges.rank(run.token, run.token)) }
      if index > 0 { lowest = min(lowest, merges.rank(runs[index - 1].token, run.token)) }
    }
    return lowest == MergeTable.noRank ? nil : lowest
  }

  /// Whether every pair that the merges of `rank` can make has a higher rank.
  private func isAlone(_ rank: UInt32) -> Bool {
    let result = merges.result(of: rank)
    guard merges.rank(result, result) > rank else { return false }
    return runs.allSatisfy { merges.rank($0.token, result) > rank && merges.rank(result, $0.token) > rank }
  }

  private mutating func mergePairs(of rank: UInt32) {
    let result = merges.result(of: rank)
    merged.removeAll(keepingCapacity: true)
    for index in runs.indices {
      var (token, count) = (runs[index].token, runs[index].count)
      if count > 1, merges.rank(token, token) == rank {
        Self.append(result, count / 2, to: &merged)
        count %= 2
      }
      if count > 0, index + 1 < runs.count, merges.rank(token, runs[index + 1].token) == rank {
        Self.append(token, count - 1, to: &merged)
        Self.append(result, 1, to: &merged)
        runs[index + 1].count -= 1
      } else {
        Self.append(token, count, to: &merged)
      }
    }
    swap(&runs, &merged)
  }

  private static func append(_ token: UInt32, _ count: Int, to runs: inout [Run]) {
    guard count > 0 else { return }
    if let last = runs.indices.last, runs[last].token == token {
      runs[last].count += count
    } else {
      runs.append(Run(token: token, count: count))
    }
  }
}
