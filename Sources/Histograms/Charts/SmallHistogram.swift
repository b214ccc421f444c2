import TokenStatistics

/// A histogram without labels: stacked bars side by side, a base line and the median.
struct SmallHistogram {
  let groups: [ScoreGroup]
  let bins: LengthBins
  /// The percentage at the top.
  let maximum: Int
  let axis: LengthAxis
  let height: Int

  /// From the ends of the axis to the middle of what is shown outside it.
  static let slotDistance = (less: 2, more: 2)
  private static let slotWidth = 2
  private static let medianAbove = 67
  private static let medianBelow = 3

  /// Lays the histogram on the row `base`.
  func lay(base: Int, median: Int?, into sketch: inout PlotSketch) {
    let counts = groups.map { bins.counts(of: $0.lengths) }
    let whole = groups.reduce(0) { $0 + $1.lengths.count }
    sketch.horizontal(y: base, from: axis.left, to: axis.right, .rule)
    guard whole > 0 else { return }
    for bin in 0..<bins.count {
      let left = axis.x(edge: bins.edges[bin])
      let right = max(axis.x(edge: bins.edges[bin + 1]), left + 1)
      layBar(
        left..<right, counts.map { $0.bins[bin] }, unit: bins.height(1, bin: bin, of: whole), base: base, into: &sketch)
    }
    let unit = 100 / Double(whole)
    let less = axis.left - Self.slotDistance.less - 1
    let more = axis.right + Self.slotDistance.more - 1
    layBar(less..<less + Self.slotWidth, counts.map(\.less), unit: unit, base: base, into: &sketch)
    layBar(more..<more + Self.slotWidth, counts.map(\.more), unit: unit, base: base, into: &sketch)
    guard let median else { return }
    let x = axis.x(length: median)
    let rows = PixelRect(
      left: x - 1, top: base - Self.medianAbove, right: x + 2, bottom: base + Self.medianBelow)
    sketch.fill(rows, .white)
    sketch.vertical(x: x, from: rows.top, to: rows.bottom, .ink)
  }

  private func layBar(
    _ columns: Range<Int>, _ counts: [Int], unit: Double, base: Int, into sketch: inout PlotSketch
  ) {
    guard counts.contains(where: { $0 > 0 }) else { return }
    let tops = StackedBar.borders(counts) { sum in
      base - Int((Double(height) * min(unit * Double(sum) / Double(maximum), 1)).rounded())
    }
    StackedBar(columns: columns, bottom: base, tops: tops, colors: groups.map { $0.color ?? .rule }, hasSeams: false)
      .lay(counts: counts, into: &sketch)
  }
}
