import Support
import TokenStatistics

extension ComparisonPlot {
  /// A number of every row of the page about one part of the texts.
  private struct Part {
    let name: String
    let values: [Double?]
    let texts: [String]
  }

  private static let headingBaseline = 106
  private static let top = 124
  private static let bottom = 458
  private static let groupGap = 10
  private static let highestRow = 24
  private static let lowestRow = 12
  private static let nameWidth = 72
  private static let barLeft = 900
  private static let barRight = 1_126
  private static let swatch = 10
  private static let swatchGap = 5
  private static let legendTop = 476
  private static let legendStep = 16
  private static let legendGap = 14

  /// Whether no row has scores, and the tokens of all rows are known by role.
  var hasRolesOnly: Bool {
    zip(profiles, groups).allSatisfy { profile, groups in
      profile.roles.total > 0 && (profile.scoreScale == nil || groups.allSatisfy(\.isUnscored))
    }
  }

  /// Lays a bar of bytes per token for every part and row, from zero, and the key of the colors.
  func layDensities(into sketch: inout PlotSketch) throws(FileError) {
    _ = try LengthPanel.layHeading(
      "Bytes per token", detail: "longer bars: fewer tokens", x: ScorePanel.left,
      baseline: Self.headingBaseline, into: &sketch)
    let start = (page - 1) * Self.mostRows
    let parts = comparison.densities.map { density in
      let values = profiles.indices.map { density.bytesPerToken[start + $0] }
      return Part(name: density.name, values: values, texts: values.map { NumberFormat.hundredths($0) })
    }
    try lay(parts, greatest: comparison.densities.flatMap(\.bytesPerToken).compactMap { $0 }.max(), into: &sketch)
  }

  /// Lays a bar of the share of tokens for every role and row.
  func layRoles(into sketch: inout PlotSketch) throws(FileError) {
    _ = try LengthPanel.layHeading(
      "Tokens by role", detail: "% of tokens; no scores in these datasets", x: ScorePanel.left,
      baseline: Self.headingBaseline, into: &sketch)
    let roles = profiles.map(\.roles)
    let all = roles.reduce(into: TokensByKind()) { $0 += $1 }
    let parts = all.shown.map { name, _ in
      let tokens = roles.map { $0.shown.first { $0.name == name }?.tokens ?? 0 }
      return Part(
        name: name, values: zip(tokens, roles).map { Double($0) / Double($1.total) },
        texts: zip(tokens, roles).map { NumberFormat.share($0, of: $1.total) })
    }
    try lay(parts, greatest: 1, into: &sketch)
  }

  /// Lays the parts that have room, the first ones, each with a bar a row.
  private func lay(_ all: [Part], greatest: Double?, into sketch: inout PlotSketch) throws(FileError) {
    let height = Self.lowestRow * max(profiles.count, 1) + Self.groupGap
    let parts = all.prefix((Self.bottom - Self.top + Self.groupGap) / height)
    guard !parts.isEmpty else { return }
    let unit = greatest.map { $0 > 0 ? Double(Self.barRight - Self.barLeft) / $0 : 0 } ?? 0
    let room = (Self.bottom - Self.top + Self.groupGap) / parts.count - Self.groupGap
    let step = min(max(room / max(profiles.count, 1), Self.lowestRow), Self.highestRow)
    var top = Self.top
    for part in parts {
      let name = try sketch.fonts.fitted(part.name, style: .table, smallest: 10, maximum: Self.nameWidth)
      try sketch.text(
        name, .ink, x: ScorePanel.left, baseline: top + step * profiles.count / 2 + LengthPanel.textMiddle)
      for index in profiles.indices {
        let width = Int(((part.values[index] ?? 0) * unit).rounded())
        let bar = PixelRect(x: Self.barLeft, y: top + 1, width: width, height: step - 2)
        sketch.fill(bar, PlotPalette.models[index])
        try sketch.text(
          part.texts[index], .label, .ink, x: bar.right + 6,
          baseline: (bar.top + bar.bottom) / 2 + LengthPanel.textMiddle)
        top += step
      }
      sketch.vertical(x: Self.barLeft - 1, from: top - step * profiles.count, to: top, .text)
      top += Self.groupGap
    }
    try layKey(into: &sketch)
  }

  /// Lays the rows' colors and names, as many a line as fit.
  private func layKey(into sketch: inout PlotSketch) throws(FileError) {
    var x = ScorePanel.left
    var top = Self.legendTop
    for (index, name) in names.enumerated() {
      let maximum = PlotPage.right - ScorePanel.left - Self.swatch - Self.swatchGap
      let text = try sketch.fonts.fitted(name, style: .label, smallest: 10, maximum: min(maximum, 160))
      if x > ScorePanel.left, x + Self.swatch + Self.swatchGap + text.width > PlotPage.right {
        x = ScorePanel.left
        top += Self.legendStep
      }
      sketch.fill(PixelRect(x: x, y: top, width: Self.swatch, height: Self.swatch), PlotPalette.models[index])
      x = try sketch.text(text, .text, x: x + Self.swatch + Self.swatchGap, baseline: top + Self.swatch - 1).right
      x += Self.legendGap
    }
  }
}
