import Support
import TokenStatistics

extension ScorePanel {
  /// Lays narrow bars of one or several scores, the bands above them and the bar of no score.
  func layNarrowBars(_ bars: ScoreBars, scale: ScoreScale, into sketch: inout PlotSketch) throws(FileError) {
    try NarrowScoreBars(panel: self, bars: bars, scale: scale).lay(into: &sketch)
  }
}

/// Bars for scores that are too many to name each.
private struct NarrowScoreBars {
  let panel: ScorePanel
  let bars: ScoreBars
  let scale: ScoreScale
  /// The bars that the filters leave.
  let shown: Range<Int>
  /// The top of the panel in percent.
  let maximum: Int
  /// The columns from one bar to the next.
  let step: Int

  private static let left = 856
  private static let width = 260
  /// The width where there is no bar of no score.
  private static let wholeWidth = 318
  private static let widestStep = 62
  private static let gap = 2
  private static let markReach = 1
  private static let unscoredLeft = 1142
  private static let unscoredWidth = 16
  private static let mostTickSteps = 5
  private static let bandBaseline = 163
  private static let bandStripTop = 168
  private static let bandStripHeight = 4
  private static let bandBorderTop = 156
  private static let narrowestBandWithSign = 44
  private static let ownScaleBaseline = 147

  init(panel: ScorePanel, bars: ScoreBars, scale: ScoreScale) {
    self.panel = panel
    self.bars = bars
    self.scale = scale
    let page = panel.page
    shown = bars.shown(by: page.profile.filters, scale: scale)
    let shared = page.scales.scoreMaximum
    let highest = bars.highest(of: shown, conversations: page.lengths.count, tokens: page.lengths.total)
    // What a filter by score leaves are few and high bars: most would be cut on the scale of others.
    let isOwn = page.profile.filters.excludesUnscored && highest > Double(shared)
    maximum = isOwn ? PlotScales.top(of: [highest]) : shared
    step = panel.showsUnscored ? Self.width / shown.count : min(Self.wholeWidth / shown.count, Self.widestStep)
  }

  private var barWidth: Int { step - Self.gap }

  private func left(of bar: Int) -> Int { Self.left + step * (bar - shown.lowerBound) }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    try panel.layGrid(maximum: maximum, step: PlotScales.step(for: maximum), into: &sketch)
    try layOwnScale(into: &sketch)
    try layBands(into: &sketch)
    let colors = PlotPalette.scores(of: scale)
    var beyond: [ScoreBeyond] = []
    for index in shown {
      let bar = bars.scored[index]
      let band = scale.bandIndex(of: bars.lowestScore(of: index, scale: scale))
      let placed = panel.layBar(
        bar, left: left(of: index), width: barWidth, reach: Self.markReach, color: colors[band], maximum: maximum,
        into: &sketch)
      beyond.append(ScoreBeyond(panel: panel, bar: bar, placed: placed))
    }
    if panel.showsUnscored { beyond.append(try layUnscored(into: &sketch)) }
    panel.layBase(into: &sketch)
    try layTicks(into: &sketch)
    for bar in beyond { try bar.lay(into: &sketch) }
  }

  /// Says that the heights are not those of other plots.
  private func layOwnScale(into sketch: inout PlotSketch) throws(FileError) {
    let shared = panel.page.scales.scoreMaximum
    guard maximum != shared else { return }
    try sketch.text(
      "own scale, not the shared \(shared) %", .boldLabel, .ink, x: ScorePanel.left, baseline: Self.ownScaleBaseline)
  }

  /// Lays the share of every band over a strip of its color, and the borders between bands.
  private func layBands(into sketch: inout PlotSketch) throws(FileError) {
    let colors = PlotPalette.scores(of: scale)
    let starts = (scale.bands.map { ($0.lowest - scale.range.lowerBound) / bars.scoresPerBar } + [bars.scored.count])
      .map { min(max($0, shown.lowerBound), shown.upperBound) }
    // A band that shares all its bars with others has no strip of its own, nor has one that the filters leave out.
    for group in panel.page.groups {
      guard let index = group.band, starts[index] < starts[index + 1] else { continue }
      let left = left(of: starts[index])
      let right = self.left(of: starts[index + 1]) - Self.gap
      if starts[index] > shown.lowerBound {
        sketch.vertical(x: left - 1, from: Self.bandBorderTop, to: panel.bottom, .rule)
      }
      sketch.fill(
        PixelRect(x: left, y: Self.bandStripTop, width: right - left, height: Self.bandStripHeight), colors[index])
      let count = group.lengths.count
      let text =
        right - left < Self.narrowestBandWithSign
        ? NumberFormat.percent(count, of: panel.whole) : NumberFormat.percentSigned(count, of: panel.whole)
      try sketch.text(text, .label, .ink, x: (left + right) / 2, baseline: Self.bandBaseline, .center)
    }
  }

  private func layUnscored(into sketch: inout PlotSketch) throws(FileError) -> ScoreBeyond {
    let placed = panel.layBar(
      bars.unscored, left: Self.unscoredLeft, width: Self.unscoredWidth, reach: Self.markReach, color: .unscored,
      maximum: maximum, into: &sketch)
    let middle = Self.unscoredLeft + Self.unscoredWidth / 2
    if !placed.isCut {
      try sketch.textOnWhite(
        NumberFormat.percentSigned(bars.unscored.conversations, of: panel.whole), .label,
        bars.unscored.conversations > 0 ? .ink : .text, x: middle, baseline: placed.labelBaseline, .center)
    }
    try sketch.text("none", .label, .text, x: middle, baseline: panel.axisLabelBaseline, .center)
    return ScoreBeyond(panel: panel, bar: bars.unscored, placed: placed)
  }

  private func layTicks(into sketch: inout PlotSketch) throws(FileError) {
    let lowest = bars.lowestScore(of: shown.lowerBound, scale: scale)
    let highest =
      shown.upperBound == bars.scored.count
      ? scale.range.upperBound : bars.lowestScore(of: shown.upperBound, scale: scale) - 1
    var tickStep = 1
    var factors = [2, 5, 10]
    var unit = 1
    while (highest - lowest) / tickStep > Self.mostTickSteps {
      tickStep = unit * factors.removeFirst()
      if factors.isEmpty { (factors, unit) = ([2, 5, 10], tickStep) }
    }
    // Bars of one score are named in their middle, others where the next one begins.
    let offset = bars.scoresPerBar == 1 ? barWidth / 2 : -1
    for score in stride(from: lowest, through: highest, by: tickStep) {
      let x = Self.left + offset + step * (score - lowest) / bars.scoresPerBar
      let text = (score < 0 ? "-" : "") + NumberFormat.short(Int(score.magnitude))
      try sketch.text(text, .label, .text, x: x, baseline: panel.axisLabelBaseline, .center)
    }
  }
}
