import Support
import TokenStatistics

/// One line for each dataset, largest effect first: the lengths of two labels, one strip above the other, Cohen's *d*
/// and how probably the first label is longer.
struct ContrastMap {
  let title: String
  let first: String
  let second: String
  let rows: [Row]
  let scales: PlotScales

  /// One dataset that has conversations of both labels.
  struct Row {
    let profile: DatasetProfile
    let contrast: LengthContrast
    let effect: Double?
  }

  private static let columnCount = 2
  private static let columnWidth = 576
  private static let firstRow = 116
  private static let rowHeight = 20
  private static let bottomMargin = 34
  private static let width = 2 * PlotPage.margin + columnCount * columnWidth
  private static let titleBaseline = 40

  /// The map of those of `profiles` that have both labels.
  init(title: String, labels first: String, _ second: String, profiles: [DatasetProfile], scales: PlotScales) {
    self.title = title
    self.first = first
    self.second = second
    self.scales = scales
    rows = profiles.compactMap { profile in
      profile.contrast(first, with: second).map { Row(profile: profile, contrast: $0, effect: $0.cohensD) }
    }.sorted { left, right in
      let sizes = (left.effect?.magnitude ?? -1, right.effect?.magnitude ?? -1)
      return sizes.0 == sizes.1
        ? left.profile.dataset.utf8.lexicographicallyPrecedes(right.profile.dataset.utf8) : sizes.0 > sizes.1
    }
  }

  private var rowsPerColumn: Int { (rows.count + Self.columnCount - 1) / Self.columnCount }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    let bottom = Self.firstRow + Self.rowHeight * rowsPerColumn
    sketch.begin(width: Self.width, height: bottom + Self.bottomMargin)
    let count = rows.count == 1 ? "1 dataset" : "\(NumberFormat.grouped(rows.count)) datasets"
    try OverviewHeader.lay(
      title: title, detail: "\(count), largest effect of length first · columns read down, then right",
      right: Self.width - PlotPage.margin, baseline: Self.titleBaseline, into: &sketch)
    try layLegend(into: &sketch)
    for (index, row) in rows.enumerated() {
      let left = PlotPage.margin + Self.columnWidth * (index / rowsPerColumn)
      if index % rowsPerColumn == 0 {
        let inColumn = min(rowsPerColumn, rows.count - index)
        try layFrame(left: left, bottom: Self.firstRow + Self.rowHeight * inColumn, into: &sketch)
      }
      try lay(row, left: left, top: Self.firstRow + Self.rowHeight * (index % rowsPerColumn), into: &sketch)
    }
  }
}

extension ContrastMap {
  private static let nameWidth = 112
  private static let plotOffset = 124
  private static let plotWidth = 190
  /// Where the bar of *d* begins, which goes to both sides, and how far to each.
  private static let effectOffset = 412
  private static let effectWidth = 60
  private static let effectHeight = 10
  private static let widestEffect = 2.0
  /// The sizes that are called small, medium and large.
  private static let namedEffects = [0.2, 0.5, 0.8]
  private static let cutWidth = 2
  private static let numberOffset = 508
  private static let probabilityOffset = 564
  private static let textOffset = 14
  private static let stripOffsets = [6, 14]
  private static let axisBaseline = 104
  private static let tickTop = 108
  private static let legendBaseline = 66
  private static let effectLegendBaseline = 82
  private static let swatch = 10
  private static let widestLabel = 240

  private func axis(left: Int) -> LengthAxis {
    LengthAxis(
      domain: scales.domain, left: left + Self.plotOffset, width: Self.plotWidth, slotDistance: (3, 3),
      closestLabels: 40)
  }

  /// The column of pixels of an effect, at most at an end of the bar.
  private static func x(_ effect: Double, middle: Int) -> Int {
    middle + Int((Double(effectWidth) * min(max(effect / widestEffect, -1), 1)).rounded())
  }

  /// Lays the grid and the axes of one column.
  private func layFrame(left: Int, bottom: Int, into sketch: inout PlotSketch) throws(FileError) {
    let axis = axis(left: left)
    try OverviewAxis.lay(axis, labels: Self.axisBaseline, ticks: Self.tickTop, into: &sketch)
    for octave in axis.gridOctaves {
      sketch.vertical(x: axis.x(octave: octave), from: Self.firstRow, to: bottom, .grid)
    }
    let middle = left + Self.effectOffset
    for size in Self.namedEffects.flatMap({ [-$0, $0] }) {
      let x = Self.x(size, middle: middle)
      sketch.vertical(x: x, from: Self.tickTop, to: Self.firstRow, .rule)
      sketch.vertical(x: x, from: Self.firstRow, to: bottom, .grid)
    }
    sketch.vertical(x: middle, from: Self.tickTop, to: bottom, .rule)
    for (effect, text) in [(-Self.widestEffect, "−2"), (-0.8, "−0.8"), (0, "0"), (0.8, "0.8"), (Self.widestEffect, "2")] {
      try sketch.text(
        text, .footer, .text, x: Self.x(effect, middle: middle), baseline: Self.axisBaseline, .center)
    }
    for (name, offset) in [("d", Self.numberOffset), ("P(longer)", Self.probabilityOffset)] {
      try sketch.text(name, .footer, .text, x: left + offset, baseline: Self.axisBaseline, .right)
    }
  }

  private func lay(_ row: Row, left: Int, top: Int, into sketch: inout PlotSketch) throws(FileError) {
    let name = try sketch.fonts.fitted(
      row.profile.title, style: .footer, smallest: TextStyle.footer.size, maximum: Self.nameWidth)
    try sketch.text(name, .ink, x: left, baseline: top + Self.textOffset)
    let axis = axis(left: left)
    for (index, lengths) in [row.contrast.first, row.contrast.second].enumerated() {
      LengthStrip(
        axis: axis, lengths: lengths, color: PlotPalette.models[index], barHalf: 2, medianHalf: 3, hasDot: false
      )
      .lay(middle: top + Self.stripOffsets[index], into: &sketch)
    }
    layEffect(
      row.effect, middle: left + Self.effectOffset, top: top + Self.rowHeight / 2 - Self.effectHeight / 2, into: &sketch)
    let numbers = [
      (NumberFormat.signed(row.effect), Self.numberOffset),
      (NumberFormat.hundredths(row.contrast.probabilityLonger), Self.probabilityOffset),
    ]
    for (text, offset) in numbers {
      try sketch.text(text, .footer, .ink, x: left + offset, baseline: top + Self.textOffset, .right)
    }
  }

  /// Lays a bar to the right in the first label's color if that one is longer, else to the left in the second's; one
  /// that is longer than its axis has a gap before its end.
  private func layEffect(_ effect: Double?, middle: Int, top: Int, into sketch: inout PlotSketch) {
    guard let effect else { return }
    let isFirst = effect > 0
    let end = Self.x(effect, middle: middle)
    sketch.fill(
      PixelRect(
        left: isFirst ? middle + 1 : end, top: top, right: isFirst ? end : middle, bottom: top + Self.effectHeight),
      PlotPalette.models[isFirst ? 0 : 1])
    guard effect.magnitude > Self.widestEffect else { return }
    let cut = isFirst ? end - 3 * Self.cutWidth : end + 2 * Self.cutWidth
    sketch.fill(PixelRect(x: cut, y: top, width: Self.cutWidth, height: Self.effectHeight), .white)
  }

  private func layLegend(into sketch: inout PlotSketch) throws(FileError) {
    var x = PlotPage.margin
    for (index, label) in [first, second].enumerated() {
      let top = Self.legendBaseline - Self.swatch + 1
      sketch.fill(PixelRect(x: x, y: top, width: Self.swatch, height: Self.swatch), PlotPalette.models[index])
      let name = try sketch.fonts.fitted(label, style: .boldLabel, smallest: 10, maximum: Self.widestLabel)
      x = try sketch.text(name, .ink, x: x + Self.swatch + 5, baseline: Self.legendBaseline).right + 16
    }
    try sketch.text(
      "tokens per conversation, log scale: line p5 to p95, bar p25 to p75, black mark median", .label, .text, x: x,
      baseline: Self.legendBaseline)
    let names = try [first, second].map { (label) throws(FileError) in
      try sketch.fonts.fitted(label, style: .label, smallest: 10, maximum: Self.widestLabel / 2).text
    }
    let explanation = try sketch.fonts.fitted(
      "right: Cohen’s d, positive where \(names[0]) is longer, lines at 0.2 (small), 0.5 (medium), 0.8 (large) · "
        + "P(longer): the share of all pairs whose \(names[0]) is longer (0.50: length tells nothing)", style: .label,
      smallest: TextStyle.footer.size, maximum: Self.width - 2 * PlotPage.margin)
    try sketch.text(explanation, .text, x: PlotPage.margin, baseline: Self.effectLegendBaseline)
  }
}
