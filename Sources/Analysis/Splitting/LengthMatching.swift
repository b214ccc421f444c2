import Support
import TokenStatistics

/// Conversations of several labels that are chosen together, so that every label has as many of each length.
///
/// Length is a confound of whatever is learned from the difference between labels. Conversations are matched within their
/// dataset and stratum, in the bins of the statistics' histograms: eight an octave.
struct LengthMatching {
  /// What is chosen as a whole: one conversation of each label, with their tokens together.
  private(set) var units: [TokenBudgetSplit.Candidate] = []
  /// The places of the units' conversations among the candidates.
  private(set) var members: [[Int]] = []

  private struct Key: Hashable, Comparable {
    let source: Int
    let stratum: Int
    let bin: Int

    static func < (left: Key, right: Key) -> Bool {
      (left.source, left.stratum, left.bin) < (right.source, right.stratum, right.bin)
    }
  }

  /// Matches candidates.
  ///
  /// - Parameters:
  ///   - candidates: The conversations that can be chosen.
  ///   - sources: The number of each one's dataset.
  ///   - labels: The label of each; those without one are not matched.
  ///   - seed: The seed of the random choice among conversations of one length.
  /// - Complexity: O(*n* log *n*) for *n* candidates.
  init(_ candidates: [TokenBudgetSplit.Candidate], sources: [Int], labels: [String?], seed: UInt64) {
    let names = Set(labels.compactMap { $0.map { TextKey($0) } }).sorted()
    guard names.count > 1 else { return }
    var bins: [Key: [TextKey: [Int]]] = [:]
    for (place, candidate) in candidates.enumerated() {
      guard let label = labels[place] else { continue }
      let key = Key(
        source: sources[place], stratum: candidate.stratum, bin: HistogramBins.bin(of: candidate.tokens))
      bins[key, default: [:]][TextKey(label), default: []].append(place)
    }
    var generator = SeededGenerator(seed: seed)
    var groups = JoinedGroups()
    for (_, places) in bins.sorted(by: { $0.key < $1.key }) {
      let fewest = names.map { places[$0]?.count ?? 0 }.min() ?? 0
      guard fewest > 0 else { continue }
      let shuffled = names.map { name in
        var list = places[name] ?? []
        generator.shuffle(&list)
        return list
      }
      for number in 0..<fewest { members.append(shuffled.map { $0[number] }.sorted()) }
    }
    for unit in members { groups.join(unit.compactMap { candidates[$0].group }) }
    units = members.map { unit in
      TokenBudgetSplit.Candidate(
        tokens: unit.reduce(0) { $0 + candidates[$1].tokens }, stratum: candidates[unit[0]].stratum,
        group: unit.lazy.compactMap { candidates[$0].group }.first.map { groups.root(of: $0) })
    }
  }
}

/// Groups of which some are one, because a unit has conversations of both.
private struct JoinedGroups {
  private var parents: [Int: Int] = [:]

  /// The number that stands for a group and all that are one with it.
  mutating func root(of group: Int) -> Int {
    var root = group
    while let parent = parents[root], parent != root { root = parent }
    parents[group] = root
    return root
  }

  /// Makes groups one.
  mutating func join(_ groups: [Int]) {
    guard let first = groups.first else { return }
    for group in groups.dropFirst() {
      let (left, right) = (root(of: first), root(of: group))
      parents[max(left, right)] = min(left, right)
    }
  }
}
