import TokenStatistics

extension ScorePanel {
  private static let traitBarLeft = 856
  private static let traitBarStep = 13
  private static let traitBarWidth = 11
  private static let traitMarkReach = 1
  private static let unscoredLeft = 1142
  private static let unscoredWidth = 16
  private static let scoresPerTick = 20
  private static let bandBaseline = 163
  private static let bandStripTop = 168
  private static let bandStripHeight = 4
  private static let bandBorderTop = 156
  private static let narrowestBandWithSign = 44
  private static let cutLabelBaseline = 196

  /// Lays the twenty bars of a trait, its bands and the bar of no score.
  func layTraitBars(into sketch: inout ChartSketch) throws(ChartError) {
    let maximum = page.scales.traitMaximum
    try layGrid(maximum: maximum, step: ChartScales.step(for: maximum), into: &sketch)
    try layBands(into: &sketch)
    let colors = ChartPalette.scores(of: .trait)
    var cuts: [Int] = []
    var tops: [Int] = []
    for (index, bar) in bars.scored.enumerated() {
      let band = PersonaType.trait.bandIndex(of: index * ScoreBars.traitScoresPerBar)
      let placed = layBar(
        bar, left: Self.traitBarLeft + Self.traitBarStep * index, width: Self.traitBarWidth,
        reach: Self.traitMarkReach, color: colors[band], maximum: maximum, into: &sketch)
      tops.append(min(placed.top, placed.mark ?? placed.top))
      if placed.isCut { cuts.append(index) }
    }
    try layUnscored(maximum: maximum, into: &sketch)
    layBase(into: &sketch)
    try layTicks(into: &sketch)
    try layCutLabels(cuts, tops: tops, into: &sketch)
  }

  /// Lays the share of every band over a strip of its colour, and the borders between bands.
  private func layBands(into sketch: inout ChartSketch) throws(ChartError) {
    let bands = PersonaType.trait.scoreBands
    let colors = ChartPalette.scores(of: .trait)
    for (index, band) in bands.enumerated() {
      let first = band.lowest / ScoreBars.traitScoresPerBar
      let next =
        index + 1 < bands.count
        ? bands[index + 1].lowest / ScoreBars.traitScoresPerBar : ScoreBars.traitBarCount
      let left = Self.traitBarLeft + Self.traitBarStep * first
      let right = Self.traitBarLeft + Self.traitBarStep * next - 2
      if index > 0 { sketch.vertical(x: left - 1, from: Self.bandBorderTop, to: Self.bottom, .rule) }
      sketch.fill(
        PixelRect(x: left, y: Self.bandStripTop, width: right - left, height: Self.bandStripHeight), colors[index])
      let count = page.groups[bands.count - 1 - index].lengths.count
      let text =
        right - left < Self.narrowestBandWithSign
        ? ChartNumber.percent(count, of: whole) : ChartNumber.percentSigned(count, of: whole)
      try sketch.text(text, .label, .ink, x: (left + right) / 2, baseline: Self.bandBaseline, .centre)
    }
  }

  private func layUnscored(maximum: Int, into sketch: inout ChartSketch) throws(ChartError) {
    let placed = layBar(
      bars.unscored, left: Self.unscoredLeft, width: Self.unscoredWidth, reach: Self.traitMarkReach, color: nil,
      maximum: maximum, into: &sketch)
    let middle = Self.unscoredLeft + Self.unscoredWidth / 2
    try sketch.textOnWhite(
      ChartNumber.percentSigned(bars.unscored.conversations, of: whole), .label,
      bars.unscored.conversations > 0 ? .ink : .text, x: middle,
      baseline: placed.isCut ? Self.bandBaseline : placed.labelBaseline, .centre)
    try sketch.text("none", .label, .text, x: middle, baseline: Self.axisLabelBaseline, .centre)
  }

  private func layTicks(into sketch: inout ChartSketch) throws(ChartError) {
    let last = ScoreBars.traitBarCount * ScoreBars.traitScoresPerBar
    for score in stride(from: 0, through: last, by: Self.scoresPerTick) {
      let x = Self.traitBarLeft - 1 + Self.traitBarStep * score / ScoreBars.traitScoresPerBar
      try sketch.text("\(score)", .label, .text, x: x, baseline: Self.axisLabelBaseline, .centre)
    }
  }

  /// Writes the shares of cut bars beside them, where the bars next to them leave room.
  private func layCutLabels(_ cuts: [Int], tops: [Int], into sketch: inout ChartSketch) throws(ChartError) {
    for index in cuts {
      let text = ChartNumber.percent(bars.scored[index].conversations, of: whole)
      let width = try sketch.width(of: text, .label) + 4
      let neighbours = (width + Self.traitBarStep - 1) / Self.traitBarStep
      let left = Self.traitBarLeft + Self.traitBarStep * index
      if isFree(index + 1...index + neighbours, tops: tops) {
        try sketch.textOnWhite(
          text, .label, .ink, x: left + Self.traitBarWidth + 3, baseline: Self.cutLabelBaseline, .left)
      } else if isFree(index - neighbours...index - 1, tops: tops) {
        try sketch.textOnWhite(text, .label, .ink, x: left - 3, baseline: Self.cutLabelBaseline, .right)
      }
    }
  }

  /// Whether the bars of `range` exist and end below a label of a cut bar.
  private func isFree(_ range: ClosedRange<Int>, tops: [Int]) -> Bool {
    range.allSatisfy { tops.indices.contains($0) && tops[$0] > Self.cutLabelBaseline + 6 }
  }
}
