import Support
import TokenStatistics

/// A bar of segments on whole pixels, the first one at the bottom.
struct StackedBar {
  let columns: Range<Int>
  /// The row below the bar.
  let bottom: Int
  /// The top row of every segment.
  let tops: [Int]
  let colors: [PlotColor]
  /// Whether a white seam sets higher segments apart.
  var hasSeams = true

  /// The least height of a segment that gives a row to a white seam under it.
  private static let lowestWithSeam = 4

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
      sketch.fill(segment, colors[index])
      floor = top
    }
    guard floor == bottom, let largest = counts.max(), let index = counts.firstIndex(of: largest) else { return }
    sketch.horizontal(y: bottom - 1, from: columns.lowerBound, to: columns.upperBound, colors[index])
  }
}

/// A horizontal bar of the shares of score groups, highest score first.
struct ShareBar {
  let groups: [LengthGroup]
  let frame: PixelRect
  /// Whether segments are separated and labeled.
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
      sketch.fill(segment, group.color)
      if isLarge { try layPercent(of: group, whole: whole, segment: segment, into: &sketch) }
      left = end
    }
  }

  private func layPercent(
    of group: LengthGroup, whole: Int, segment: PixelRect, into sketch: inout PlotSketch
  ) throws(FileError) {
    let text = NumberFormat.percent(group.lengths.count, of: whole)
    guard try sketch.width(of: text, .label) + 2 * Self.labelMargin <= segment.width else { return }
    try sketch.text(
      text, .label, group.color.textColor, x: (segment.left + segment.right) / 2,
      baseline: (segment.top + segment.bottom) / 2 + LengthPanel.textMiddle, .center)
  }
}

/// A histogram without labels: stacked bars side by side, a base line and ticks at the median.
struct SmallHistogram {
  let groups: [LengthGroup]
  let bins: LengthBins
  /// The percentage at the top.
  let maximum: Int
  let axis: LengthAxis
  let height: Int
  /// The columns of the bars of what is shorter and what is longer than the axis, beside its ends.
  var slots = (less: (-3)..<(-1), more: 1..<3)

  /// The slots of an axis of which only its ends are known.
  static let slotDistance = (less: 2, more: 2)
  /// The rows of a median's tick.
  static let tickHeight = 5
  /// The rows between the highest bars and the tick above them.
  private static let tickGap = 1
  private static let medianHalf = 1
  /// The gap that shows that a bar continues: its distance from the top and its height.
  private static let cut = (distance: 2, height: 2)
  /// The least columns of a bin whose bar leaves a gap to the next.
  private static let narrowestWithGap = 6

  /// Lays the histogram on the row `base`; returns the bars that were cut.
  @discardableResult
  func lay(base: Int, into sketch: inout PlotSketch) -> CutBars {
    var cuts = CutBars()
    let counts = groups.map { bins.counts(of: $0.lengths) }
    let whole = groups.reduce(0) { $0 + $1.lengths.count }
    sketch.horizontal(y: base, from: axis.left, to: axis.right, .rule)
    guard whole > 0 else { return cuts }
    for bin in 0..<bins.count {
      let left = axis.x(edge: bins.edges[bin])
      let next = axis.x(edge: bins.edges[bin + 1])
      let right = next - left >= Self.narrowestWithGap ? next - 1 : max(next, left + 1)
      layBar(
        left..<right, counts.map { $0.bins[bin] }, unit: bins.height(1, bin: bin, of: whole), base: base, cuts: &cuts,
        into: &sketch)
    }
    let unit = 100 / Double(whole)
    let less = axis.left + slots.less.lowerBound..<axis.left + slots.less.upperBound
    let more = axis.right + slots.more.lowerBound..<axis.right + slots.more.upperBound
    layBar(less, counts.map(\.less), unit: unit, base: base, cuts: &cuts, into: &sketch)
    layBar(more, counts.map(\.more), unit: unit, base: base, cuts: &cuts, into: &sketch)
    return cuts
  }

  /// Lays ticks at `median` above the bars and below the base line: over the bars a line would hide what it marks.
  func layMedian(_ median: Int, base: Int, below: Bool, into sketch: inout PlotSketch) {
    let x = axis.x(length: median)
    let bottom = base - height - Self.tickGap
    func tick(_ top: Int) {
      sketch.fill(
        PixelRect(left: x - Self.medianHalf, top: top, right: x + Self.medianHalf, bottom: top + Self.tickHeight), .ink)
    }
    tick(bottom - Self.tickHeight)
    if below { tick(base + 1) }
  }

  private func layBar(
    _ columns: Range<Int>, _ counts: [Int], unit: Double, base: Int, cuts: inout CutBars,
    into sketch: inout PlotSketch
  ) {
    let total = counts.reduce(0, +)
    guard total > 0 else { return }
    let tops = StackedBar.borders(counts) { sum in
      base - Int((Double(height) * min(unit * Double(sum) / Double(maximum), 1)).rounded())
    }
    let bar = StackedBar(
      columns: columns, bottom: base, tops: tops, colors: groups.map(\.color), hasSeams: false)
    bar.lay(counts: counts, into: &sketch)
    let percent = unit * Double(total)
    if percent > Double(maximum) {
      let gap = base - height + Self.cut.distance
      cuts.cut(bar, gap: gap..<gap + Self.cut.height, percent: percent, into: &sketch)
    }
  }
}
