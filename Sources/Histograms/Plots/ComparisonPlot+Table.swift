import Support
import TokenStatistics

extension ComparisonPlot {
  private static let headingBaseline = 528
  private static let top = 540
  private static let rowHeight = 42
  private static let nameX = 40
  private static let nameOffset = 17
  private static let widestName = 340
  private static let middleOffset = 28
  private static let columns = [846, 900, 954, 1_014, 1_092, PlotPage.right]

  /// Lays a line for every row: its name, a strip of its lengths and its numbers.
  func layTable(into sketch: inout PlotSketch) throws(FileError) {
    _ = try LengthPanel.layHeading(
      "Length by \(rowKind)", detail: LengthStrip.explanation, x: PlotPage.margin, baseline: Self.headingBaseline,
      into: &sketch)
    for (heading, x) in zip(["median", "p95", "p99", "longest", "tokens", ratioHeading], Self.columns) {
      try sketch.text(heading, .label, .text, x: x, baseline: Self.headingBaseline, .right)
    }
    let bottom = Self.top + Self.rowHeight * profiles.count
    for octave in axis.gridOctaves {
      sketch.vertical(x: axis.x(octave: octave), from: Self.top + 1, to: bottom, .grid)
    }
    for line in 0...profiles.count {
      sketch.horizontal(
        y: Self.top + Self.rowHeight * line, from: PlotPage.margin, to: PlotPage.right, line == 0 ? .rule : .grid)
    }
    for index in profiles.indices {
      try layRow(index, top: Self.top + Self.rowHeight * index, into: &sketch)
    }
  }

  private func layRow(_ index: Int, top: Int, into sketch: inout PlotSketch) throws(FileError) {
    let lengths = lengths[index]
    let color = PlotPalette.models[index]
    let middle = top + Self.middleOffset
    LengthStrip(axis: axis, lengths: lengths, color: color, barHalf: 7, medianHalf: 10)
      .lay(middle: middle, into: &sketch)
    sketch.fill(PixelRect(x: PlotPage.margin, y: top + 8, width: 10, height: 10), color)
    let name = try sketch.fonts.fitted(
      names[index], style: .label, smallest: 10, maximum: Self.widestName)
    try sketch.textOnWhite(name.text, name.style, .ink, x: Self.nameX, baseline: top + Self.nameOffset, .left)
    let cells = [
      NumberFormat.length(lengths.percentile(50)),
      NumberFormat.length(lengths.shownPercentile95),
      NumberFormat.length(lengths.shownPercentile99),
      NumberFormat.length(lengths.maximum),
      NumberFormat.short(lengths.total),
      ratio(of: lengths),
    ]
    for (text, x) in zip(cells, Self.columns) {
      try sketch.text(
        text, .table, lengths.isEmpty ? .emptyRow : .ink, x: x, baseline: middle + LengthPanel.textMiddle, .right)
    }
  }

  private var rowKind: String {
    switch comparison.basis {
    case .answers: "model"
    case .identicalText: "tokenizer"
    case .labels: "label"
    }
  }

  private var ratioHeading: String { comparison.basis == .identicalText ? "token ratio" : "median ratio" }

  /// The ratio to the reference: of medians, on identical text of all tokens.
  private func ratio(of lengths: LengthDistribution) -> String {
    let (part, whole) =
      switch comparison.basis {
      case .answers, .labels: (lengths.percentile(50) ?? 0, reference.percentile(50) ?? 0)
      case .identicalText: (lengths.total, reference.total)
      }
    guard part > 0, whole > 0 else { return NumberFormat.missing }
    let hundredths = (Double(part) / Double(whole) * 100).rounded()
    guard hundredths < 1_000_000 else { return "×>10,000" }
    return "×" + NumberFormat.decimal(Int(hundredths), decimals: 2)
  }
}
