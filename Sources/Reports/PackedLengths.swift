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

  /// For each group its score (1 for none, else two more than the number that stands for it, which is the whole number
  /// below a fraction), its label and its number of
  /// distinct lengths; then each length less the one before it, from -1, and for one that occurs several times 0, which
  /// nothing else begins with, and how many more than two conversations have it.
  let lengths: String
  /// For each group 0 where no limit costs it anything, else 1 and for each limit what it costs; empty if that is not
  /// known.
  let faults: String
  /// The tokens of the groups by kind; empty if that is not known, or if there is but one group.
  ///
  /// For each kind but the assistant's, which has the rest: 0 where there are none, else one more than a conversation has
  /// on average, and for each group by how much all of it differs from that.
  let kinds: String
  /// For each limit the sequences of packing by best fit, and the tokens in them.
  let packing: String

  /// Packs the groups of `profile` in the order of their scores and labels; labels are numbered in `labels`.
  init(_ profile: DatasetProfile, limits: [Int], labels: inout NameTable) {
    var lengths = PackedIntegers()
    var faults = PackedIntegers()
    var kinds: [TokensByKind?] = []
    var sizes: [Int] = []
    var knowsFaults = !limits.isEmpty
    for score in profile.orderedScores {
      let tallies = profile.scores[score]?.labels.sorted { $0.key < $1.key } ?? []
      for (label, tally) in tallies where !tally.lengths.isEmpty {
        if let value = score.floor {
          lengths.append(2 + PackedIntegers.unsigned(value))
        } else {
          lengths.append(1)
        }
        lengths.append(labels.index(of: label.text))
        Self.append(tally.lengths, to: &lengths)
        kinds.append(tally.kinds)
        sizes.append(tally.conversations)
        knowsFaults = knowsFaults && tally.training != nil
        Self.append(LimitCosts(lengths: tally.lengths, training: tally.training), limits, to: &faults)
      }
    }
    self.lengths = lengths.text
    self.faults = knowsFaults ? faults.text : ""
    self.kinds = Self.pack(kinds, conversations: sizes)
    let all = profile.lengths
    packing = PackedIntegers.pack(
      limits.filter { $0 > 0 }.count < limits.count
        ? []
        : limits.flatMap { limit in
          let result = all.packed(limit, .bfd)
          return [result.sequences, result.tokens]
        })
  }

  /// Packs the tokens by kind of all groups, as ``kinds`` says.
  ///
  /// Much of a conversation's text repeats, such as what the template writes: less is stored of what differs.
  private static func pack(_ kinds: [TokensByKind?], conversations: [Int]) -> String {
    let known = kinds.compactMap(\.self)
    guard known.count > 1, known.count == kinds.count else { return "" }
    var packed = PackedIntegers()
    for kind in TokensByKind.kinds where kind.key != "assistant" {
      let counts = known.map { $0[keyPath: kind.tokens] }
      guard counts.contains(where: { $0 > 0 }) else {
        packed.append(0)
        continue
      }
      let usual = counts.reduce(0, +) / max(1, conversations.reduce(0, +))
      packed.append(1 + usual)
      for (count, size) in zip(counts, conversations) { packed.append(signed: count - usual * size) }
    }
    return packed.text
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
