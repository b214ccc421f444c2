import Support
import TokenStatistics

/// One line for each dataset, longest median first: the histogram as shades, the median and the scores.
struct HeatMap {
  let title: String
  let rows: [Row]
  let scales: PlotScales
  let bins: LengthBins
  /// What distinguishes the models after the names; empty if there is only one.
  let modelMarks: [String: String]

  /// One dataset.
  struct Row {
    let profile: DatasetProfile
    let groups: [LengthGroup]
    let lengths: LengthDistribution
    let median: Int?
  }

  static let columnCount = 3
  static let columnWidth = 384
  static let firstRow = 114
  static let rowHeight = 14
  private static let bottomMargin = 34
  private static let width = 2 * PlotPage.margin + columnCount * columnWidth
  private static let titleBaseline = 40

  init(title: String, profiles: [DatasetProfile], scales: PlotScales) {
    self.title = title
    self.scales = scales
    bins = LengthBins(scales.domain)
    rows = profiles.map { profile in
      let groups = LengthGroup.groups(of: profile)
      let lengths = LengthDistribution(merging: groups.map(\.lengths))
      return Row(profile: profile, groups: groups, lengths: lengths, median: lengths.percentile(50))
    }.sorted { left, right in
      left.median == right.median
        ? left.profile.dataset < right.profile.dataset : (left.median ?? -1) > (right.median ?? -1)
    }
    modelMarks = Self.marks(of: Set(profiles.map(\.model)).sorted())
  }

  /// The datasets in one column.
  private var rowsPerColumn: Int { (rows.count + Self.columnCount - 1) / Self.columnCount }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    sketch.begin(
      width: Self.width, height: Self.firstRow + Self.rowHeight * rowsPerColumn + Self.bottomMargin)
    let count = rows.count == 1 ? "1 dataset" : "\(NumberFormat.grouped(rows.count)) datasets"
    let marks = modelMarks.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    let detail = ([count + ", longest median first", "columns read down, then right"] + marks)
      .joined(separator: " · ")
    try OverviewHeader.lay(
      title: title, detail: detail, right: Self.width - PlotPage.margin, baseline: Self.titleBaseline, into: &sketch)
    try layLegend(into: &sketch)
    for (index, row) in rows.enumerated() {
      let left = PlotPage.margin + Self.columnWidth * (index / rowsPerColumn)
      if index % rowsPerColumn == 0 { try layAxis(left: left, into: &sketch) }
      try lay(row, left: left, top: Self.firstRow + Self.rowHeight * (index % rowsPerColumn), into: &sketch)
    }
  }

  /// A letter for each of several models: their initials if these differ, else numbers.
  private static func marks(of models: [String]) -> [String: String] {
    guard models.count > 1 else { return [:] }
    let initials = models.map { String($0.prefix(1)) }
    let isClear = Set(initials).count == models.count
    return Dictionary(
      uniqueKeysWithValues: models.enumerated().map { ($1, isClear ? initials[$0] : "\($0 + 1)") })
  }
}

extension HeatMap {
  private static let nameWidth = 104
  private static let plotOffset = 112
  private static let plotWidth = 156
  private static let slotWidth = 3
  private static let slotGap = 1
  private static let scoreOffset = 286
  private static let scoreWidth = 38
  private static let numberOffset = 366
  private static let cellHeight = 13
  private static let textOffset = 10
  private static let axisBaseline = 104
  private static let tickTop = 108
  private static let legendBaseline = 66
  private static let legendTop = 56
  private static let legendHeight = 12
  private static let legendLabelBaseline = 80
  private static let legendWidth = 26
  private static let legendStep = 27
  private static let legendStepDown = 16
  private static let scoreSwatch = 10
  private static let closestLabels = 36

  private func axis(left: Int) -> LengthAxis {
    LengthAxis(
      domain: scales.domain, left: left + Self.plotOffset, width: Self.plotWidth, slotDistance: (3, 3),
      closestLabels: Self.closestLabels)
  }

  /// Lays the axis of one column and the names of its numbers.
  func layAxis(left: Int, into sketch: inout PlotSketch) throws(FileError) {
    try OverviewAxis.lay(axis(left: left), labels: Self.axisBaseline, ticks: Self.tickTop, into: &sketch)
    if rows.contains(where: { $0.profile.scoreScale != nil }) {
      try sketch.text(
        "scores", .footer, .text, x: left + Self.scoreOffset + Self.scoreWidth / 2, baseline: Self.axisBaseline, .center)
    }
    try sketch.text(
      "median", .footer, .text, x: left + Self.numberOffset, baseline: Self.axisBaseline, .right)
  }

  /// Lays the line of one dataset.
  func lay(_ row: Row, left: Int, top: Int, into sketch: inout PlotSketch) throws(FileError) {
    let mark = modelMarks[row.profile.model].map { " " + $0 } ?? ""
    let markWidth = try sketch.width(of: mark, .footer)
    let name = try sketch.fonts.fitted(
      row.profile.title, style: .footer, smallest: TextStyle.footer.size, maximum: Self.nameWidth - markWidth)
    try sketch.text(name.text + mark, .footer, .ink, x: left, baseline: top + Self.textOffset)
    layShades(of: row, axis: axis(left: left), top: top, into: &sketch)
    if row.profile.scoreScale != nil {
      try ShareBar(
        groups: row.groups,
        frame: PixelRect(x: left + Self.scoreOffset, y: top + 2, width: Self.scoreWidth, height: Self.cellHeight - 4),
        isLarge: false
      ).lay(into: &sketch)
    }
    try sketch.text(
      NumberFormat.length(row.median), .footer, .ink, x: left + Self.numberOffset, baseline: top + Self.textOffset,
      .right)
  }

  private func layShades(of row: Row, axis: LengthAxis, top: Int, into sketch: inout PlotSketch) {
    let counts = bins.counts(of: row.lengths)
    let whole = max(row.lengths.count, 1)
    func cell(_ columns: Range<Int>, percent: Double) {
      guard percent > 0 else { return }
      sketch.fill(
        PixelRect(x: columns.lowerBound, y: top, width: columns.count, height: Self.cellHeight),
        PlotPalette.heat[Self.step(percent)])
    }
    let less = axis.left - Self.slotGap
    let more = axis.right + Self.slotGap
    cell(less - Self.slotWidth..<less, percent: 100 * Double(counts.less) / Double(whole))
    cell(more..<more + Self.slotWidth, percent: 100 * Double(counts.more) / Double(whole))
    for bin in 0..<bins.count {
      let left = axis.x(edge: bins.edges[bin])
      let right = max(axis.x(edge: bins.edges[bin + 1]), left + 1)
      cell(left..<right, percent: bins.height(counts.bins[bin], bin: bin, of: whole))
    }
    guard let median = row.median else { return }
    let x = axis.x(length: median)
    sketch.fill(PixelRect(x: x - 1, y: top, width: 2, height: Self.cellHeight), .heatMedian)
  }

  /// The step of ``PlotPalette/heat`` for a share in percent.
  static func step(_ percent: Double) -> Int {
    percent > 0 ? 1 + PlotPalette.heatBorders.count { $0 <= percent } : 0
  }

  /// Lays the key of the shades and marks.
  func layLegend(into sketch: inout PlotSketch) throws(FileError) {
    var x =
      try sketch.text(
        "% of conversations per ⅛ octave", .label, .text, x: PlotPage.margin, baseline: Self.legendBaseline
      ).right + 10
    for (color, label) in zip(PlotPalette.heat, ["0", ">0", ".5", "1", "2", "4", "6", "8", "10+"]) {
      let box = PixelRect(x: x, y: Self.legendTop, width: Self.legendWidth, height: Self.legendHeight)
      sketch.fill(box, .rule)
      sketch.fill(box.inset(by: 1), color)
      try sketch.text(
        label, .footer, .text, x: x + Self.legendWidth / 2, baseline: Self.legendLabelBaseline, .center)
      x += Self.legendStep
    }
    x += 24
    sketch.fill(PixelRect(x: x, y: Self.legendTop, width: 2, height: Self.legendHeight), .heatMedian)
    x = try sketch.text("median", .label, .text, x: x + 8, baseline: Self.legendBaseline).right + 24
    let scales = rows.map(\.profile).scoreScales
    guard !scales.isEmpty else { return }
    x = try sketch.text("scores", .label, .text, x: x, baseline: Self.legendBaseline).right + 10
    var baseline = Self.legendBaseline
    for (_, scale) in scales {
      try layScores(of: scale, x: x, baseline: baseline, into: &sketch)
      baseline += Self.legendStepDown
    }
  }

  /// Lays the key of the score bars' colors, highest score first as in the bars.
  private func layScores(
    of scale: ScoreScale, x start: Int, baseline: Int, into sketch: inout PlotSketch
  ) throws(FileError) {
    let colors: [PlotColor] = PlotPalette.scores(of: scale).reversed() + [.unscored]
    var x = start
    for (name, color) in zip(scale.bands.map { $0.title() }.reversed() + ["none"], colors) {
      sketch.fill(
        PixelRect(x: x, y: baseline - Self.scoreSwatch + 1, width: Self.scoreSwatch, height: Self.scoreSwatch), color)
      x = try sketch.text(name, .label, .text, x: x + Self.scoreSwatch + 4, baseline: baseline).right + 8
    }
  }
}
