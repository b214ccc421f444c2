import Support
import TokenStatistics

/// The original's plot: total tokens and conversations of every score as bars.
enum LegacyPlot {
  static func lay(_ profile: DatasetProfile, into sketch: inout PlotSketch) throws(FileError) {
    sketch.begin(width: PlotPage.width, height: PlotPage.height)
    let title = try sketch.fonts.fitted(
      profile.dataset, style: .model, smallest: TextStyle.smallestModel, maximum: PlotPage.width - 2 * PlotPage.margin
    )
    try sketch.text(title, .ink, x: PlotPage.width / 2, baseline: 30, .center)
    let tallies = profile.orderedScores.compactMap { score in profile.scores[score].map { (score.key, $0) } }
    try LegacyPanel(
      title: "Total tokens", color: PlotPalette.legacyTokens, top: 64,
      bars: tallies.map { LegacyPanel.Bar(name: $0.0, value: $0.1.tokens) }
    ).lay(into: &sketch)
    try LegacyPanel(
      title: "Conversations", color: PlotPalette.legacyConversations, top: 448,
      bars: tallies.map { LegacyPanel.Bar(name: $0.0, value: $0.1.conversations) }
    ).lay(into: &sketch)
  }
}

/// One of the original's two bar charts.
struct LegacyPanel {
  struct Bar {
    let name: String
    let value: Int
  }

  let title: String
  let color: PlotColor
  /// The row of the title; everything else hangs below it.
  let top: Int
  let bars: [Bar]

  private static let left = 116
  private static let right = PlotPage.right
  private static let plotOffset = 30
  private static let plotHeight = 270

  private var plotTop: Int { top + Self.plotOffset }
  private var plotBottom: Int { plotTop + Self.plotHeight }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    try sketch.text(title, .heading, .ink, x: PlotPage.margin, baseline: top)
    let step = Self.gridStep(for: bars.map(\.value).max() ?? 0)
    let maximum = max(step, ((bars.map(\.value).max() ?? 0) + step - 1) / step * step)
    for value in stride(from: 0, through: maximum, by: step) {
      let row = y(value, maximum: maximum)
      if value > 0 { sketch.horizontal(y: row, from: Self.left, to: Self.right, .grid) }
      try sketch.text(
        NumberFormat.grouped(value), .label, .text, x: Self.left - 8, baseline: row + LengthPanel.textMiddle, .right)
    }
    try layBars(maximum: maximum, into: &sketch)
    sketch.horizontal(y: plotBottom, from: Self.left, to: Self.right, .text)
    try sketch.text("Score", .label, .text, x: (Self.left + Self.right) / 2, baseline: plotBottom + 36, .center)
  }

  private func layBars(maximum: Int, into sketch: inout PlotSketch) throws(FileError) {
    let slot = Double(Self.right - Self.left) / Double(max(bars.count, 1))
    var placed: [(bar: Bar, frame: PixelRect)] = []
    for (index, bar) in bars.enumerated() {
      let left = Self.left + Int((slot * (Double(index) + 0.1)).rounded())
      let right = max(left + 1, Self.left + Int((slot * (Double(index) + 0.9)).rounded()))
      let frame = PixelRect(left: left, top: y(bar.value, maximum: maximum), right: right, bottom: plotBottom)
      sketch.fill(frame, color)
      placed.append((bar, frame))
    }
    try layNames(placed.map { ($0.bar.name, ($0.frame.left + $0.frame.right) / 2) }, into: &sketch)
    try layValues(placed, into: &sketch)
  }

  /// Writes the values above their bars, the highest first; if bars are close together, low ones have none.
  private func layValues(
    _ placed: [(bar: Bar, frame: PixelRect)], into sketch: inout PlotSketch
  ) throws(FileError) {
    var taken = placed.map(\.frame)
    let order = placed.indices.sorted { left, right in
      let (a, b) = (placed[left].bar.value, placed[right].bar.value)
      return a == b ? left < right : a > b
    }
    for index in order {
      let bar = placed[index].frame
      let text = NumberFormat.grouped(placed[index].bar.value)
      let width = try sketch.width(of: text, .label)
      let left = min(max((bar.left + bar.right - width) / 2, Self.left), Self.right - width)
      let baseline = bar.top - 4
      let frame = PixelRect(left: left - 2, top: baseline - 10, right: left + width + 2, bottom: bar.top)
      guard !taken.contains(where: { $0.intersects(frame) }) else { continue }
      taken.append(frame)
      try sketch.textOnWhite(text, .label, .ink, x: left, baseline: baseline, .left)
    }
  }

  /// Writes the scores under the bars: the first and the last, and between them those that keep their distance.
  private func layNames(_ names: [(text: String, middle: Int)], into sketch: inout PlotSketch) throws(FileError) {
    var taken: [PixelRect] = []
    for index in [0, names.count - 1] + Array(names.indices.dropFirst().dropLast()) where names.indices.contains(index)
    {
      let width = try sketch.width(of: names[index].text, .label)
      let left = min(names[index].middle - width / 2, Self.right - width)
      let frame = PixelRect(left: left - 3, top: 0, right: left + width + 3, bottom: 1)
      guard !taken.contains(where: { $0.intersects(frame) }) else { continue }
      taken.append(frame)
      try sketch.text(names[index].text, .label, .text, x: left, baseline: plotBottom + 18)
    }
  }

  private func y(_ value: Int, maximum: Int) -> Int {
    plotBottom - Int((Double(Self.plotHeight) * Double(value) / Double(max(maximum, 1))).rounded())
  }

  /// A round step that divides `maximum` into four to eight parts.
  static func gridStep(for maximum: Int) -> Int {
    var unit = 1
    while true {
      for factor in [1, 2, 5] where maximum <= 8 * unit * factor { return unit * factor }
      let (next, overflow) = unit.multipliedReportingOverflow(by: 10)
      if overflow { return unit }
      unit = next
    }
  }
}
