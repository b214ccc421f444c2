import TokenStatistics

extension ComparisonChart {
  private static let top = 128
  private static let bottom = 458
  private static let headingBaseline = 106
  private static let tickRight = 108
  private static let axisLabelBaseline = 475
  private static let curveWidth = 2.0
  private static let guides = [25, 50, 75, 90, 95, 100]
  /// The guides drawn darker: the median and the 95th percentile, as in the other pictures.
  private static let strongGuides = [50, 95]

  /// Lays the share of conversations up to each length, a curve a model.
  func layCurves(into sketch: inout ChartSketch) throws(ChartError) {
    let unit = sharedDomain == nil ? "tokens per conversation" : "tokens"
    let end = try LengthPanel.layHeading(
      "Conversations up to this length", detail: "% of conversations; \(unit), log scale", x: ChartPage.margin,
      baseline: Self.headingBaseline, into: &sketch)
    if let sharedDomain {
      try LengthPanel.layOwnScale(shared: sharedDomain, x: end, baseline: Self.headingBaseline, into: &sketch)
    }
    try layGrid(into: &sketch)
    for (index, lengths) in lengths.enumerated() where !lengths.isEmpty {
      sketch.curve(curve(of: lengths), ChartPalette.models[index], width: Self.curveWidth)
    }
  }

  private func layGrid(into sketch: inout ChartSketch) throws(ChartError) {
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

  /// The points of one curve: at most one a pixel column, from one end of the axis to the other.
  private func curve(of lengths: LengthDistribution) -> [CurvePoint] {
    let height = Double(Self.bottom - Self.top)
    var counted = 0
    var points: [CurvePoint] = []
    func point(x: Double) -> CurvePoint {
      CurvePoint(x: x, y: Double(Self.bottom) - height * Double(counted) / Double(lengths.count))
    }
    for entry in lengths.entries where entry.length < axis.domain.lower { counted += entry.count }
    points.append(point(x: Double(axis.left)))
    for entry in lengths.entries where axis.domain.contains(entry.length) {
      counted += entry.count
      let next = point(x: axis.exactX(length: entry.length))
      if points.count > 1, Int(next.x) == points.last.map({ Int($0.x) }) { points.removeLast() }
      points.append(next)
    }
    points.append(point(x: Double(axis.right)))
    return points
  }
}
