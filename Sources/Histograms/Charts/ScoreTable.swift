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

  func lay(into sketch: inout PlotSketch) throws(PlotError) {
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
  ) throws(PlotError) {
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
      ChartNumber.length(lengths.count),
      ChartNumber.percent(lengths.count, of: page.lengths.count),
      ChartNumber.tokens(lengths.total),
      ChartNumber.percent(lengths.total, of: page.lengths.total),
      ChartNumber.length(lengths.percentile(50)),
      ChartNumber.length(lengths.shownPercentile95),
      ChartNumber.length(lengths.shownPercentile99),
    ]
  }
}
