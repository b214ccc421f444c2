import TokenStatistics

/// The conversations that a plot shows in one color and one table row.
struct ScoreGroup: Sendable {
  /// What the row is called: `3`, `85–100`, `none`, or `all` if scores are not distinguished.
  let name: String
  /// The group's color; nil for conversations without a score, which are drawn as an outline.
  let color: PlotColor?
  /// The lengths of its conversations.
  let lengths: LengthDistribution

  /// The groups of `profile`, highest score first, no score last; a group without conversations stays.
  ///
  /// Scores outside the scale join the group at that end, whose name then says so: `3+`, `≤0`. Without a scale all
  /// conversations are one group.
  static func groups(of profile: DatasetProfile) -> [ScoreGroup] {
    guard let scale = profile.scoreScale else {
      return [ScoreGroup(name: "all", color: PlotPalette.plain, lengths: profile.lengths)]
    }
    let bands = scale.bands
    var lengths = [LengthDistribution](repeating: LengthDistribution(), count: bands.count)
    var unscored = LengthDistribution()
    var isBelow = false
    var isAbove = false
    for score in profile.orderedScores {
      guard let tally = profile.scores[score] else { continue }
      guard case .value(let value) = score else {
        unscored = tally.lengths
        continue
      }
      isBelow = isBelow || value < scale.range.lowerBound
      isAbove = isAbove || value > scale.range.upperBound
      lengths[scale.bandIndex(of: value)].merge(tally.lengths)
    }
    let colors = PlotPalette.scores(of: scale)
    var groups = bands.indices.map { index in
      let name = bands[index].title(
        isOpenBelow: isBelow && index == 0, isOpenAbove: isAbove && index == bands.count - 1)
      return ScoreGroup(name: name, color: colors[index], lengths: lengths[index])
    }
    groups.reverse()
    return groups + [ScoreGroup(name: "none", color: nil, lengths: unscored)]
  }
}

extension Sequence<DatasetProfile> {
  /// The scales of the datasets with the kinds they belong to, kinds in their order, each pair once.
  var scoreScales: [(kind: DatasetKind, scale: ScoreScale)] {
    DatasetKind.allCases.flatMap { kind in
      var scales: [ScoreScale] = []
      for profile in self where profile.kind == kind {
        if let scale = profile.scoreScale, !scales.contains(scale) { scales.append(scale) }
      }
      return scales.map { (kind, $0) }
    }
  }
}

extension ScoreBand {
  /// The band's name in a plot: `3`, `85–100`, and with an open end `3+`, `≤24`.
  func title(isOpenBelow: Bool = false, isOpenAbove: Bool = false) -> String {
    if isOpenAbove { return "\(lowest)+" }
    if isOpenBelow { return "≤\(highest)" }
    return lowest == highest ? "\(lowest)" : "\(lowest)–\(highest)"
  }
}

/// What one bar of the score panel shows.
struct ScoreBar: Sendable, Equatable {
  var conversations = 0
  var tokens = 0

  mutating func add(_ tally: ScoreTally) {
    conversations += tally.conversations
    tokens += tally.tokens
  }
}

/// All bars of a dataset's score panel.
struct ScoreBars: Sendable, Equatable {
  /// The most bars that have room.
  private static let mostBars = 20
  /// The most scores that are given a wide bar each.
  private static let mostWideBars = 5

  /// The scores that share a bar; the last bar holds the highest score too.
  let scoresPerBar: Int
  /// The bars of the scores, lowest first.
  var scored: [ScoreBar]
  /// The conversations without a score.
  var unscored = ScoreBar()

  init(_ profile: DatasetProfile, scale: ScoreScale) {
    let range = scale.range
    let span = range.upperBound - range.lowerBound
    let scoresPerBar = range.count <= Self.mostBars ? 1 : (span + Self.mostBars - 1) / Self.mostBars
    let count = scoresPerBar == 1 ? range.count : (span + scoresPerBar - 1) / scoresPerBar
    self.scoresPerBar = scoresPerBar
    scored = [ScoreBar](repeating: ScoreBar(), count: count)
    for (score, tally) in profile.scores {
      if case .value(let value) = score {
        let inside = min(max(value, range.lowerBound), range.upperBound) - range.lowerBound
        scored[min(inside / scoresPerBar, count - 1)].add(tally)
      } else {
        unscored.add(tally)
      }
    }
  }

  /// Whether every score is a band of its own with room for a wide, named bar; else bars are narrow and bands named.
  static func hasWideBars(_ scale: ScoreScale) -> Bool {
    scale.hasBandPerScore && scale.bands.count <= mostWideBars
  }

  /// The highest share of conversations of a scored bar in percent; 0 without conversations.
  func highest(of whole: Int) -> Double {
    100 * Double(scored.map(\.conversations).max() ?? 0) / Double(max(whole, 1))
  }
}
