import TokenStatistics

/// The conversations that a picture shows in one colour and one table row.
struct ScoreGroup: Sendable {
  /// What the row is called: `3`, `85–100`, `none`.
  let name: String
  /// The group's colour; nil for conversations without a score, which are drawn as an outline.
  let color: ChartColor?
  /// The lengths of its conversations.
  let lengths: LengthDistribution

  /// The groups of `profile`, highest score first, no score last; a group without conversations stays.
  ///
  /// Scores outside the type's range join the group at that end, whose name then says so: `3+`, `≤0`.
  static func groups(of profile: DatasetProfile) -> [ScoreGroup] {
    let bands = profile.type.scoreBands
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
      isBelow = isBelow || value < profile.type.scoreRange.lowerBound
      isAbove = isAbove || value > profile.type.scoreRange.upperBound
      lengths[profile.type.bandIndex(of: value)].merge(tally.lengths)
    }
    let colors = ChartPalette.scores(of: profile.type)
    var groups = bands.indices.map { index in
      let name = bands[index].title(
        isOpenBelow: isBelow && index == 0, isOpenAbove: isAbove && index == bands.count - 1)
      return ScoreGroup(name: name, color: colors[index], lengths: lengths[index])
    }
    groups.reverse()
    return groups + [ScoreGroup(name: "none", color: nil, lengths: unscored)]
  }
}

extension PersonaType {
  /// The index of the band that shows `value`: the nearest one where no band holds it.
  func bandIndex(of value: Int) -> Int {
    scoreBands.lastIndex { $0.lowest <= value } ?? 0
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
