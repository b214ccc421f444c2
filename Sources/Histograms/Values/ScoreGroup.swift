import TokenStatistics

/// The conversations that a picture shows in one colour and one table row.
struct ScoreGroup: Sendable {
  /// What the row is called: `3`, `85–100`, `none`, or `all` where scores are not told apart.
  let name: String
  /// The group's colour; nil for conversations without a score, which are drawn as an outline.
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
  /// The band's name in a picture: `3`, `85–100`, and with an open end `3+`, `≤24`.
  func title(isOpenBelow: Bool = false, isOpenAbove: Bool = false) -> String {
    if isOpenAbove { return "\(lowest)+" }
    if isOpenBelow { return "≤\(highest)" }
    return lowest == highest ? "\(lowest)" : "\(lowest)–\(highest)"
  }
}
