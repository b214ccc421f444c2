import Support
import TokenStatistics

/// A bar of segments on whole pixels, the first one at the bottom.
struct StackedBar {
  let columns: Range<Int>
  /// The row below the bar.
  let bottom: Int
  /// The top row of every segment.
  let tops: [Int]
  /// The segments' colors; nil for an outline around white.
  let colors: [PlotColor?]
  /// Whether a white seam sets higher segments apart.
  var hasSeams = true

  /// The least height of a segment that gives a row to a white seam under it.
  private static let lowestWithSeam = 4
  /// The least height and width of an outlined segment; smaller ones are filled.
  private static let lowestOutline = 5
  private static let narrowestOutline = 3

  /// The rows where the segments of `counts` end: `row` maps a sum of counts to a row, so rounding never adds up.
  static func borders(_ counts: [Int], row: (Int) -> Int) -> [Int] {
    var sum = 0
    return counts.map { count in
      sum += count
      return row(sum)
    }
  }

  /// Lays the bar; one that would have no height is a pixel high, in the color of its largest count.
  func lay(counts: [Int], into sketch: inout PlotSketch) {
    var floor = bottom
    for (index, top) in tops.enumerated() where top < floor {
      var segment = PixelRect(left: columns.lowerBound, top: top, right: columns.upperBound, bottom: floor)
      if hasSeams, floor < bottom, segment.height >= Self.lowestWithSeam {
        segment.bottom -= 1
        sketch.horizontal(y: segment.bottom, from: segment.left, to: segment.right, .white)
      }
      Self.lay(segment, color: colors[index], into: &sketch)
      floor = top
    }
    guard floor == bottom, let largest = counts.max(), let index = counts.firstIndex(of: largest) else { return }
    sketch.horizontal(
      y: bottom - 1, from: columns.lowerBound, to: columns.upperBound, colors[index] ?? .rule)
  }

  /// Lays one segment; without a color as an outline, or filled gray where an outline would leave no white.
  static func lay(_ segment: PixelRect, color: PlotColor?, into sketch: inout PlotSketch) {
    if let color {
      sketch.fill(segment, color)
    } else if segment.height < lowestOutline || segment.width < narrowestOutline {
      sketch.fill(segment, .rule)
    } else {
      sketch.outline(segment)
    }
  }
}

/// A horizontal bar of the shares of score groups, highest score first.
struct ShareBar {
  let groups: [ScoreGroup]
  let frame: PixelRect
  /// Whether segments are separated and labeled, and no score is outlined; else it is filled gray.
  let isLarge: Bool

  /// The least columns beside a percentage inside its segment.
  private static let labelMargin = 3

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    let whole = groups.reduce(0) { $0 + $1.lengths.count }
    guard whole > 0 else { return }
    let ends = StackedBar.borders(groups.map(\.lengths.count)) { sum in
      frame.left + Int((Double(frame.width) * Double(sum) / Double(whole)).rounded())
    }
    var left = frame.left
    for (group, end) in zip(groups, ends) where end > left {
      let seam = isLarge && end < frame.right && end - left > 1 ? 1 : 0
      let segment = PixelRect(left: left, top: frame.top, right: end - seam, bottom: frame.bottom)
      StackedBar.lay(segment, color: isLarge ? group.color : group.color ?? .rule, into: &sketch)
      if isLarge { try layPercent(of: group, whole: whole, segment: segment, into: &sketch) }
      left = end
    }
  }

  private func layPercent(
    of group: ScoreGroup, whole: Int, segment: PixelRect, into sketch: inout PlotSketch
  ) throws(FileError) {
    let text = NumberFormat.percent(group.lengths.count, of: whole)
    guard try sketch.width(of: text, .label) + 2 * Self.labelMargin <= segment.width else { return }
    let isDark = group.color?.isDark ?? false
    try sketch.text(
      text, .label, isDark ? .white : .ink, x: (segment.left + segment.right) / 2,
      baseline: (segment.top + segment.bottom) / 2 + LengthPanel.textMiddle, .center)
  }
}

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
