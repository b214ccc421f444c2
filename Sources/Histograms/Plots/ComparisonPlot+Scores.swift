import Support
import TokenStatistics

extension ComparisonPlot {
  private static let headingBaseline = 106
  private static let firstTop = 130
  private static let widestStep = 88
  private static let room = 340
  private static let swatch = 10
  private static let nameX = 840
  private static let barOffset = 16
  private static let barHeight = 30
  private static let legendSwatch = 12

  /// Lays a bar of score shares for every row and the key of the colors.
  func layScores(into sketch: inout PlotSketch) throws(FileError) {
    _ = try LengthPanel.layHeading(
      "Scores", detail: "% of conversations", x: ScorePanel.left, baseline: Self.headingBaseline, into: &sketch)
    let step = min(Self.widestStep, Self.room / max(profiles.count, 1))
    for (index, name) in names.enumerated() {
      let top = Self.firstTop + step * index
      sketch.fill(
        PixelRect(x: ScorePanel.left, y: top, width: Self.swatch, height: Self.swatch), PlotPalette.models[index])
      let name = try sketch.fonts.fitted(
        name, style: .table, smallest: 10, maximum: PlotPage.right - Self.nameX)
      try sketch.text(name, .ink, x: Self.nameX, baseline: top + Self.swatch - 1)
      let bar = PixelRect(
        left: ScorePanel.left, top: top + Self.barOffset, right: PlotPage.right,
        bottom: top + Self.barOffset + Self.barHeight)
      if lengths[index].isEmpty {
        try sketch.text("no conversations", .label, .text, x: bar.left, baseline: bar.top + 19)
      } else if profiles[index].scoreScale == nil {
        try sketch.text("no scale for scores", .label, .text, x: bar.left, baseline: bar.top + 19)
      } else {
        try ShareBar(groups: groups[index], frame: bar, isLarge: true).lay(into: &sketch)
      }
    }
    try layLegend(top: Self.firstTop + step * profiles.count - 4, into: &sketch)
  }

  private func layLegend(top: Int, into sketch: inout PlotSketch) throws(FileError) {
    guard let scale = comparison.scoreScale else { return }
    // Bands that the filters leave out of all rows are in no bar.
    let shown = scale.bands.indices.reversed().filter { band in
      groups.contains { $0.contains { $0.band == band } }
    }
    let colors = PlotPalette.scores(of: scale)
    var entries = shown.map { (name: scale.bands[$0].title(), color: colors[$0]) }
    if groups.contains(where: { $0.contains(where: \.isUnscored) }) { entries.append(("none", .unscored)) }
    var x = ScorePanel.left
    for (name, color) in entries {
      sketch.fill(PixelRect(x: x, y: top, width: Self.legendSwatch, height: Self.legendSwatch), color)
      x += Self.legendSwatch + 4
      x = try sketch.text(name, .label, .text, x: x, baseline: top + 10).right + 8
    }
  }
}
