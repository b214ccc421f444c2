import Support
import TokenStatistics

/// The tokens of a dataset by role, which stand in the place of scores where there are none.
struct RolePanel {
  let page: PlotPage

  private static let headingBaseline = 132
  private static let barLeft = 904
  private static let barRight = 1_064
  private static let shareEnd = 1_112
  private static let widestStep = 36
  private static let barMargin = 4

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    guard !page.lengths.isEmpty else { return }
    let roles = page.profile.roles
    _ = try LengthPanel.layHeading(
      "Tokens by role", detail: "no scores in this dataset", x: ScorePanel.left,
      baseline: Self.headingBaseline, into: &sketch)
    let shown = roles.shown
    let step = min(Self.widestStep, (page.frame.bottom - PlotFrame.top) / max(shown.count, 1))
    for (index, (name, tokens)) in shown.enumerated() {
      let top = PlotFrame.top + step * index
      let baseline = top + step / 2 + LengthPanel.textMiddle
      try sketch.text(name, .table, .ink, x: ScorePanel.left, baseline: baseline)
      let width = Int((Double(Self.barRight - Self.barLeft) * Double(tokens) / Double(roles.total)).rounded())
      sketch.fill(
        PixelRect(
          left: Self.barLeft, top: top + Self.barMargin, right: Self.barLeft + max(width, 1),
          bottom: top + step - Self.barMargin), PlotPalette.plain)
      try sketch.text(
        NumberFormat.share(tokens, of: roles.total), .table, .ink, x: Self.shareEnd, baseline: baseline, .right)
      let digits = try sketch.fonts.digits(
        of: tokens, style: .table, maximum: PlotPage.right - Self.shareEnd - Self.barMargin)
      try sketch.text(digits, .table, .text, x: PlotPage.right, baseline: baseline, .right)
    }
    sketch.vertical(x: Self.barLeft - 1, from: PlotFrame.top, to: PlotFrame.top + step * shown.count, .text)
  }
}

extension TokensByKind {
  /// The kinds that occur with the names that plots give them: what the template writes itself is called so.
  var shown: [(name: String, tokens: Int)] {
    Self.kinds.compactMap { key, path in
      self[keyPath: path] > 0 ? (key == "overhead" ? "template" : key, self[keyPath: path]) : nil
    }
  }
}
