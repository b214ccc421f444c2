import Support
import TokenStatistics

/// The exact lengths of one dataset by score and label, packed for the page, with what limits cost each group.
///
/// The page adds groups up under any filter, so that its numbers are those that counting the rest would give.
struct PackedLengths {
  /// What a limit costs beside conversations and tokens, in the order in which the page stores it.
  static var faults: [KeyPath<LimitSummary, Int?>] {
    [
      \.assistantTokensLost, \.trainedTokensLost, \.withoutTarget, \.endsLost, \.promptsOver, \.completionsOver,
    ]
  }

  /// For each group its score (1 for none, else two more than the number that stands for it), its label and its number of
  /// distinct lengths; then each length less the one before it, from -1, and for one that occurs several times 0, which
  /// nothing else begins with, and how many more than two conversations have it.
  let lengths: String
  /// For each group 0 where no limit costs it anything, else 1 and for each limit what it costs; empty if that is not
  /// known.
  let faults: String
  /// For each limit the sequences of packing by best fit, and the tokens in them.
  let packing: String

  /// Packs the groups of `profile` in the order of their scores and labels; labels are numbered in `labels`.
  init(_ profile: DatasetProfile, limits: [Int], labels: inout NameTable) {
    var lengths = PackedIntegers()
    var faults = PackedIntegers()
    var knowsFaults = !limits.isEmpty
    for score in profile.orderedScores {
      let tallies = profile.scores[score]?.labels.sorted { $0.key < $1.key } ?? []
      for (label, tally) in tallies where !tally.lengths.isEmpty {
        if case .value(let value) = score {
          lengths.append(2 + PackedIntegers.unsigned(value))
        } else {
          lengths.append(1)
        }
        lengths.append(labels.index(of: label.text))
        Self.append(tally.lengths, to: &lengths)
        knowsFaults = knowsFaults && tally.training != nil
        Self.append(LimitCosts(lengths: tally.lengths, training: tally.training), limits, to: &faults)
      }
    }
    self.lengths = lengths.text
    self.faults = knowsFaults ? faults.text : ""
    let all = profile.lengths
    packing = PackedIntegers.pack(
      limits.filter { $0 > 0 }.count < limits.count
        ? []
        : limits.flatMap { limit in
          let result = all.packed(limit, .bfd)
          return [result.sequences, result.tokens]
        })
  }

  private static func append(_ distribution: LengthDistribution, to packed: inout PackedIntegers) {
    packed.append(distribution.entries.count)
    var previous = -1
    for entry in distribution.entries {
      packed.append(entry.length - previous)
      if entry.count > 1 {
        packed.append(0)
        packed.append(entry.count - 2)
      }
      previous = entry.length
    }
  }

  private static func append(_ costs: LimitCosts, _ limits: [Int], to packed: inout PackedIntegers) {
    // What is not known of the whole dataset, the page leaves out; here it is 0.
    let numbers = limits.flatMap { limit in
      let cut = costs[limit]
      return faults.map { cut[keyPath: $0] ?? 0 }
    }
    guard numbers.contains(where: { $0 > 0 }) else { return packed.append(0) }
    packed.append(1)
    for number in numbers { packed.append(number) }
  }
}
