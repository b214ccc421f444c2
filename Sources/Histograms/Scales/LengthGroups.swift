import Support
import TokenStatistics

/// The conversations that a plot shows in one color and one row.
struct LengthGroup: Sendable {
  /// What the row is called: `3`, `85–100`, `none`, a label, or `all` if nothing is distinguished.
  let name: String
  let color: PlotColor
  /// The lengths of its conversations.
  let lengths: LengthDistribution
  /// The index of the band of scores that the group is; nil for any other group.
  var band: Int?

  /// Whether the group is what has no score.
  var isUnscored: Bool { color == .unscored }

  /// The groups of `profile` by score, highest first, no score last.
  ///
  /// A group without conversations stays, unless the dataset's filters leave it out or nothing has a score. Scores
  /// outside the scale join the group at that end, whose name then says so: `3+`, `≤0`. Without a scale all
  /// conversations are one group.
  static func groups(of profile: DatasetProfile) -> [LengthGroup] {
    guard let scale = profile.scoreScale else {
      return [LengthGroup(name: "all", color: PlotPalette.plain, lengths: profile.lengths)]
    }
    let bands = scale.bands
    var parts = [[LengthDistribution]](repeating: [], count: bands.count)
    var unscored = LengthDistribution()
    var isBelow = false
    var isAbove = false
    for (score, tally) in profile.scores {
      guard let value = score.floor else {
        unscored = tally.lengths
        continue
      }
      isBelow = isBelow || value < scale.range.lowerBound
      isAbove = isAbove || value > scale.range.upperBound
      parts[scale.bandIndex(of: value)].append(tally.lengths)
    }
    let none = LengthGroup(name: "none", color: .unscored, lengths: unscored)
    if parts.allSatisfy({ $0.allSatisfy(\.isEmpty) }), !unscored.isEmpty { return [none] }
    let colors = PlotPalette.scores(of: scale)
    var groups: [LengthGroup] = []
    for index in bands.indices.reversed() {
      let lengths = LengthDistribution(merging: parts[index])
      if lengths.isEmpty, profile.filters.excludes(bands[index]) { continue }
      let name = bands[index].title(
        isOpenBelow: isBelow && index == 0, isOpenAbove: isAbove && index == bands.count - 1)
      groups.append(LengthGroup(name: name, color: colors[index], lengths: lengths, band: index))
    }
    return unscored.isEmpty && profile.filters.excludesUnscored ? groups : groups + [none]
  }
}

/// The groups that a dataset's plot has a row for: its scores, else its splits, its labels or another column's values, else
/// prompts and answers, which are the completions.
struct PlotRows: Sendable {
  /// What tells the groups apart: `score`, `label`, a column, `part`.
  let subject: String
  let groups: [LengthGroup]
  /// Whether the groups are parts of each conversation; else each conversation is in one of them.
  var areParts = false

  /// The most groups of a label or a column; the smallest ones share the last row.
  private static let mostGroups = 8
  /// The column that comes before labels.
  private static let splitColumn = "split"

  /// The rows of a dataset whose groups by score are `scores`.
  init(_ profile: DatasetProfile, scores: [LengthGroup]) {
    if scores.count > 1 {
      self.init(subject: "score", groups: scores)
    } else {
      self = Self.unscored(profile, color: scores.first?.color ?? PlotPalette.plain)
    }
  }

  private init(subject: String, groups: [LengthGroup], areParts: Bool = false) {
    self.subject = subject
    self.groups = groups
    self.areParts = areParts
  }

  private static func unscored(_ profile: DatasetProfile, color: PlotColor) -> PlotRows {
    var labels: [TextKey: [LengthDistribution]] = [:]
    for tally in profile.scores.values {
      for (label, tally) in tally.labels { labels[label, default: []].append(tally.lengths) }
    }
    var columns: [(name: String, values: [TextKey: [LengthDistribution]])] = profile.groups.sorted { $0.key < $1.key }
      .map {
        ($0.key.text, $0.value.mapValues { [$0.lengths] })
      }
    let split = columns.filter { $0.name == splitColumn }
    columns = split + [("label", labels)] + columns.filter { $0.name != splitColumn }
    for (name, values) in columns where values.count > 1 {
      let groups = values.map { LengthGroup(name: shown($0.key.text), color: color, lengths: .init(merging: $0.value)) }
        .filter { !$0.lengths.isEmpty }
      if groups.count > 1 { return PlotRows(subject: name, groups: largest(groups, color: color)) }
    }
    let parts = [("prompt", profile.training?.prompts), ("answer", profile.training?.completions)]
    let groups = parts.compactMap { name, lengths in
      lengths.flatMap { $0.isEmpty ? nil : LengthGroup(name: name, color: color, lengths: $0) }
    }
    return groups.count > 1
      ? PlotRows(subject: "part", groups: groups, areParts: true) : PlotRows(subject: "", groups: [])
  }

  private static func shown(_ value: String) -> String { value == ScoreTally.missingLabel ? "none" : value }

  /// The groups by size, those beyond the most that have room as one.
  private static func largest(_ groups: [LengthGroup], color: PlotColor) -> [LengthGroup] {
    let sorted = groups.sorted { left, right in
      left.lengths.count == right.lengths.count
        ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : left.lengths.count > right.lengths.count
    }
    guard sorted.count > mostGroups else { return sorted }
    let rest = sorted[(mostGroups - 1)...]
    let others = LengthGroup(
      name: "\(NumberFormat.grouped(rest.count)) others", color: color, lengths: .init(merging: rest.map(\.lengths)))
    return sorted[..<(mostGroups - 1)] + [others]
  }
}
