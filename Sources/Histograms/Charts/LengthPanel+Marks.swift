import TokenStatistics

extension LengthPanel {
  private static let markTop = 149
  private static let markLabelBaseline = 158
  private static let labelDistance = 6
  private static let dash = 4

  /// Lays the lines of the median and the 95th percentile and their labels.
  func layMarks(into sketch: inout PlotSketch) throws(PlotError) {
    guard let median = page.lengths.percentile(50) else { return }
    let p95 = page.lengths.shownPercentile95
    if let p95 { layDashes(x: page.axis.x(length: p95), into: &sketch) }
    layMedian(x: page.axis.x(length: median), into: &sketch)
    try layLabels(median: median, p95: p95, into: &sketch)
  }

  private func layMedian(x: Int, into sketch: inout PlotSketch) {
    let rows = PixelRect(left: x - 2, top: Self.markTop, right: x + 2, bottom: Self.plotBottom)
    sketch.fill(rows, .white)
    sketch.fill(PixelRect(left: x - 1, top: rows.top, right: x + 1, bottom: rows.bottom), .ink)
  }

  private func layDashes(x: Int, into sketch: inout PlotSketch) {
    sketch.vertical(x: x, from: Self.markTop, to: Self.plotBottom, .white)
    for top in stride(from: Self.markTop, to: Self.plotBottom, by: 2 * Self.dash) {
      sketch.vertical(x: x, from: top, to: min(top + Self.dash, Self.plotBottom), .ink)
    }
  }

  /// Writes the median left of its line and the percentile right of its own; both in one place where they do not fit.
  private func layLabels(median: Int, p95: Int?, into sketch: inout PlotSketch) throws(PlotError) {
    let medianText = "median \(ChartNumber.grouped(median))"
    let medianX = page.axis.x(length: median) - Self.labelDistance
    let medianFits = try medianX - sketch.width(of: medianText, .label) >= PlotPage.margin
    guard let p95 else {
      try lay(medianText, leftOf: medianX, orRightOf: medianX + 2 * Self.labelDistance, into: &sketch)
      return
    }
    let p95Text = "p95 \(ChartNumber.grouped(p95))"
    let p95X = page.axis.x(length: p95) + Self.labelDistance
    let p95Fits = try p95X + sketch.width(of: p95Text, .label) <= Self.rightmostLabelEnd
    if medianFits && p95Fits {
      try sketch.text(medianText, .label, .ink, x: medianX, baseline: Self.markLabelBaseline, .right)
      try sketch.text(p95Text, .label, .ink, x: p95X, baseline: Self.markLabelBaseline)
    } else {
      try lay("\(medianText) · \(p95Text)", leftOf: medianX, orRightOf: p95X, into: &sketch)
    }
  }

  /// Places one label left of the first line, else right of the second, else between them.
  private func lay(
    _ text: String, leftOf left: Int, orRightOf right: Int, into sketch: inout PlotSketch
  ) throws(PlotError) {
    let width = try sketch.width(of: text, .label)
    if left - width >= PlotPage.margin {
      try sketch.text(text, .label, .ink, x: left, baseline: Self.markLabelBaseline, .right)
    } else {
      let isRightFree = right + width <= Self.rightmostLabelEnd
      let x = isRightFree ? right : left + 2 * Self.labelDistance
      try sketch.text(text, .label, .ink, x: x, baseline: Self.markLabelBaseline)
    }
  }
}
