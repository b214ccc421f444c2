import TokenStatistics

/// The bars of the scores: conversations as bars, tokens as marks.
struct ScorePanel {
  let page: PlotPage

  static let left = 824
  static let axisLeft = 852
  static let axisRight = PlotPage.right
  static let top = LengthPanel.plotTop
  static let bottom = LengthPanel.plotBottom
  static let axisLabelBaseline = 505
  static let labelDistance = 6
  private static let tickRight = 846
  private static let headingBaseline = 132

  /// The number of all conversations.
  var whole: Int { page.lengths.count }

  func lay(into sketch: inout PlotSketch) throws(PlotError) {
    guard !page.lengths.isEmpty else { return }
    guard let scale = page.profile.scoreScale, !page.isUnscored else {
      let reason = page.isUnscored ? "no scores in this dataset" : "no scale for the scores of this dataset"
      try sketch.text("Scores", .heading, .ink, x: Self.left, baseline: Self.headingBaseline)
      try sketch.text(reason, .table, .text, x: Self.left, baseline: Self.top + 20)
      return
    }
    try layHeading(into: &sketch)
    let bars = ScoreBars(page.profile, scale: scale)
    if ScoreBars.hasWideBars(scale) {
      try layWideBars(bars, into: &sketch)
    } else {
      try layNarrowBars(bars, scale: scale, into: &sketch)
    }
  }

  private func layHeading(into sketch: inout PlotSketch) throws(PlotError) {
    let end = try LengthPanel.layHeading(
      "Scores", detail: "bar: % of conversations", x: Self.left, baseline: Self.headingBaseline, into: &sketch)
    let mark = PixelRect(x: end + 10, y: Self.headingBaseline - 5, width: 14, height: 2)
    sketch.fill(mark, .ink)
    try sketch.text("% of tokens", .label, .text, x: mark.right + 4, baseline: Self.headingBaseline)
  }

  /// Lays the grid and its labels at every `step` percent up to `maximum`.
  func layGrid(maximum: Int, step: Int, into sketch: inout PlotSketch) throws(PlotError) {
    for percent in stride(from: 0, through: maximum, by: step) {
      let row = Self.y(Double(percent), maximum: maximum)
      if percent > 0 { sketch.horizontal(y: row, from: Self.axisLeft, to: Self.axisRight, .grid) }
      try sketch.text(
        "\(percent)", .label, .text, x: Self.tickRight, baseline: row + LengthPanel.textMiddle, .right)
    }
  }

  /// Lays the line the bars stand on.
  func layBase(into sketch: inout PlotSketch) {
    sketch.horizontal(y: Self.bottom, from: Self.axisLeft, to: Self.axisRight, .text)
  }

  /// Lays the bar of `bar` and the mark of its tokens; returns the bar's top and whether it was cut.
  func layBar(
    _ bar: ScoreBar, left: Int, width: Int, reach: Int, color: PlotColor?, maximum: Int,
    into sketch: inout PlotSketch
  ) -> PlacedScoreBar {
    guard bar.conversations > 0 else { return PlacedScoreBar(top: Self.bottom, mark: nil, isCut: false) }
    let share = 100 * Double(bar.conversations) / Double(whole)
    let top = min(Self.y(share, maximum: maximum), Self.bottom - 1)
    StackedBar.lay(
      PixelRect(left: left, top: top, right: left + width, bottom: Self.bottom), color: color, into: &sketch)
    let isCut = share > Double(maximum)
    if isCut {
      sketch.fill(PixelRect(x: left, y: LengthPanel.cutRow, width: width, height: LengthPanel.cutHeight), .white)
    }
    let tokenShare = 100 * Double(bar.tokens) / Double(max(page.lengths.total, 1))
    guard !isCut, tokenShare <= Double(maximum) else { return PlacedScoreBar(top: top, mark: nil, isCut: isCut) }
    let mark = Self.y(tokenShare, maximum: maximum)
    let columns = (left: left - reach, right: left + width + reach)
    let casing = PixelRect(left: columns.left, top: mark - 2, right: columns.right, bottom: min(mark + 2, Self.bottom))
    sketch.fill(casing, .white)
    sketch.fill(
      PixelRect(left: columns.left, top: mark - 1, right: columns.right, bottom: min(mark + 1, Self.bottom)), .ink)
    return PlacedScoreBar(top: top, mark: mark, isCut: false)
  }

  /// The row of a share in percent.
  static func y(_ percent: Double, maximum: Int) -> Int {
    bottom - Int((Double(bottom - top) * min(percent / Double(maximum), 1)).rounded())
  }
}

/// Where a score bar came to stand.
struct PlacedScoreBar {
  /// The bar's top row.
  let top: Int
  /// The row in the middle of the tokens' mark, where there is one.
  let mark: Int?
  /// Whether the bar is higher than the plot.
  let isCut: Bool

  /// The baseline of a label above the bar, and above the mark where that is in the way.
  var labelBaseline: Int {
    let above = top - ScorePanel.labelDistance
    guard let mark, mark > above - TextStyle.label.ascent - 2, mark < top else { return above }
    return mark - ScorePanel.labelDistance
  }
}
