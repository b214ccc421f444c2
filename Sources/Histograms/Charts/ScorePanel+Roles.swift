import TokenStatistics

extension ScorePanel {
  private static let roleBarLeft = 860
  private static let roleBarStep = 62
  private static let roleBarWidth = 46
  private static let roleMarkReach = 4
  private static let unscoredOffset = 10
  private static let roleMaximum = 100

  /// Lays one bar for each score of a role and one for no score.
  func layRoleBars(into sketch: inout ChartSketch) throws(ChartError) {
    try layGrid(maximum: Self.roleMaximum, step: 25, into: &sketch)
    let names = page.groups.map(\.name)
    let colors = page.groups.map(\.color)
    let scored = names.count - 1
    for index in 0..<scored {
      // Groups run from the highest score down, bars from the lowest up.
      let group = scored - 1 - index
      try layRoleBar(
        bars.scored[index], name: names[group], color: colors[group],
        left: Self.roleBarLeft + Self.roleBarStep * index, into: &sketch)
    }
    try layRoleBar(
      bars.unscored, name: names[scored], color: colors[scored],
      left: Self.roleBarLeft + Self.roleBarStep * scored + Self.unscoredOffset, into: &sketch)
    layBase(into: &sketch)
  }

  private func layRoleBar(
    _ bar: ScoreBar, name: String, color: ChartColor?, left: Int, into sketch: inout ChartSketch
  ) throws(ChartError) {
    let placed = layBar(
      bar, left: left, width: Self.roleBarWidth, reach: Self.roleMarkReach, color: color, maximum: Self.roleMaximum,
      into: &sketch)
    let middle = left + Self.roleBarWidth / 2
    try sketch.textOnWhite(
      ChartNumber.percentSigned(bar.conversations, of: whole), .label, bar.conversations > 0 ? .ink : .text, x: middle,
      baseline: placed.labelBaseline, .centre)
    try sketch.text(name, .label, .text, x: middle, baseline: Self.axisLabelBaseline, .centre)
  }
}
