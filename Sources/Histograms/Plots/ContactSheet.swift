import Support
import TokenStatistics

/// A sheet of small histograms, one for each dataset.
struct ContactSheet {
  let title: String
  let profiles: [DatasetProfile]
  let scales: PlotScales

  private static let cellWidth = 192
  private static let cellHeight = 112
  private static let firstRow = 80
  private static let bottomMargin = 36
  private static let histogramWidth = 160
  private static let histogramHeight = 64
  private static let contentWidth = 168
  private static let nameOffset = 16
  private static let detailOffset = 29
  private static let baseOffset = 102
  private static let ruleRow = 74
  private static let titleBaseline = 40
  private static let legendBaseline = 64
  private static let swatch = 10

  /// The sheet of `profiles` by model, type and name.
  init(title: String, profiles: [DatasetProfile], scales: PlotScales) {
    self.title = title
    self.profiles = profiles.sorted { left, right in
      (left.model, left.kind.rawValue, left.title) < (right.model, right.kind.rawValue, right.title)
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
      try layCell(
        profile, left: PlotPage.margin + Self.cellWidth * (index % columns),
        top: Self.firstRow + Self.cellHeight * (index / columns), bins: bins, into: &sketch)
    }
  }

  private func layHeader(into sketch: inout PlotSketch) throws(FileError) {
    let domain = scales.domain
    let count = profiles.count == 1 ? "1 dataset" : "\(NumberFormat.grouped(profiles.count)) datasets"
    let detail =
      "\(count), by model, type and name · length \(NumberFormat.length(domain.lower)) to "
      + "\(NumberFormat.length(domain.upper)) tokens (log) · height 0 to \(scales.lengthMaximum) % of conversations"
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
      try entry("none", .rule, sketch: &sketch)
      x += 24
    }
    sketch.vertical(x: x, from: top, to: Self.legendBaseline + 1, .ink)
    try sketch.text("median", .label, .text, x: x + 6, baseline: Self.legendBaseline)
  }

  private func layCell(
    _ profile: DatasetProfile, left: Int, top: Int, bins: LengthBins, into sketch: inout PlotSketch
  ) throws(FileError) {
    let groups = ScoreGroup.groups(of: profile)
    let lengths = groups.reduce(into: LengthDistribution()) { $0.merge($1.lengths) }
    let median = lengths.percentile(50)
    let number = try sketch.text(
      NumberFormat.length(median), .label, .ink, x: left + Self.contentWidth, baseline: top + Self.nameOffset, .right)
    let name = try sketch.fonts.fitted(
      profile.title, style: .boldLabel, smallest: 10, maximum: number.left - 8 - left)
    try sketch.text(name, .ink, x: left, baseline: top + Self.nameOffset)
    let p95 = NumberFormat.length(lengths.shownPercentile95)
    let detail = try sketch.fonts.fitted(
      isMixed
        ? "\(profile.model) · \(profile.kind.rawValue)" : "\(NumberFormat.length(lengths.count)) conv. · p95 \(p95)",
      style: .footer, smallest: 10, maximum: Self.contentWidth)
    try sketch.text(detail, .text, x: left, baseline: top + Self.detailOffset)
    SmallHistogram(
      groups: groups, bins: bins, maximum: scales.lengthMaximum,
      axis: LengthAxis(
        domain: scales.domain, left: left, width: Self.histogramWidth, slotDistance: SmallHistogram.slotDistance),
      height: Self.histogramHeight
    ).lay(base: top + Self.baseOffset, median: median, into: &sketch)
  }
}

/// The first line of a plot of many datasets: a bold title and a detail at the right.
enum OverviewHeader {
  private static let gap = 24
  private static let smallestTitle = 12

  static func lay(
    title: String, detail: String, right: Int, baseline: Int, into sketch: inout PlotSketch
  ) throws(FileError) {
    let room = right - PlotPage.margin
    let text = try sketch.fonts.fitted(detail, style: .label, smallest: 10, maximum: room * 2 / 3)
    let name = try sketch.fonts.fitted(
      title, style: .sheetTitle, smallest: smallestTitle, maximum: room - text.width - gap)
    try sketch.text(name, .ink, x: PlotPage.margin, baseline: baseline)
    try sketch.text(text, .text, x: right, baseline: baseline, .right)
  }
}

/// The length axis above a column of small plots.
enum OverviewAxis {
  private static let tickHeight = 4
  private static let labelGap = 2

  /// Lays ticks at every octave, labeled where there is room, the last one always.
  static func lay(
    _ axis: LengthAxis, labels baseline: Int, ticks top: Int, into sketch: inout PlotSketch
  ) throws(FileError) {
    let domain = axis.domain
    for octave in domain.lowerOctave...domain.upperOctave {
      sketch.vertical(x: axis.x(octave: octave), from: top, to: top + tickHeight, .rule)
    }
    let last = try sketch.text(
      NumberFormat.length(domain.upper), .footer, .text, x: axis.right, baseline: baseline, .center)
    var end = Int.min
    for octave in axis.gridOctaves where octave != domain.upperOctave {
      let text = NumberFormat.length(1 << octave)
      let x = axis.x(octave: octave)
      let half = try (sketch.width(of: text, .footer) + 1) / 2
      guard x - half > end, x + half + labelGap <= last.left else { continue }
      end = try sketch.text(text, .footer, .text, x: x, baseline: baseline, .center).right + labelGap
    }
  }
}
