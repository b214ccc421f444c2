import Support
import TokenStatistics

/// The histogram of conversation lengths, stacked by score.
struct LengthPanel {
  let page: PlotPage

  static let lessSlot = 84..<96
  static let moreSlot = 778..<790
  /// The rows below which every conversation is a square of its own.
  static let fewestRowsForBars = 25

  private static let headingBaseline = 132
  private static let tickRight = 78
  /// How far below the middle of its row a label's baseline lies.
  static let textMiddle = 4
  private static let labelGap = 6

  private var axis: LengthAxis { page.axis }
  private var bottom: Int { page.frame.bottom }
  var showsSquares: Bool { page.lengths.count < Self.fewestRowsForBars }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    try layHeading(into: &sketch)
    guard !page.lengths.isEmpty else {
      try sketch.text("no conversations", .table, .text, x: PlotPage.margin, baseline: PlotFrame.top + 20)
      return
    }
    layVerticalGrid(into: &sketch)
    if showsSquares {
      laySquares(into: &sketch)
      try layLengthAxis(into: &sketch)
      try layMarks(into: &sketch)
    } else {
      try layPercentAxis(into: &sketch)
      let cuts = layBars(into: &sketch)
      try layLengthAxis(into: &sketch)
      try layMarks(into: &sketch)
      try cuts.layHeights(beside: page.lengths.shownPercentile95.map { axis.x(length: $0) }, into: &sketch)
    }
  }

  private func layHeading(into sketch: inout PlotSketch) throws(FileError) {
    let detail =
      page.lengths.isEmpty ? "" : showsSquares ? "one square = one conversation; tokens, log scale" : Self.detail
    let shared = page.scales.datasets
    let sharing = page.sharedScales == nil && shared > 1 && !page.lengths.isEmpty
    let end = try Self.layHeading(
      "Conversation length",
      detail: detail + (sharing ? "; scales shared by \(NumberFormat.grouped(shared)) datasets" : ""),
      x: PlotPage.margin, baseline: Self.headingBaseline, into: &sketch)
    if let shared = page.sharedScales?.domain, !page.lengths.isEmpty {
      try Self.layOwnScale(shared: shared, x: end, baseline: Self.headingBaseline, into: &sketch)
    }
  }

  /// Says after the column `x` that the plot does not use the shared scale.
  static func layOwnScale(
    shared: LengthDomain, x: Int, baseline: Int, into sketch: inout PlotSketch
  ) throws(FileError) {
    let range = "\(NumberFormat.length(shared.lower)) to \(NumberFormat.length(shared.upper))"
    try sketch.text("own scale, not the shared \(range)", .boldLabel, .ink, x: x + 12, baseline: baseline)
  }

  private static let detail = "% of conversations per ⅛ octave; tokens, log scale"

  /// Places a bold heading and its explanation after it; returns where they end.
  static func layHeading(
    _ heading: String, detail: String, x: Int, baseline: Int, into sketch: inout PlotSketch
  ) throws(FileError) -> Int {
    let end = try sketch.text(heading, .heading, .ink, x: x, baseline: baseline).right
    guard !detail.isEmpty else { return end }
    return try sketch.text(detail, .label, .text, x: end + 8, baseline: baseline).right
  }

  private func layVerticalGrid(into sketch: inout PlotSketch) {
    for octave in axis.gridOctaves {
      sketch.vertical(x: axis.x(octave: octave), from: PlotFrame.top, to: bottom, .grid)
    }
  }

  /// The grid and the labels of the percentages, with their continuation in the slots.
  private func layPercentAxis(into sketch: inout PlotSketch) throws(FileError) {
    let top = page.scales.lengthMaximum
    for percent in stride(from: 0, through: top, by: PlotScales.step(for: top)) {
      let row = y(Double(percent))
      for range in [Self.lessSlot, axis.left..<axis.right + 1, Self.moreSlot] where percent > 0 {
        sketch.horizontal(y: row, from: range.lowerBound, to: range.upperBound, .grid)
      }
      let text = percent == top ? "\(percent) %" : "\(percent)"
      try sketch.text(text, .label, .text, x: Self.tickRight, baseline: row + Self.textMiddle, .right)
    }
  }

  /// The base line and the labels of the lengths.
  private func layLengthAxis(into sketch: inout PlotSketch) throws(FileError) {
    for range in [Self.lessSlot, axis.left..<axis.right + 1, Self.moreSlot] {
      sketch.horizontal(y: bottom, from: range.lowerBound, to: range.upperBound, .text)
    }
    var lessEnd = Self.lessSlot.upperBound + 2
    var moreStart = Self.moreSlot.lowerBound + 2
    for octave in axis.gridOctaves {
      let frame = try sketch.text(
        NumberFormat.length(1 << octave), .label, .text, x: axis.x(octave: octave),
        baseline: page.frame.axisLabelBaseline,
        .center)
      lessEnd = min(lessEnd, frame.left - Self.labelGap)
      moreStart = max(moreStart, frame.right + Self.labelGap)
    }
    if page.isShorterThanAxis {
      try sketch.text("less", .label, .text, x: lessEnd, baseline: page.frame.axisLabelBaseline, .right)
    }
    if page.isLongerThanAxis {
      try sketch.text("more", .label, .text, x: moreStart, baseline: page.frame.axisLabelBaseline)
    }
  }

  /// The row of a height in percent; the plot's top for heights beyond it.
  func y(_ percent: Double) -> Int {
    page.frame.y(percent, maximum: page.scales.lengthMaximum)
  }
}

extension LengthPanel {
  /// The least columns of a bin whose bar leaves a gap to the next.
  private static let narrowestWithGap = 3

  /// Lays a stacked bar for every bin and slot; returns those that were cut.
  func layBars(into sketch: inout PlotSketch) -> CutBars {
    let counts = page.groups.map { page.bins.counts(of: $0.lengths) }
    let whole = page.lengths.count
    var cuts = CutBars()
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

  /// Lays one bar with a segment for each of `counts`, `unit` percent each, highest score at the bottom.
  private func layBar(
    columns: Range<Int>, counts: [Int], unit: Double, cuts: inout CutBars, into sketch: inout PlotSketch
  ) {
    let total = counts.reduce(0, +)
    guard total > 0 else { return }
    let tops = StackedBar.borders(counts) { y(unit * Double($0)) }
    let bar = StackedBar(columns: columns, bottom: bottom, tops: tops, colors: page.groups.map(\.color))
    bar.lay(counts: counts, into: &sketch)
    let percent = unit * Double(total)
    if percent > Double(page.scales.lengthMaximum) { cuts.cut(bar, percent: percent, into: &sketch) }
  }

  /// The column that no label of this panel may cross, because the score panel follows.
  static let rightmostLabelEnd = 812
}

extension LengthPanel {
  private static let markTop = 149
  private static let markLabelBaseline = 158
  private static let labelDistance = 6
  private static let dash = 4
  private static let medianTick = 6

  /// Lays the lines of the median and the 95th percentile and their labels.
  func layMarks(into sketch: inout PlotSketch) throws(FileError) {
    guard let median = page.lengths.percentile(50) else { return }
    let p95 = page.lengths.shownPercentile95
    if let p95 { layDashes(x: page.axis.x(length: p95), into: &sketch) }
    layMedian(x: page.axis.x(length: median), into: &sketch)
    try layLabels(median: median, p95: p95, into: &sketch)
  }

  /// Lays ticks above and below the bars: a line across them would hide what it marks.
  private func layMedian(x: Int, into sketch: inout PlotSketch) {
    for rows in [Self.markTop..<PlotFrame.top - 1, bottom + 1..<bottom + 1 + Self.medianTick] {
      sketch.fill(PixelRect(left: x - 1, top: rows.lowerBound, right: x + 1, bottom: rows.upperBound), .ink)
    }
  }

  private func layDashes(x: Int, into sketch: inout PlotSketch) {
    sketch.vertical(x: x, from: Self.markTop, to: bottom, .white)
    for top in stride(from: Self.markTop, to: bottom, by: 2 * Self.dash) {
      sketch.vertical(x: x, from: top, to: min(top + Self.dash, bottom), .ink)
    }
  }

  /// Writes the median left of its line and the percentile right of its own; both in one place if they do not fit.
  private func layLabels(median: Int, p95: Int?, into sketch: inout PlotSketch) throws(FileError) {
    let medianText = "median \(NumberFormat.grouped(median))"
    let medianX = page.axis.x(length: median) - Self.labelDistance
    let medianFits = try medianX - sketch.width(of: medianText, .label) >= PlotPage.margin
    guard let p95 else {
      try lay(medianText, leftOf: medianX, orRightOf: medianX + 2 * Self.labelDistance, into: &sketch)
      return
    }
    let p95Text = "p95 \(NumberFormat.grouped(p95))"
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
  ) throws(FileError) {
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

extension LengthPanel {
  /// The distances between squares: the largest one with which the highest stack fits.
  private static let squareSteps = [52, 39, 26, 13]
  /// The largest one with which a square has room beside the axis.
  private static let largestBesideAxis = 26
  private static let squareGap = 2

  /// Lays a square for every conversation, stacked where they share a column, highest score at the bottom.
  func laySquares(into sketch: inout PlotSketch) {
    let isBeside = page.lengths.entries.contains { !page.axis.domain.contains($0.length) }
    let steps = Self.squareSteps.filter { !isBeside || $0 <= Self.largestBesideAxis }
    let heights = steps.map { step in
      let columns = Dictionary(grouping: page.lengths.entries) { squareColumn(of: $0.length, step: step) }
      return step * (columns.values.map { $0.reduce(0) { $0 + $1.count } }.max() ?? 0)
    }
    let fitting = heights.firstIndex { $0 <= bottom - PlotFrame.top } ?? heights.count - 1
    laySquares(step: steps[fitting], into: &sketch)
  }

  private func laySquares(step: Int, into sketch: inout PlotSketch) {
    let side = step - Self.squareGap
    var heights: [Int: Int] = [:]
    for group in page.groups {
      for entry in group.lengths.entries {
        let left = squareColumn(of: entry.length, step: step)
        for _ in 0..<entry.count {
          let stacked = heights[left, default: 0]
          heights[left] = stacked + 1
          sketch.fill(PixelRect(x: left, y: bottom - step * (stacked + 1), width: side, height: side), group.color)
        }
      }
    }
  }

  /// The left edge of the squares of `length`, which are so far from one another.
  private func squareColumn(of length: Int, step: Int) -> Int {
    if length < page.axis.domain.lower { return Self.lessSlot.lowerBound }
    if length >= page.axis.domain.upper { return Self.moreSlot.lowerBound }
    let columns = page.axis.width / step
    let column = min((page.axis.x(length: length) - page.axis.left) / step, columns - 1)
    return page.axis.left + step * column + 1
  }
}
