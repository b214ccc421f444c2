import TokenStatistics

extension LengthPanel {
  /// A bar that is higher than the plot.
  struct CutBar {
    let middle: Int
    let percent: Double
  }

  /// The gap that shows that a bar goes on: its first row and its height.
  static let cutRow = 182
  static let cutHeight = 3
  private static let cutBaseline = 172
  /// The least columns of a bin whose bar leaves a gap to the next.
  private static let narrowestWithGap = 3

  /// Lays a stacked bar for every bin and slot; returns those that were cut.
  func layBars(into sketch: inout PlotSketch) -> [CutBar] {
    let counts = page.groups.map { page.bins.counts(of: $0.lengths) }
    let whole = page.lengths.count
    var cuts: [CutBar] = []
    for bin in 0..<page.bins.count {
      let left = page.axis.x(edge: page.bins.edges[bin])
      let next = page.axis.x(edge: page.bins.edges[bin + 1])
      let right = next - left >= Self.narrowestWithGap ? next - 1 : max(next, left + 1)
      let unit = page.bins.height(1, bin: bin, of: whole)
      layBar(columns: left..<right, counts: counts.map { $0.bins[bin] }, unit: unit, cuts: &cuts, into: &sketch)
    }
    let unit = 100 / Double(whole)
    layBar(columns: Self.lessSlot, counts: counts.map(\.less), unit: unit, cuts: &cuts, into: &sketch)
    layBar(columns: Self.moreSlot, counts: counts.map(\.more), unit: unit, cuts: &cuts, into: &sketch)
    return cuts
  }

  /// Lays one bar whose segments stand for `counts`, `unit` percent each, highest score at the bottom.
  private func layBar(
    columns: Range<Int>, counts: [Int], unit: Double, cuts: inout [CutBar], into sketch: inout PlotSketch
  ) {
    let total = counts.reduce(0, +)
    guard total > 0 else { return }
    let tops = StackedBar.borders(counts) { y(unit * Double($0)) }
    StackedBar(columns: columns, bottom: Self.plotBottom, tops: tops, colors: page.groups.map(\.color))
      .lay(counts: counts, into: &sketch)
    let percent = unit * Double(total)
    if percent > Double(page.scales.lengthMaximum) {
      sketch.fill(
        PixelRect(x: columns.lowerBound, y: Self.cutRow, width: columns.count, height: Self.cutHeight), .white)
      cuts.append(CutBar(middle: (columns.lowerBound + columns.upperBound) / 2, percent: percent))
    }
  }

  /// Writes the heights of cut bars above them, the highest first; one without room stays without.
  func lay(_ cuts: [CutBar], into sketch: inout PlotSketch) throws(PlotError) {
    var taken: [PixelRect] = []
    for cut in cuts.sorted(by: { ($0.percent, $1.middle) > ($1.percent, $0.middle) }) {
      let text = ChartNumber.decimal(Int((cut.percent * 10).rounded()), decimals: 1)
      let width = try sketch.width(of: text, .label)
      let left = min(max(cut.middle - width / 2, Self.lessSlot.lowerBound), Self.rightmostLabelEnd - width)
      let frame = PixelRect(left: left - 2, top: 0, right: left + width + 2, bottom: 1)
      guard !taken.contains(where: { $0.intersects(frame) }) else { continue }
      taken.append(frame)
      try sketch.textOnWhite(text, .label, .ink, x: left, baseline: Self.cutBaseline, .left)
    }
  }

  /// The column that no label of this panel may pass: the score panel follows.
  static let rightmostLabelEnd = 812
}
