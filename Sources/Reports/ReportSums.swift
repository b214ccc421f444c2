import Glibc
import JSON
import TokenStatistics

/// What the page shows first: sums of all datasets and of those of each model, type and scale, by which it opens before it
/// has read the lengths of single datasets.
///
/// The page computes the same from the lengths where filters are set or not all datasets are shown; `numbers.js` and
/// `lengths.js` have the same rules.
struct ReportSums {
  private struct Group {
    /// The datasets, copies of others included.
    var datasets = 0
    var lengths: [LengthDistribution] = []
    /// Conversations and tokens by band, lowest first, then of conversations without a score; none without a scale.
    var bands: [(conversations: Int, tokens: Int)] = []
  }

  private var groups: [(key: String, group: Group)] = []
  /// For each dataset with enough conversations, the highest share of an eighth of an octave, in percent.
  private var peaks: [Double] = []
  private var isComplete = true

  /// Datasets with fewer conversations say nothing about how high bins are.
  private static let fewestForScale = 200
  /// The heights of scales, in percent of the conversations.
  private static let scales = [5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100]

  /// Adds a dataset to the group of its model, type and scale.
  ///
  /// - Parameter exact: Its lengths; nil where they are not known, so that the page has no sums.
  mutating func append(_ dataset: DatasetSummary, _ exact: DatasetProfile?, edges: [Int], key: String) {
    guard let exact, !edges.isEmpty else {
      isComplete = false
      return
    }
    let index = groups.firstIndex { $0.key == key } ?? groups.count
    let bands = dataset.identity.scoreScale?.bands ?? []
    if index == groups.count {
      groups.append((key, Group(bands: Array(repeating: (0, 0), count: bands.isEmpty ? 0 : bands.count + 1))))
    }
    groups[index].group.datasets += 1
    let lengths = exact.lengths
    if lengths.count >= Self.fewestForScale { peaks.append(Self.peak(of: lengths, edges)) }
    // The rows of a copy are those of another dataset.
    guard dataset.original == nil else { return }
    groups[index].group.lengths.append(lengths)
    guard !bands.isEmpty else { return }
    for (score, tally) in exact.scores {
      let band = score == .none ? bands.count : bands.firstIndex { $0.contains(score) }
      guard let band else { continue }
      groups[index].group.bands[band].conversations += tally.conversations
      groups[index].group.bands[band].tokens += tally.tokens
    }
  }

  /// The sums; null where the lengths of a dataset are not known.
  var json: JSONValue {
    guard isComplete, !groups.isEmpty else { return .null }
    let merged = groups.map { LengthDistribution(merging: $0.group.lengths) }
    let all = LengthDistribution(merging: merged)
    let (low, high) = Self.domain(of: all)
    let members = zip(groups, merged).map { group, lengths -> (String, JSONValue) in
      (
        group.key,
        .object(
          JSONObject([
            ("datasets", .number(group.group.datasets)), ("length", .string(Self.pack(lengths))),
            ("bands", .string(PackedIntegers.pack(group.group.bands.flatMap { [$0.conversations, $0.tokens] }))),
          ]))
      )
    }
    return .object(
      JSONObject([
        ("domain", .array([.number(low), .number(high)])), ("density", .number(density)),
        ("length", .string(Self.pack(all))), ("groups", .object(JSONObject(members))),
      ]))
  }

  /// The numbers that `LENGTH_KEYS` of the page names; empty without conversations.
  private static func pack(_ lengths: LengthDistribution) -> String {
    guard let minimum = lengths.minimum, let maximum = lengths.maximum else { return "" }
    let percentiles = [1, 5, 25, 50, 75, 90, 95, 99].compactMap { lengths.percentile($0) }
    return PackedIntegers.pack(ascending: [minimum] + percentiles + [maximum])
  }

  /// The length axis in octaves: from p0.1 to p99.9, at least five octaves.
  private static func domain(of lengths: LengthDistribution) -> (low: Int, high: Int) {
    guard let least = lengths.percentile(0.1), let most = lengths.percentile(99.9) else { return (6, 11) }
    var low = Int(log2(Double(max(1, least))).rounded(.down))
    var high = Int(log2(Double(most + 1)).rounded(.up))
    while high - low < 5 {
      high += 1
      if high - low < 5, low > 0 { low -= 1 }
    }
    return (low, high)
  }

  /// The height of the scale: where nearly all bars fit.
  private var density: Int {
    let sorted = peaks.sorted()
    let wanted = sorted.isEmpty ? 12 : sorted[Int((Double(sorted.count) * 0.98).rounded(.up)) - 1]
    return Self.scales.first { Double($0) >= wanted } ?? 100
  }

  /// The highest share of a bin per eighth of an octave, in percent; the bins at both ends have no width.
  private static func peak(of lengths: LengthDistribution, _ edges: [Int]) -> Double {
    var counts = [Int](repeating: 0, count: edges.count + 1)
    var bin = 0
    for entry in lengths.entries {
      while bin < edges.count, edges[bin] <= entry.length { bin += 1 }
      counts[bin] += entry.count
    }
    var peak = 0.0
    for bin in edges.indices.dropFirst() where counts[bin] > 0 {
      let width = place(of: edges[bin]) - place(of: edges[bin - 1])
      peak = max(peak, Double(counts[bin]) / Double(lengths.count) / (8 * width))
    }
    return peak * 100
  }

  /// An edge lies between two lengths.
  private static func place(of edge: Int) -> Double { log2(max(Double(edge) - 0.5, 0.5)) }
}
