import TokenStatistics

extension ScorePanel {
  private static let wideBarLeft = 860
  private static let wideBarsWidth = 248
  private static let widestBarStep = 62
  private static let wideMarkReach = 4
  private static let unscoredOffset = 10
  private static let wideMaximum = 100

  /// Lays one named bar for each score and one for no score.
  func layWideBars(_ bars: ScoreBars, into sketch: inout PlotSketch) throws(PlotError) {
    try layGrid(maximum: Self.wideMaximum, step: 25, into: &sketch)
    let names = page.groups.map(\.name)
    let colors = page.groups.map(\.color)
    let scored = names.count - 1
    let step = min(Self.widestBarStep, Self.wideBarsWidth / scored)
    let width = step * 3 / 4
    for index in 0..<scored {
      // Groups run from the highest score down, bars from the lowest up.
      let group = scored - 1 - index
      try layWideBar(
        bars.scored[index], name: names[group], color: colors[group],
        left: Self.wideBarLeft + step * index, width: width, into: &sketch)
    }
    try layWideBar(
      bars.unscored, name: names[scored], color: colors[scored],
      left: Self.wideBarLeft + step * scored + Self.unscoredOffset, width: width,
      into: &sketch)
    layBase(into: &sketch)
  }

  private func layWideBar(
    _ bar: ScoreBar, name: String, color: PlotColor?, left: Int, width: Int, into sketch: inout PlotSketch
  ) throws(PlotError) {
    let placed = layBar(
      bar, left: left, width: width, reach: Self.wideMarkReach, color: color, maximum: Self.wideMaximum,
      into: &sketch)
    let middle = left + width / 2
    try sketch.textOnWhite(
      ChartNumber.percentSigned(bar.conversations, of: whole), .label, bar.conversations > 0 ? .ink : .text, x: middle,
      baseline: placed.labelBaseline, .centre)
    try sketch.text(name, .label, .text, x: middle, baseline: Self.axisLabelBaseline, .centre)
  }
}
