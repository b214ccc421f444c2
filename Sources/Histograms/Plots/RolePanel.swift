import Support
import TokenStatistics

/// The tokens of a dataset by role, which stand in the place of scores where there are none.
struct RolePanel {
  let page: PlotPage

  private static let headingBaseline = 132
  private static let columnsBaseline = 163
  private static let highestStep = 120
  /// The least rows of a role that has its bar under its numbers, not beside them.
  private static let lowestTall = 44
  /// The columns of a bar beside its numbers.
  private static let bar = 904..<1_064
  private static let barMargin = 4
  /// The right ends of the numbers: tokens for each conversation (where bars are below), shares, tokens.
  private static let columns = (mean: 1_016, share: 1_084, tokens: PlotPage.right)
  private static let narrowShareEnd = 1_112
  /// In a tall role: where its line of text and its bar are from its top.
  private static let tall = (baseline: 12, barTop: 19, barGap: 10, highestBar: 44)

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    guard !page.lengths.isEmpty else { return }
    let roles = page.profile.roles
    _ = try LengthPanel.layHeading(
      "Tokens by role", detail: "no scores in this dataset", x: ScorePanel.left,
      baseline: Self.headingBaseline, into: &sketch)
    let shown = roles.shown
    let step = min(Self.highestStep, (page.frame.bottom - PlotFrame.top) / max(shown.count, 1))
    let isTall = step >= Self.lowestTall
    if isTall { try layColumns(into: &sketch) }
    for (index, (name, tokens)) in shown.enumerated() {
      let top = PlotFrame.top + step * index
      if isTall {
        try layTall(name, tokens, rows: top..<top + step, into: &sketch)
      } else {
        try layLow(name, tokens, rows: top..<top + step, into: &sketch)
      }
    }
    guard !isTall else { return }
    sketch.vertical(
      x: Self.bar.lowerBound - 1, from: PlotFrame.top, to: PlotFrame.top + step * shown.count, .text)
  }

  /// What the numbers over the bars are.
  private func layColumns(into sketch: inout PlotSketch) throws(FileError) {
    for (text, x) in [
      ("a conversation", Self.columns.mean), ("%", Self.columns.share), ("tokens", Self.columns.tokens),
    ] {
      try sketch.text(text, .label, .text, x: x, baseline: Self.columnsBaseline, .right)
    }
  }

  /// Lays a line of numbers over a bar as wide as the panel.
  private func layTall(
    _ name: String, _ tokens: Int, rows: Range<Int>, into sketch: inout PlotSketch
  ) throws(FileError) {
    let baseline = rows.lowerBound + Self.tall.baseline
    try sketch.text(name, .table, .ink, x: ScorePanel.left, baseline: baseline)
    let mean = NumberFormat.mean(Double(tokens) / Double(page.lengths.count))
    try sketch.text(mean, .table, .text, x: Self.columns.mean, baseline: baseline, .right)
    try sketch.text(share(tokens), .table, .ink, x: Self.columns.share, baseline: baseline, .right)
    try layDigits(tokens, after: Self.columns.share, baseline: baseline, into: &sketch)
    let top = rows.lowerBound + Self.tall.barTop
    let bottom = min(rows.upperBound - Self.tall.barGap, top + Self.tall.highestBar)
    layBar(tokens, columns: ScorePanel.left..<PlotPage.right, rows: top..<bottom, into: &sketch)
    sketch.vertical(x: ScorePanel.left - 1, from: top - 1, to: bottom + 1, .text)
  }

  /// Lays a bar between the name and the numbers.
  private func layLow(
    _ name: String, _ tokens: Int, rows: Range<Int>, into sketch: inout PlotSketch
  ) throws(FileError) {
    let baseline = (rows.lowerBound + rows.upperBound) / 2 + LengthPanel.textMiddle
    try sketch.text(name, .table, .ink, x: ScorePanel.left, baseline: baseline)
    layBar(
      tokens, columns: Self.bar, rows: rows.lowerBound + Self.barMargin..<rows.upperBound - Self.barMargin,
      into: &sketch)
    try sketch.text(share(tokens) + " %", .table, .ink, x: Self.narrowShareEnd, baseline: baseline, .right)
    try layDigits(tokens, after: Self.narrowShareEnd, baseline: baseline, into: &sketch)
  }

  private func share(_ tokens: Int) -> String { NumberFormat.percent(tokens, of: page.profile.roles.total) }

  private func layDigits(
    _ tokens: Int, after left: Int, baseline: Int, into sketch: inout PlotSketch
  ) throws(FileError) {
    let digits = try sketch.fonts.digits(
      of: tokens, style: .table, maximum: Self.columns.tokens - left - Self.barMargin)
    try sketch.text(digits, .text, x: Self.columns.tokens, baseline: baseline, .right)
  }

  private func layBar(_ tokens: Int, columns: Range<Int>, rows: Range<Int>, into sketch: inout PlotSketch) {
    let width = Int((Double(columns.count) * Double(tokens) / Double(page.profile.roles.total)).rounded())
    sketch.fill(
      PixelRect(
        left: columns.lowerBound, top: rows.lowerBound, right: columns.lowerBound + max(width, 1),
        bottom: rows.upperBound), PlotPalette.plain)
  }
}

extension TokensByKind {
  /// The kinds that occur, by the names that they have in the statistics.
  var shown: [(name: String, tokens: Int)] {
    Self.kinds.compactMap { key, path in self[keyPath: path] > 0 ? (key, self[keyPath: path]) : nil }
  }
}
