import Support
import TokenStatistics

/// One line for each dataset, largest effect first: the lengths of two labels, one strip above the other, and Cohen's
/// *d*.
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

  private static let columnCount = 3
  private static let columnWidth = 384
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
  private static let nameWidth = 104
  private static let plotOffset = 112
  private static let plotWidth = 160
  private static let effectOffset = 304
  private static let effectWidth = 24
  private static let effectHeight = 10
  private static let widestEffect = 2.0
  private static let numberOffset = 368
  private static let textOffset = 14
  private static let stripOffsets = [6, 14]
  private static let axisBaseline = 104
  private static let tickTop = 108
  private static let legendBaseline = 66
  private static let effectLegendBaseline = 82
  private static let swatch = 10
  private static let widestLabel = 240

  private func axis(left: Int) -> LengthAxis {
    LengthAxis(domain: scales.domain, left: left + Self.plotOffset, width: Self.plotWidth, slotDistance: (3, 3))
  }

  /// Lays the grid and the axes of one column.
  private func layFrame(left: Int, bottom: Int, into sketch: inout PlotSketch) throws(FileError) {
    let axis = axis(left: left)
    try OverviewAxis.lay(axis, labels: Self.axisBaseline, ticks: Self.tickTop, into: &sketch)
    for octave in axis.gridOctaves {
      sketch.vertical(x: axis.x(octave: octave), from: Self.firstRow, to: bottom, .grid)
    }
    let middle = left + Self.effectOffset
    try sketch.text("d", .footer, .text, x: middle, baseline: Self.axisBaseline, .center)
    sketch.vertical(x: middle, from: Self.tickTop, to: bottom, .rule)
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
      row.effect, x: left + Self.effectOffset, top: top + Self.rowHeight / 2 - Self.effectHeight / 2, into: &sketch)
    try sketch.text(
      NumberFormat.signed(row.effect), .footer, .ink, x: left + Self.numberOffset, baseline: top + Self.textOffset,
      .right)
  }

  /// Lays a bar to the right in the first label's color if that one is longer, else to the left in the second's.
  private func layEffect(_ effect: Double?, x: Int, top: Int, into sketch: inout PlotSketch) {
    guard let effect else { return }
    let size = min(effect.magnitude / Self.widestEffect, 1)
    let width = Int((Double(Self.effectWidth) * size).rounded())
    let isFirst = effect > 0
    sketch.fill(
      PixelRect(x: isFirst ? x + 1 : x - width, y: top, width: width, height: Self.effectHeight),
      PlotPalette.models[isFirst ? 0 : 1])
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
    try sketch.text(
      "right: Cohen’s d, bar to ±2; positive where \(names[0]) is longer, negative where \(names[1]) is "
        + "(0.2 small, 0.5 medium, 0.8 large)", .label, .text, x: PlotPage.margin, baseline: Self.effectLegendBaseline)
  }
}
