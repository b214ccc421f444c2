import TokenStatistics

extension ComparisonPlot {
  private static let top = 128
  private static let bottom = 458
  private static let headingBaseline = 106
  private static let tickRight = 108
  private static let axisLabelBaseline = 475
  private static let curveWidth = 2.0
  /// The pixels between two lengths up to which the curve runs straight from one to the other; over more it steps.
  private static let widestSlope = 3.0
  private static let guides = [25, 50, 75, 90, 95, 100]
  /// The guides drawn darker: the median and the 95th percentile, as in the other pictures.
  private static let strongGuides = [50, 95]

  /// Lays the share of conversations up to each length, a curve a model.
  func layCurves(into sketch: inout PlotSketch) throws(PlotError) {
    let unit = sharedDomain == nil ? "tokens per conversation" : "tokens"
    let end = try LengthPanel.layHeading(
      "Conversations up to this length", detail: "% of conversations; \(unit), log scale", x: PlotPage.margin,
      baseline: Self.headingBaseline, into: &sketch)
    if let sharedDomain {
      try LengthPanel.layOwnScale(shared: sharedDomain, x: end, baseline: Self.headingBaseline, into: &sketch)
    }
    try layGrid(into: &sketch)
    for (index, lengths) in lengths.enumerated() where !lengths.isEmpty {
      sketch.curve(curve(of: lengths), PlotPalette.models[index], width: Self.curveWidth)
    }
  }

  private func layGrid(into sketch: inout PlotSketch) throws(PlotError) {
    for octave in axis.gridOctaves {
      let x = axis.x(octave: octave)
      sketch.vertical(x: x, from: Self.top, to: Self.bottom, .grid)
      try sketch.text(
        ChartNumber.length(1 << octave), .label, .text, x: x, baseline: Self.axisLabelBaseline, .centre)
    }
    for percent in Self.guides {
      let row = Self.row(percent)
      sketch.horizontal(
        y: row, from: axis.left, to: axis.right + 1, Self.strongGuides.contains(percent) ? .rule : .grid)
      let text = percent == 100 ? "100 %" : "\(percent)"
      try sketch.text(text, .label, .text, x: Self.tickRight, baseline: row + LengthPanel.textMiddle, .right)
    }
    sketch.horizontal(y: Self.bottom, from: axis.left, to: axis.right + 1, .text)
    try sketch.text(
      "0", .label, .text, x: Self.tickRight, baseline: Self.bottom + LengthPanel.textMiddle, .right)
  }

  private static func row(_ percent: Int) -> Int {
    Int((Double(bottom) - Double(bottom - top) * Double(percent) / 100).rounded(.toNearestOrEven))
  }

  /// The points of one curve from one end of the axis to the other: at most one a pixel column, and level where no
  /// conversation has a length.
  private func curve(of lengths: LengthDistribution) -> [CurvePoint] {
    let height = Double(Self.bottom - Self.top)
    func row(_ counted: Int) -> Double {
      Double(Self.bottom) - height * Double(counted) / Double(lengths.count)
    }
    var counted = lengths.count - lengths.count(above: axis.domain.lower - 1)
    var last = CurvePoint(x: Double(axis.left), y: row(counted))
    var points = [last]
    for entry in lengths.entries where axis.domain.contains(entry.length) {
      let x = axis.exactX(length: entry.length)
      if points.count > 1, Int(last.x) == Int(x) {
        points.removeLast()
      } else if x - last.x > Self.widestSlope {
        points.append(CurvePoint(x: x, y: last.y))
      }
      counted += entry.count
      last = CurvePoint(x: x, y: row(counted))
      points.append(last)
    }
    points.append(CurvePoint(x: Double(axis.right), y: last.y))
    return points
  }
}
