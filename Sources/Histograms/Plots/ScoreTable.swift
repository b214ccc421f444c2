import Support
import TokenStatistics

/// The table of all conversations and of each score, with a strip of lengths in every row.
struct ScoreTable {
  let page: PlotPage

  static let rowHeight = 28
  static let columns = [852, 898, 966, 1012, 1068, 1122, PlotPage.right]
  private static let headingBaseline = 542
  private static let top = 554
  /// The rows of pixels above the footer.
  private static let room = 216
  private static let swatch = 8
  private static let nameX = 37
  private static let headings = ["conv.", "%", "tokens", "%", "median", "p95", "p99"]

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    guard !page.lengths.isEmpty else { return }
    _ = try LengthPanel.layHeading(
      "Length by score", detail: LengthStrip.explanation, x: PlotPage.margin, baseline: Self.headingBaseline,
      into: &sketch)
    for (heading, x) in zip(Self.headings, Self.columns) {
      try sketch.text(heading, .label, .text, x: x, baseline: Self.headingBaseline, .right)
    }
    let all = ScoreGroup(name: "all", color: .text, lengths: page.lengths)
    let rows = [all] + (page.profile.scoreScale == nil ? [] : page.groups)
    let rowHeight = min(Self.rowHeight, Self.room / rows.count)
    let bottom = Self.top + rowHeight * rows.count
    for octave in page.axis.gridOctaves {
      sketch.vertical(x: page.axis.x(octave: octave), from: Self.top + 1, to: bottom, .grid)
    }
    for line in 0...rows.count {
      sketch.horizontal(
        y: Self.top + rowHeight * line, from: PlotPage.margin, to: PlotPage.right, line < 2 ? .rule : .grid)
    }
    for (index, row) in rows.enumerated() {
      try lay(row, isSum: index == 0, middle: Self.top + rowHeight * index + rowHeight / 2, into: &sketch)
    }
  }

  private func lay(
    _ row: ScoreGroup, isSum: Bool, middle: Int, into sketch: inout PlotSketch
  ) throws(FileError) {
    let isEmpty = row.lengths.isEmpty
    let color: PlotColor = isEmpty ? .emptyRow : .ink
    let baseline = middle + LengthPanel.textMiddle
    if !isEmpty {
      let half = Self.swatch / 2
      let swatch = PixelRect(x: PlotPage.margin, y: middle - half, width: Self.swatch, height: Self.swatch)
      StackedBar.lay(swatch, color: row.color, into: &sketch)
      LengthStrip(axis: page.axis, lengths: row.lengths, color: row.color).lay(middle: middle, into: &sketch)
    }
    try sketch.text(row.name, isSum ? .boldLabel : .label, color, x: Self.nameX, baseline: baseline)
    for (text, x) in zip(cells(of: row.lengths), Self.columns) {
      try sketch.text(text, .table, color, x: x, baseline: baseline, .right)
    }
  }

  private func cells(of lengths: LengthDistribution) -> [String] {
    [
      NumberFormat.length(lengths.count),
      NumberFormat.percent(lengths.count, of: page.lengths.count),
      NumberFormat.short(lengths.total),
      NumberFormat.percent(lengths.total, of: page.lengths.total),
      NumberFormat.length(lengths.percentile(50)),
      NumberFormat.length(lengths.shownPercentile95),
      NumberFormat.length(lengths.shownPercentile99),
    ]
  }
}

/// Lengths on one line: from p5 to p95, a bar from p25 to p75, the median and the longest.
struct LengthStrip {
  let axis: LengthAxis
  let lengths: LengthDistribution
  /// The bar's color; nil for an outline around white.
  let color: PlotColor?
  /// Half the height of the bar.
  var barHalf = 6
  /// Half the height of the median's mark.
  var medianHalf = 8
  /// Whether the longest is shown.
  var hasDot = true

  /// What the parts of a strip mean.
  static let explanation = "line p5 to p95, bar p25 to p75, black mark median, dot longest"
  /// The conversations below which each of them is a tick.
  private static let fewestForSummary = 20
  private static let dotHalf = 2

  func lay(middle: Int, into sketch: inout PlotSketch) {
    guard lengths.count >= Self.fewestForSummary else {
      for entry in lengths.entries {
        layUpright(x: axis.x(length: entry.length), half: barHalf, middle: middle, .text, into: &sketch)
      }
      return
    }
    guard let longest = lengths.maximum else { return }
    let low = x(5)
    let high = x(95)
    sketch.fill(PixelRect(left: low, top: middle - 1, right: high + 1, bottom: middle + 1), .outline)
    let bar = PixelRect(left: x(25), top: middle - barHalf, right: x(75) + 1, bottom: middle + barHalf)
    StackedBar.lay(bar, color: color, into: &sketch)
    let median = x(50)
    sketch.fill(
      PixelRect(
        left: median - 2, top: middle - medianHalf, right: median + 2, bottom: middle + medianHalf), .white)
    layUpright(x: median, half: medianHalf, middle: middle, .ink, into: &sketch)
    if hasDot { layDot(x: axis.x(length: longest), median: median, bar: bar, middle: middle, into: &sketch) }
  }

  /// Lays the dot of the longest; cased where it lies on the bar, left out where it would hide the median.
  private func layDot(x: Int, median: Int, bar: PixelRect, middle: Int, into sketch: inout PlotSketch) {
    guard x > median + 2 * Self.dotHalf else { return }
    let dot = PixelRect(
      left: x - Self.dotHalf, top: middle - Self.dotHalf, right: x + Self.dotHalf, bottom: middle + Self.dotHalf)
    if dot.left <= bar.right { sketch.fill(dot.inset(by: -1), .white) }
    sketch.fill(dot, .text)
  }

  private func x(_ percent: Double) -> Int {
    axis.x(length: lengths.percentile(percent) ?? 0)
  }

  private func layUpright(x: Int, half: Int, middle: Int, _ color: PlotColor, into sketch: inout PlotSketch) {
    sketch.fill(PixelRect(left: x - 1, top: middle - half, right: x + 1, bottom: middle + half), color)
  }
}
