import TokenStatistics

/// The histogram of conversation lengths, stacked by score.
struct LengthPanel {
  let page: PlotPage

  static let plotTop = 176
  static let plotBottom = 488
  static let lessSlot = 84..<96
  static let moreSlot = 778..<790
  /// The rows below which every conversation is a square of its own.
  static let fewestRowsForBars = 25

  private static let headingBaseline = 132
  private static let axisLabelBaseline = 505
  private static let tickRight = 78
  /// How far below the middle of its row a label's baseline lies.
  static let textMiddle = 4
  private static let labelGap = 6

  private var axis: LengthAxis { page.axis }
  var showsSquares: Bool { page.lengths.count < Self.fewestRowsForBars }

  func lay(into sketch: inout PlotSketch) throws(PlotError) {
    try layHeading(into: &sketch)
    guard !page.lengths.isEmpty else {
      try sketch.text("no conversations", .table, .text, x: PlotPage.margin, baseline: Self.plotTop + 20)
      return
    }
    layVerticalGrid(into: &sketch)
    let outside = page.bins.counts(of: page.lengths)
    if showsSquares {
      laySquares(into: &sketch)
      try layLengthAxis(outside: outside, into: &sketch)
    } else {
      try layPercentAxis(into: &sketch)
      let cuts = layBars(into: &sketch)
      try layLengthAxis(outside: outside, into: &sketch)
      try layMarks(into: &sketch)
      try lay(cuts, into: &sketch)
    }
  }

  private func layHeading(into sketch: inout PlotSketch) throws(PlotError) {
    let detail =
      page.lengths.isEmpty
      ? "" : showsSquares ? "one square = one conversation; tokens, log scale" : Self.detail
    let end = try Self.layHeading(
      "Conversation length", detail: detail, x: PlotPage.margin, baseline: Self.headingBaseline, into: &sketch)
    if let shared = page.sharedScales?.domain, !page.lengths.isEmpty {
      try Self.layOwnScale(shared: shared, x: end, baseline: Self.headingBaseline, into: &sketch)
    }
  }

  /// Says behind the column `x` that the picture does not use the shared scale.
  static func layOwnScale(
    shared: LengthDomain, x: Int, baseline: Int, into sketch: inout PlotSketch
  ) throws(PlotError) {
    let range = "\(ChartNumber.length(shared.lower)) to \(ChartNumber.length(shared.upper))"
    try sketch.text("own scale, not the shared \(range)", .boldLabel, .ink, x: x + 12, baseline: baseline)
  }

  private static let detail = "% of conversations per ⅛ octave; tokens, log scale"

  /// Places a bold heading and its explanation behind it; returns where they end.
  static func layHeading(
    _ heading: String, detail: String, x: Int, baseline: Int, into sketch: inout PlotSketch
  ) throws(PlotError) -> Int {
    let end = try sketch.text(heading, .heading, .ink, x: x, baseline: baseline).right
    guard !detail.isEmpty else { return end }
    return try sketch.text(detail, .label, .text, x: end + 8, baseline: baseline).right
  }

  private func layVerticalGrid(into sketch: inout PlotSketch) {
    for octave in axis.gridOctaves {
      sketch.vertical(x: axis.x(octave: octave), from: Self.plotTop, to: Self.plotBottom, .grid)
    }
  }

  /// The grid and the labels of the percentages, with their continuation in the slots.
  private func layPercentAxis(into sketch: inout PlotSketch) throws(PlotError) {
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
  private func layLengthAxis(outside: BinCounts, into sketch: inout PlotSketch) throws(PlotError) {
    for range in [Self.lessSlot, axis.left..<axis.right + 1, Self.moreSlot] {
      sketch.horizontal(y: Self.plotBottom, from: range.lowerBound, to: range.upperBound, .text)
    }
    var lessEnd = Self.lessSlot.upperBound + 2
    var moreStart = Self.moreSlot.lowerBound + 2
    for octave in axis.gridOctaves {
      let frame = try sketch.text(
        ChartNumber.length(1 << octave), .label, .text, x: axis.x(octave: octave), baseline: Self.axisLabelBaseline,
        .centre)
      lessEnd = min(lessEnd, frame.left - Self.labelGap)
      moreStart = max(moreStart, frame.right + Self.labelGap)
    }
    if outside.less > 0 {
      try sketch.text("less", .label, .text, x: lessEnd, baseline: Self.axisLabelBaseline, .right)
    }
    if outside.more > 0 {
      try sketch.text("more", .label, .text, x: moreStart, baseline: Self.axisLabelBaseline)
    }
  }

  /// The row of a height in percent; the plot's top for heights beyond it.
  func y(_ percent: Double) -> Int {
    let height = Double(Self.plotBottom - Self.plotTop)
    let share = min(percent / Double(page.scales.lengthMaximum), 1)
    return Self.plotBottom - Int((height * share).rounded())
  }
}
