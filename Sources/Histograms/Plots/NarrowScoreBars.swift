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
  let maximum: Int
  /// The columns from one bar to the next.
  let step: Int

  private static let left = 856
  private static let width = 260
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
  private static let cutLabelBaseline = 196

  init(panel: ScorePanel, bars: ScoreBars, scale: ScoreScale) {
    self.panel = panel
    self.bars = bars
    self.scale = scale
    maximum = panel.page.scales.scoreMaximum
    step = Self.width / bars.scored.count
  }

  private var barWidth: Int { step - Self.gap }

  private func left(of bar: Int) -> Int { Self.left + step * bar }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    try panel.layGrid(maximum: maximum, step: PlotScales.step(for: maximum), into: &sketch)
    try layBands(into: &sketch)
    let colors = PlotPalette.scores(of: scale)
    var cuts: [Int] = []
    var tops: [Int] = []
    for (index, bar) in bars.scored.enumerated() {
      let band = scale.bandIndex(of: scale.range.lowerBound + index * bars.scoresPerBar)
      let placed = panel.layBar(
        bar, left: left(of: index), width: barWidth, reach: Self.markReach, color: colors[band], maximum: maximum,
        into: &sketch)
      tops.append(min(placed.top, placed.mark ?? placed.top))
      if placed.isCut { cuts.append(index) }
    }
    if panel.showsUnscored { try layUnscored(into: &sketch) }
    panel.layBase(into: &sketch)
    try layTicks(into: &sketch)
    try layCutLabels(cuts, tops: tops, into: &sketch)
  }

  /// Lays the share of every band over a strip of its color, and the borders between bands.
  private func layBands(into sketch: inout PlotSketch) throws(FileError) {
    let colors = PlotPalette.scores(of: scale)
    let starts = scale.bands.map { ($0.lowest - scale.range.lowerBound) / bars.scoresPerBar } + [bars.scored.count]
    // A band that shares all its bars with others has no strip of its own, nor has one that the filters leave out.
    for group in panel.page.groups {
      guard let index = group.band, starts[index] < starts[index + 1] else { continue }
      let left = left(of: starts[index])
      let right = self.left(of: starts[index + 1]) - Self.gap
      if index > 0 { sketch.vertical(x: left - 1, from: Self.bandBorderTop, to: panel.bottom, .rule) }
      sketch.fill(
        PixelRect(x: left, y: Self.bandStripTop, width: right - left, height: Self.bandStripHeight), colors[index])
      let count = group.lengths.count
      let text =
        right - left < Self.narrowestBandWithSign
        ? NumberFormat.percent(count, of: panel.whole) : NumberFormat.percentSigned(count, of: panel.whole)
      try sketch.text(text, .label, .ink, x: (left + right) / 2, baseline: Self.bandBaseline, .center)
    }
  }

  private func layUnscored(into sketch: inout PlotSketch) throws(FileError) {
    let placed = panel.layBar(
      bars.unscored, left: Self.unscoredLeft, width: Self.unscoredWidth, reach: Self.markReach, color: .unscored,
      maximum: maximum, into: &sketch)
    let middle = Self.unscoredLeft + Self.unscoredWidth / 2
    try sketch.textOnWhite(
      NumberFormat.percentSigned(bars.unscored.conversations, of: panel.whole), .label,
      bars.unscored.conversations > 0 ? .ink : .text, x: middle,
      baseline: placed.isCut ? Self.bandBaseline : placed.labelBaseline, .center)
    try sketch.text("none", .label, .text, x: middle, baseline: panel.axisLabelBaseline, .center)
  }

  private func layTicks(into sketch: inout PlotSketch) throws(FileError) {
    let (lowest, highest) = (scale.range.lowerBound, scale.range.upperBound)
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

  /// Writes the shares of cut bars beside them, where the bars next to them leave room.
  private func layCutLabels(_ cuts: [Int], tops: [Int], into sketch: inout PlotSketch) throws(FileError) {
    for index in cuts {
      let text = NumberFormat.percent(bars.scored[index].conversations, of: panel.whole)
      let width = try sketch.width(of: text, .label) + 4
      let neighbors = (width + step - 1) / step
      let left = left(of: index)
      if isFree(index + 1...index + neighbors, tops: tops) {
        try sketch.textOnWhite(text, .label, .ink, x: left + barWidth + 3, baseline: Self.cutLabelBaseline, .left)
      } else if isFree(index - neighbors...index - 1, tops: tops) {
        try sketch.textOnWhite(text, .label, .ink, x: left - 3, baseline: Self.cutLabelBaseline, .right)
      }
    }
  }

  /// Whether the bars of `range` exist and end below a label of a cut bar.
  private func isFree(_ range: ClosedRange<Int>, tops: [Int]) -> Bool {
    range.allSatisfy { tops.indices.contains($0) && tops[$0] > Self.cutLabelBaseline + 6 }
  }
}
