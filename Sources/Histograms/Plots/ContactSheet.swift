import Support
import TokenStatistics

/// A sheet of small histograms, one for each dataset.
struct ContactSheet {
  let title: String
  let profiles: [DatasetProfile]
  let scales: PlotScales

  private static let cellWidth = 192
  private static let cellHeight = 120
  private static let firstRow = 80
  /// Below the last row: the axes, and white.
  private static let bottomMargin = 36
  private static let histogramWidth = 160
  private static let histogramHeight = 64
  private static let contentWidth = 168
  private static let nameOffset = 16
  private static let detailOffset = 29
  private static let baseOffset = 104
  private static let tickOffset = 8
  private static let axisLabelOffset = 22
  private static let closestLabels = 36
  /// Left of the bars of what is shorter than the axis.
  private static let percentX = 18
  private static let ruleRow = 74
  private static let titleBaseline = 40
  private static let legendBaseline = 64
  private static let swatch = 10

  /// The sheet of `profiles` by model, type and name.
  init(title: String, profiles: [DatasetProfile], scales: PlotScales) {
    self.title = title
    self.profiles = profiles.sorted { left, right in
      (left.model, left.kind.rawValue, left.name) < (right.model, right.kind.rawValue, right.name)
    }
    self.scales = scales
  }

  private var columns: Int { profiles.count > 120 ? 8 : 6 }
  private var width: Int { 2 * PlotPage.margin + Self.cellWidth * columns }

  /// Whether the datasets have different models or types, so that every cell has to say which.
  private var isMixed: Bool {
    Set(profiles.map { "\($0.kind.rawValue) \($0.model)" }).count > 1
  }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    let rows = (profiles.count + columns - 1) / columns
    sketch.begin(width: width, height: Self.firstRow + Self.cellHeight * rows + Self.bottomMargin)
    try layHeader(into: &sketch)
    let bins = LengthBins(scales.domain)
    for (index, profile) in profiles.enumerated() {
      let left = PlotPage.margin + Self.cellWidth * (index % columns)
      let top = Self.firstRow + Self.cellHeight * (index / columns)
      try layCell(profile, left: left, top: top, bins: bins, into: &sketch)
      if index % columns == 0 { try layPercentages(base: top + Self.baseOffset, into: &sketch) }
      // The last cell of each column carries the column's axis.
      if index + columns >= profiles.count {
        try OverviewAxis.lay(
          axis(left: left), labels: top + Self.baseOffset + Self.axisLabelOffset,
          ticks: top + Self.baseOffset + Self.tickOffset, into: &sketch)
      }
    }
  }

  private func axis(left: Int) -> LengthAxis {
    LengthAxis(
      domain: scales.domain, left: left, width: Self.histogramWidth, slotDistance: SmallHistogram.slotDistance,
      closestLabels: Self.closestLabels)
  }

  /// Lays the ends of the axis of the heights left of a row.
  private func layPercentages(base: Int, into sketch: inout PlotSketch) throws(FileError) {
    for (percent, row) in [(0, base), (scales.lengthMaximum, base - Self.histogramHeight)] {
      try sketch.text(
        "\(percent)", .footer, .text, x: Self.percentX, baseline: row + LengthPanel.textMiddle, .right)
    }
  }

  private func layHeader(into sketch: inout PlotSketch) throws(FileError) {
    let domain = scales.domain
    let count = profiles.count == 1 ? "1 dataset" : "\(NumberFormat.grouped(profiles.count)) datasets"
    let detail =
      "\(count), by model, type and name · length \(NumberFormat.length(domain.lower)) to "
      + "\(NumberFormat.length(domain.upper)) tokens (log) · height 0 to \(scales.lengthMaximum) % of conversations per "
      + "⅛ octave"
    try OverviewHeader.lay(
      title: title, detail: detail, right: width - PlotPage.margin, baseline: Self.titleBaseline, into: &sketch)
    try layLegend(into: &sketch)
    sketch.horizontal(y: Self.ruleRow, from: PlotPage.margin, to: width - PlotPage.margin, .rule)
  }

  private func layLegend(into sketch: inout PlotSketch) throws(FileError) {
    var x = PlotPage.margin
    let top = Self.legendBaseline - Self.swatch + 1
    func entry(_ name: String, _ color: PlotColor, sketch: inout PlotSketch) throws(FileError) {
      sketch.fill(PixelRect(x: x, y: top, width: Self.swatch, height: Self.swatch), color)
      x = try sketch.text(name, .label, .text, x: x + Self.swatch + 4, baseline: Self.legendBaseline).right + 10
    }
    let scales = profiles.scoreScales
    for (kind, scale) in scales {
      x = try sketch.text(kind.rawValue, .boldLabel, .ink, x: x, baseline: Self.legendBaseline).right + 8
      for (band, color) in zip(scale.bands, PlotPalette.scores(of: scale)).reversed() {
        try entry(band.title(), color, sketch: &sketch)
      }
      x += 14
    }
    if !scales.isEmpty {
      x -= 14
      try entry("none", .unscored, sketch: &sketch)
      x += 24
    }
    for tick in [top - 1, Self.legendBaseline - 2] {
      sketch.fill(PixelRect(x: x, y: tick, width: 2, height: 4), .ink)
    }
    x = try sketch.text("median", .label, .text, x: x + 7, baseline: Self.legendBaseline).right + 24
    try sketch.text("beside the ends: less and more", .label, .text, x: x, baseline: Self.legendBaseline)
  }

  private func layCell(
    _ profile: DatasetProfile, left: Int, top: Int, bins: LengthBins, into sketch: inout PlotSketch
  ) throws(FileError) {
    let groups = LengthGroup.groups(of: profile)
    let lengths = LengthDistribution(merging: groups.map(\.lengths))
    let median = lengths.percentile(50)
    let medianText = "median \(NumberFormat.length(median))"
    let number = try sketch.text(
      isMixed ? medianText : "\(NumberFormat.length(lengths.count)) conv.", .footer, .text,
      x: left + Self.contentWidth, baseline: top + Self.nameOffset, .right)
    let name = try sketch.fonts.fitted(
      profile.title, style: .boldLabel, smallest: 10, maximum: number.left - 8 - left)
    try sketch.text(name, .ink, x: left, baseline: top + Self.nameOffset)
    let p95 = NumberFormat.length(lengths.shownPercentile95)
    let detail = try sketch.fonts.fitted(
      isMixed ? "\(profile.model) · \(profile.kind.rawValue)" : "\(medianText) · p95 \(p95)",
      style: .footer, smallest: 10, maximum: Self.contentWidth)
    try sketch.text(detail, .text, x: left, baseline: top + Self.detailOffset)
    let base = top + Self.baseOffset
    let axis = axis(left: left)
    for octave in axis.gridOctaves {
      sketch.vertical(x: axis.x(octave: octave), from: base - Self.histogramHeight, to: base, .grid)
    }
    let histogram = SmallHistogram(
      groups: groups, bins: bins, maximum: scales.lengthMaximum, axis: axis, height: Self.histogramHeight)
    histogram.lay(base: base, into: &sketch)
    if let median { histogram.layMedian(median, base: base, below: true, into: &sketch) }
  }
}
