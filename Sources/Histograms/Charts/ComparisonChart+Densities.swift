import TokenStatistics

extension ComparisonPlot {
  private static let headingBaseline = 106
  private static let top = 124
  private static let bottom = 458
  private static let groupGap = 10
  private static let highestRow = 24
  private static let lowestRow = 12
  private static let nameWidth = 72
  private static let barLeft = 900
  private static let barRight = 1_132
  private static let swatch = 10
  private static let swatchGap = 5
  private static let legendTop = 476
  private static let legendStep = 16
  private static let legendGap = 14

  /// The parts that have room: the first ones, each with a bar a row.
  private var shownDensities: ArraySlice<DatasetComparison.Density> {
    let height = Self.lowestRow * max(profiles.count, 1) + Self.groupGap
    return comparison.densities.prefix((Self.bottom - Self.top + Self.groupGap) / height)
  }

  /// Lays a bar of bytes per token for every part and row, from zero, and the key of the colours.
  func layDensities(into sketch: inout PlotSketch) throws(PlotError) {
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
          ChartNumber.hundredths(value), .label, .ink, x: bar.right + 6,
          baseline: (bar.top + bar.bottom) / 2 + LengthPanel.textMiddle)
        top += step
      }
      sketch.vertical(x: Self.barLeft - 1, from: top - step * profiles.count, to: top, .text)
      top += Self.groupGap
    }
    try layKey(into: &sketch)
  }

  /// Lays the rows' colours and names, as many a line as fit.
  private func layKey(into sketch: inout PlotSketch) throws(PlotError) {
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
