import Support
import TokenStatistics

/// The bars of the scores: conversations as bars, tokens as marks.
struct ScorePanel {
  let page: PlotPage

  static let left = 824
  static let axisLeft = 852
  static let axisRight = PlotPage.right
  static let labelDistance = 6
  private static let tickRight = 846
  private static let headingBaseline = 132

  var bottom: Int { page.frame.bottom }
  var axisLabelBaseline: Int { page.frame.axisLabelBaseline }

  /// The number of all conversations.
  var whole: Int { page.lengths.count }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    guard !page.lengths.isEmpty else { return }
    guard let scale = page.profile.scoreScale, !page.isUnscored else {
      let reason = page.isUnscored ? "no scores in this dataset" : "no scale for the scores of this dataset"
      try sketch.text("Scores", .heading, .ink, x: Self.left, baseline: Self.headingBaseline)
      try sketch.text(reason, .table, .text, x: Self.left, baseline: PlotFrame.top + 20)
      return
    }
    try layHeading(into: &sketch)
    let bars = ScoreBars(page.profile, scale: scale)
    if ScoreBars.hasWideBars(scale) {
      try layWideBars(bars, scale: scale, into: &sketch)
    } else {
      try layNarrowBars(bars, scale: scale, into: &sketch)
    }
  }

  /// Whether what has no score is shown: filters by score leave it out.
  var showsUnscored: Bool { page.groups.contains(where: \.isUnscored) }

  private func layHeading(into sketch: inout PlotSketch) throws(FileError) {
    let end = try LengthPanel.layHeading(
      "Scores", detail: "bar: % of conversations", x: Self.left, baseline: Self.headingBaseline, into: &sketch)
    let mark = PixelRect(x: end + 10, y: Self.headingBaseline - 5, width: 14, height: 2)
    sketch.fill(mark, .ink)
    try sketch.text("% of tokens", .label, .text, x: mark.right + 4, baseline: Self.headingBaseline)
  }

  /// Lays the grid and its labels at every `step` percent up to `maximum`.
  func layGrid(maximum: Int, step: Int, into sketch: inout PlotSketch) throws(FileError) {
    for percent in stride(from: 0, through: maximum, by: step) {
      let row = y(Double(percent), maximum: maximum)
      if percent > 0 { sketch.horizontal(y: row, from: Self.axisLeft, to: Self.axisRight, .grid) }
      try sketch.text(
        "\(percent)", .label, .text, x: Self.tickRight, baseline: row + LengthPanel.textMiddle, .right)
    }
  }

  /// Lays the base line of the bars.
  func layBase(into sketch: inout PlotSketch) {
    sketch.horizontal(y: bottom, from: Self.axisLeft, to: Self.axisRight, .text)
  }

  /// Lays the bar of `bar` and the mark of its tokens; returns where they are and what is beyond the plot.
  func layBar(
    _ bar: ScoreBar, left: Int, width: Int, reach: Int, color: PlotColor, maximum: Int,
    into sketch: inout PlotSketch
  ) -> PlacedScoreBar {
    var placed = PlacedScoreBar(columns: left..<left + width, top: bottom, color: color)
    guard bar.conversations > 0 else { return placed }
    let share = 100 * Double(bar.conversations) / Double(whole)
    placed.top = min(y(share, maximum: maximum), bottom - 1)
    sketch.fill(PixelRect(left: left, top: placed.top, right: left + width, bottom: bottom), color)
    placed.isCut = share > Double(maximum)
    if placed.isCut { CutBars.layGap(placed.columns, into: &sketch) }
    let tokenShare = 100 * Double(bar.tokens) / Double(max(page.lengths.total, 1))
    guard tokenShare <= Double(maximum) else {
      placed.hasTokensBeyond = true
      return placed
    }
    let mark = y(tokenShare, maximum: maximum)
    placed.mark = mark
    let columns = (left: left - reach, right: left + width + reach)
    let casing = PixelRect(left: columns.left, top: mark - 2, right: columns.right, bottom: min(mark + 2, bottom))
    sketch.fill(casing, .white)
    sketch.fill(
      PixelRect(left: columns.left, top: mark - 1, right: columns.right, bottom: min(mark + 1, bottom)), .ink)
    return placed
  }

  /// The row of a share in percent.
  private func y(_ percent: Double, maximum: Int) -> Int { page.frame.y(percent, maximum: maximum) }
}

/// Where a score bar was placed.
struct PlacedScoreBar {
  let columns: Range<Int>
  /// The bar's top row.
  var top: Int
  let color: PlotColor
  /// The row in the middle of the tokens' mark, if there is one.
  var mark: Int?
  /// Whether the bar is higher than the plot.
  var isCut = false
  /// Whether the share of the tokens is higher than the plot.
  var hasTokensBeyond = false

  /// The baseline of a label above the bar, and above the mark where that is in the way.
  var labelBaseline: Int {
    let above = top - ScorePanel.labelDistance
    guard let mark, mark > above - TextStyle.label.ascent - 2, mark < top else { return above }
    return mark - ScorePanel.labelDistance
  }
}

extension ScorePanel {
  private static let wideBarLeft = 860
  private static let wideBarsWidth = 248
  private static let widestBarStep = 62
  /// The same where filters leave out bands, and with them no score.
  private static let filteredBars = (width: 312, widestStep: 156)
  private static let wideMarkReach = 4
  private static let unscoredOffset = 10
  private static let wideMaximum = 100

  /// Lays one named bar for each score and one for no score.
  func layWideBars(_ bars: ScoreBars, scale: ScoreScale, into sketch: inout PlotSketch) throws(FileError) {
    try layGrid(maximum: Self.wideMaximum, step: 25, into: &sketch)
    // Bands at either end that the filters leave out leave their room to the others.
    let shown = page.groups.compactMap(\.band)
    let first = shown.min() ?? 0
    let count = (shown.max() ?? scale.bands.count - 1) + 1 - first
    let step =
      showsUnscored
      ? min(Self.widestBarStep, Self.wideBarsWidth / scale.bands.count)
      : min(Self.filteredBars.widestStep, Self.filteredBars.width / count)
    let width = step * 3 / 4
    for group in page.groups {
      guard let band = group.band else { continue }
      try layWideBar(
        bars.scored[band], name: group.name, color: group.color, left: Self.wideBarLeft + step * (band - first),
        width: width, into: &sketch)
    }
    if showsUnscored {
      try layWideBar(
        bars.unscored, name: "none", color: .unscored,
        left: Self.wideBarLeft + step * scale.bands.count + Self.unscoredOffset, width: width, into: &sketch)
    }
    layBase(into: &sketch)
  }

  private func layWideBar(
    _ bar: ScoreBar, name: String, color: PlotColor, left: Int, width: Int, into sketch: inout PlotSketch
  ) throws(FileError) {
    let placed = layBar(
      bar, left: left, width: width, reach: Self.wideMarkReach, color: color, maximum: Self.wideMaximum,
      into: &sketch)
    let middle = left + width / 2
    try sketch.textOnWhite(
      NumberFormat.percentSigned(bar.conversations, of: whole), .label, bar.conversations > 0 ? .ink : .text, x: middle,
      baseline: placed.labelBaseline, .center)
    try sketch.text(name, .label, .text, x: middle, baseline: axisLabelBaseline, .center)
  }
}
