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
    let bands = scale.bands.map { $0.title() }.reversed() + ["none"]
    let colors: [PlotColor?] = PlotPalette.scores(of: scale).reversed() + [nil]
    var x = ScorePanel.left
    for (name, color) in zip(bands, colors) {
      StackedBar.lay(
        PixelRect(x: x, y: top, width: Self.legendSwatch, height: Self.legendSwatch), color: color, into: &sketch)
      x += Self.legendSwatch + 4
      x = try sketch.text(name, .label, .text, x: x, baseline: top + 10).right + 8
    }
  }
}

extension ComparisonPlot {
  private static let top = 124
  private static let bottom = 458
  private static let groupGap = 10
  private static let highestRow = 24
  private static let lowestRow = 12
  private static let nameWidth = 72
  private static let barLeft = 900
  private static let barRight = 1_132
  private static let swatchGap = 5
  private static let legendTop = 476
  private static let legendStep = 16
  private static let legendGap = 14

  /// The parts that have room: the first ones, each with a bar a row.
  private var shownDensities: ArraySlice<DatasetComparison.Density> {
    let height = Self.lowestRow * max(profiles.count, 1) + Self.groupGap
    return comparison.densities.prefix((Self.bottom - Self.top + Self.groupGap) / height)
  }

  /// Lays a bar of bytes per token for every part and row, from zero, and the key of the colors.
  func layDensities(into sketch: inout PlotSketch) throws(FileError) {
    _ = try LengthPanel.layHeading(
      "Bytes per token", detail: "longer bars: fewer tokens", x: ScorePanel.left,
      baseline: Self.headingBaseline,
      into: &sketch)
    let parts = shownDensities
    guard !parts.isEmpty else { return }
    let start = (page - 1) * Self.mostRows
    let greatest = comparison.densities.flatMap(\.bytesPerToken).compactMap { $0 }.max() ?? 0
    let unit = greatest > 0 ? Double(Self.barRight - Self.barLeft) / greatest : 0
    let room = (Self.bottom - Self.top + Self.groupGap) / parts.count - Self.groupGap
    let step = min(max(room / max(profiles.count, 1), Self.lowestRow), Self.highestRow)
    var top = Self.top
    for part in parts {
      let name = try sketch.fonts.fitted(part.name, style: .table, smallest: 10, maximum: Self.nameWidth)
      try sketch.text(
        name, .ink, x: ScorePanel.left,
        baseline: top + step * profiles.count / 2 + LengthPanel.textMiddle)
      for index in profiles.indices {
        let value = part.bytesPerToken[start + index]
        let width = Int(((value ?? 0) * unit).rounded())
        let bar = PixelRect(x: Self.barLeft, y: top + 1, width: width, height: step - 2)
        sketch.fill(bar, PlotPalette.models[index])
        try sketch.text(
          NumberFormat.hundredths(value), .label, .ink, x: bar.right + 6,
          baseline: (bar.top + bar.bottom) / 2 + LengthPanel.textMiddle)
        top += step
      }
      sketch.vertical(x: Self.barLeft - 1, from: top - step * profiles.count, to: top, .text)
      top += Self.groupGap
    }
    try layKey(into: &sketch)
  }

  /// Lays the rows' colors and names, as many a line as fit.
  private func layKey(into sketch: inout PlotSketch) throws(FileError) {
    var x = ScorePanel.left
    var top = Self.legendTop
    for (index, name) in names.enumerated() {
      let maximum = PlotPage.right - ScorePanel.left - Self.swatch - Self.swatchGap
      let text = try sketch.fonts.fitted(name, style: .label, smallest: 10, maximum: min(maximum, 160))
      if x > ScorePanel.left, x + Self.swatch + Self.swatchGap + text.width > PlotPage.right {
        x = ScorePanel.left
        top += Self.legendStep
      }
      sketch.fill(PixelRect(x: x, y: top, width: Self.swatch, height: Self.swatch), PlotPalette.models[index])
      x = try sketch.text(text, .text, x: x + Self.swatch + Self.swatchGap, baseline: top + Self.swatch - 1).right
      x += Self.legendGap
    }
  }
}
