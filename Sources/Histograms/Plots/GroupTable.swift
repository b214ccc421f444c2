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
  private var hasHistograms: Bool { page.layout == .rows && page.rows.groups.contains(where: Self.hasHistogram) }

  /// Whether a group has conversations enough: fewer are a tick each.
  private static func hasHistogram(_ group: LengthGroup) -> Bool {
    group.lengths.count >= LengthStrip.fewestForSummary
  }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    guard !page.lengths.isEmpty else { return }
    let frame = page.frame
    try layHeading(into: &sketch)
    let all = LengthGroup(name: "all", color: .text, lengths: page.lengths)
    let rows = hasHistograms ? page.rows.groups : [all] + page.rows.groups
    let heights = rows.map { hasHistograms && !Self.hasHistogram($0) ? PlotFrame.lowRow : frame.rowHeight }
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

  private func layHeading(into sketch: inout PlotSketch) throws(FileError) {
    let baseline = page.frame.tableHeadingBaseline
    let subject = page.rows.subject
    let heading = try sketch.fonts.fitted(
      subject.isEmpty ? "Length" : "Length by \(subject)", style: .heading, smallest: TextStyle.heading.size,
      maximum: Self.widestHeading)
    let end = try sketch.text(heading, .ink, x: PlotPage.margin, baseline: baseline).right
    let detail = try sketch.fonts.fitted(
      hasHistograms
        ? "% of the row per ⅛ octave, 0 to \(page.scales.rowMaximum) %; " + LengthStrip.shortExplanation
        : LengthStrip.explanation,
      style: .label, smallest: TextStyle.footer.size, maximum: Self.columnsLeft - end - 2 * Self.gap)
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
      if hasHistograms, Self.hasHistogram(row) {
        HistogramRow(page: page, group: row, rows: rows).lay(into: &sketch)
      } else {
        LengthStrip(axis: page.axis, lengths: row.lengths, color: row.color).lay(middle: middle, into: &sketch)
      }
    }
    let name = try sketch.fonts.fitted(
      row.name, style: isSum ? .boldLabel : .label, smallest: TextStyle.footer.size,
      maximum: nameEnd - Self.nameX)
    try sketch.text(name, color, x: Self.nameX, baseline: baseline)
    for (text, x) in zip(try cells(of: row.lengths, with: &sketch.fonts), Self.columns) {
      try sketch.text(text, .table, color, x: x, baseline: baseline, .right)
    }
  }

  private func cells(of lengths: LengthDistribution, with fonts: inout FontSet) throws(FileError) -> [String] {
    let percentiles = [lengths.percentile(50), lengths.shownPercentile95, lengths.shownPercentile99]
    return [
      try fonts.digits(of: lengths.count, style: .table, maximum: Self.widestLength),
      NumberFormat.percent(lengths.count, of: page.lengths.count),
      try fonts.digits(of: lengths.total, style: .table, maximum: Self.widestTokens),
      NumberFormat.percent(lengths.total, of: page.lengths.total),
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

  func lay(into sketch: inout PlotSketch) {
    let lengths = group.lengths
    let base = rows.upperBound - Self.stripRoom
    let histogram = SmallHistogram(
      groups: [group], bins: page.bins, maximum: page.scales.rowMaximum, axis: page.axis,
      height: base - rows.lowerBound - Self.headroom,
      slots: (
        LengthPanel.lessSlot.lowerBound - page.axis.left..<LengthPanel.lessSlot.upperBound - page.axis.left,
        LengthPanel.moreSlot.lowerBound - page.axis.right..<LengthPanel.moreSlot.upperBound - page.axis.right
      ))
    histogram.lay(base: base, into: &sketch)
    if let median = lengths.percentile(50) {
      histogram.layMedian(median, base: base, below: false, into: &sketch)
    }
    LengthStrip(
      axis: page.axis, lengths: lengths, color: group.color, barHalf: Self.stripHalves.bar,
      medianHalf: Self.stripHalves.median
    ).lay(middle: base + Self.stripMiddle, into: &sketch)
  }
}
