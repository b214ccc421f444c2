import Support
import TokenStatistics

/// The table of the groups of a dataset: a strip or a histogram of lengths and the numbers of each.
struct GroupTable {
  let page: PlotPage

  static let columns = [846, 892, 966, 1012, 1068, 1122, PlotPage.right]
  private static let swatch = 8
  private static let nameX = 37
  /// Where names end: before the slot of what is shorter than the axis, or before the axis where nothing is.
  private static let nameEnds = (slot: 84, axis: 112)
  private static let columnsLeft = 812
  private static let widestTokens = 66
  private static let widestLength = 51
  private static let headings = ["conv.", "%", "tokens", "%", "median", "p95", "p99"]

  /// Whether each group has a histogram: else a strip sums it up, under one of all conversations.
  private var hasHistograms: Bool {
    page.layout == .rows && page.rows.groups.contains { page.hasHistogram($0.lengths) }
  }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    guard !page.lengths.isEmpty else { return }
    let frame = page.frame
    let all = LengthGroup(name: "all", color: .text, lengths: page.lengths)
    let rows = hasHistograms ? page.rows.groups : [all] + page.rows.groups
    try layHeading(over: rows, into: &sketch)
    let heights = rows.map { hasHistograms && !page.hasHistogram($0.lengths) ? PlotFrame.lowRow : frame.rowHeight }
    let bottom = frame.tableTop + heights.reduce(0, +)
    for octave in page.axis.gridOctaves {
      sketch.vertical(x: page.axis.x(octave: octave), from: frame.tableTop + 1, to: bottom, .grid)
    }
    var top = frame.tableTop
    sketch.horizontal(y: top, from: PlotPage.margin, to: PlotPage.right, .rule)
    for (index, (row, height)) in zip(rows, heights).enumerated() {
      let isSum = index == 0 && !hasHistograms
      sketch.horizontal(y: top + height, from: PlotPage.margin, to: PlotPage.right, isSum ? .rule : .grid)
      try lay(row, isSum: isSum, rows: top + 1..<top + height, into: &sketch)
      top += height
    }
  }

  private var nameEnd: Int {
    page.isShorterThanAxis ? Self.nameEnds.slot : Self.nameEnds.axis
  }

  /// What is drawn in `rows`, in words.
  private func explanation(of rows: [LengthGroup]) -> String {
    if hasHistograms {
      return "% of the row per ⅛ octave, 0 to \(page.scales.rowMaximum) %; " + LengthStrip.shortExplanation
    }
    let drawn = rows.map(\.lengths).filter { !$0.isEmpty && !$0.isBeyond(page.axis.domain) }
    if drawn.contains(where: { $0.count >= LengthStrip.fewestForSummary }) { return LengthStrip.explanation }
    return drawn.isEmpty ? "" : LengthStrip.tickExplanation
  }

  private func layHeading(over rows: [LengthGroup], into sketch: inout PlotSketch) throws(FileError) {
    let baseline = page.frame.tableHeadingBaseline
    let subject = page.rows.subject
    let heading = try sketch.fonts.fitted(
      subject.isEmpty ? "Length" : "Length by \(subject)", style: .heading, smallest: TextStyle.heading.size,
      maximum: Self.widestHeading)
    let end = try sketch.text(heading, .ink, x: PlotPage.margin, baseline: baseline).right
    let detail = try sketch.fonts.fitted(
      explanation(of: rows), style: .label, smallest: TextStyle.footer.size,
      maximum: Self.columnsLeft - end - 2 * Self.gap)
    try sketch.text(detail, .text, x: end + Self.gap, baseline: baseline)
    for (heading, x) in zip(Self.headings, Self.columns) {
      try sketch.text(heading, .label, .text, x: x, baseline: baseline, .right)
    }
  }

  private static let gap = 8
  private static let widestHeading = 240

  private func lay(
    _ row: LengthGroup, isSum: Bool, rows: Range<Int>, into sketch: inout PlotSketch
  ) throws(FileError) {
    let middle = (rows.lowerBound - 1 + rows.upperBound) / 2
    let isEmpty = row.lengths.isEmpty
    let color: PlotColor = isEmpty ? .emptyRow : .ink
    let baseline = middle + LengthPanel.textMiddle
    if !isEmpty {
      let half = Self.swatch / 2
      sketch.fill(PixelRect(x: PlotPage.margin, y: middle - half, width: Self.swatch, height: Self.swatch), row.color)
      if row.lengths.isBeyond(page.axis.domain) {
        try layWords(row.lengths, baseline: baseline, into: &sketch)
      } else if hasHistograms, page.hasHistogram(row.lengths) {
        try HistogramRow(page: page, group: row, rows: rows).lay(into: &sketch)
      } else {
        LengthStrip(axis: page.axis, lengths: row.lengths, color: row.color).lay(middle: middle, into: &sketch)
      }
    }
    let name = try sketch.fonts.fitted(
      row.name, style: isSum ? .boldLabel : .label, smallest: TextStyle.footer.size,
      maximum: nameEnd - Self.nameX)
    try sketch.text(name, color, x: Self.nameX, baseline: baseline)
    for (text, x) in zip(try cells(of: row.lengths, with: &sketch.fonts), Self.columns) {
      try sketch.text(text, color, x: x, baseline: baseline, .right)
    }
  }

  /// Says how long the conversations are where all of them are beyond the axis.
  private func layWords(
    _ lengths: LengthDistribution, baseline: Int, into sketch: inout PlotSketch
  ) throws(FileError) {
    guard let minimum = lengths.minimum, let maximum = lengths.maximum, let median = lengths.percentile(50) else {
      return
    }
    let range = "\(NumberFormat.grouped(minimum)) to \(NumberFormat.grouped(maximum)) tokens"
    let words =
      minimum == maximum
      ? "all \(NumberFormat.grouped(minimum)) tokens" : "\(range), median \(NumberFormat.grouped(median))"
    let isShorter = maximum < page.axis.domain.lower
    let end = isShorter ? " (shorter than the axis)" : " (longer than the axis)"
    try sketch.textOnWhite(
      words + end, .label, .text, x: isShorter ? page.axis.left + Self.gap : page.axis.right - Self.gap,
      baseline: baseline, isShorter ? .left : .right)
  }

  private func cells(of lengths: LengthDistribution, with fonts: inout FontSet) throws(FileError) -> [FittedText] {
    let percentiles = [lengths.percentile(50), lengths.shownPercentile95, lengths.shownPercentile99]
    let shares = [(lengths.count, page.lengths.count), (lengths.total, page.lengths.total)].map {
      NumberFormat.percent($0, of: $1)
    }
    return [
      try fonts.digits(of: lengths.count, style: .table, maximum: Self.widestLength),
      try fonts.fitted(shares[0], style: .table, smallest: TextStyle.footer.size, maximum: Self.widestLength),
      try fonts.digits(of: lengths.total, style: .table, maximum: Self.widestTokens),
      try fonts.fitted(shares[1], style: .table, smallest: TextStyle.footer.size, maximum: Self.widestLength),
    ]
      + (try percentiles.map { (length) throws(FileError) in
        try fonts.digits(of: length, style: .table, maximum: Self.widestLength)
      })
  }
}

/// A small histogram of one group over a thin strip of its percentiles.
private struct HistogramRow {
  let page: PlotPage
  let group: LengthGroup
  /// The rows of pixels.
  let rows: Range<Int>

  /// From the base line to the end of the row, which holds the strip.
  private static let stripRoom = 13
  private static let stripMiddle = 7
  private static let stripHalves = (bar: 2, median: 5)
  /// Above the histogram: the median's tick.
  private static let headroom = 8

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    let lengths = group.lengths
    let base = rows.upperBound - Self.stripRoom
    let histogram = SmallHistogram(
      groups: [group], bins: page.bins, maximum: page.scales.rowMaximum, axis: page.axis,
      height: base - rows.lowerBound - Self.headroom,
      slots: (
        LengthPanel.lessSlot.lowerBound - page.axis.left..<LengthPanel.lessSlot.upperBound - page.axis.left,
        LengthPanel.moreSlot.lowerBound - page.axis.right..<LengthPanel.moreSlot.upperBound - page.axis.right
      ))
    let cuts = histogram.lay(base: base, into: &sketch)
    try cuts.layHeightsInside(.footer, into: &sketch)
    if let median = lengths.percentile(50) {
      histogram.layMedian(median, base: base, below: false, into: &sketch)
    }
    LengthStrip(
      axis: page.axis, lengths: lengths, color: group.color, barHalf: Self.stripHalves.bar,
      medianHalf: Self.stripHalves.median
    ).lay(middle: base + Self.stripMiddle, into: &sketch)
  }
}
