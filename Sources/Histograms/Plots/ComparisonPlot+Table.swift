import Support
import TokenStatistics

extension ComparisonPlot {
  private static let headingBaseline = 528
  private static let top = 540
  private static let rowHeight = 42
  private static let nameX = 40
  private static let nameEnd = 142
  private static let middleOffset = 21
  private static let columns = [818, 866, 914, 964, 1_028, 1_075, 1_118, PlotPage.right]
  private static let widestTokens = 62
  private static let widestLength = 45
  private static let headings = ["median", "p95", "p99", "longest", "tokens", "ratio", "d", "P(longer)"]

  /// Lays a line for every row: its name, a strip of its lengths and its numbers.
  func layTable(into sketch: inout PlotSketch) throws(FileError) {
    _ = try LengthPanel.layHeading(
      "Length by \(rowKind)", detail: LengthStrip.explanation, x: PlotPage.margin, baseline: Self.headingBaseline,
      into: &sketch)
    if hasMore {
      try sketch.text(
        "more", .label, .text, x: axis.x(length: axis.domain.upper), baseline: Self.headingBaseline, .center)
    }
    for (heading, x) in zip(Self.headings, Self.columns) {
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
    sketch.fill(PixelRect(x: PlotPage.margin, y: middle - 5, width: 10, height: 10), color)
    let name = try sketch.fonts.fitted(
      names[index], style: .label, smallest: 10, maximum: Self.nameEnd - Self.nameX)
    try sketch.text(name, .ink, x: Self.nameX, baseline: middle + LengthPanel.textMiddle)
    let contrast = LengthContrast(lengths, reference)
    let percentiles = [
      lengths.percentile(50), lengths.shownPercentile95, lengths.shownPercentile99, lengths.maximum,
    ]
    let cells = try percentiles.map { (length) throws(FileError) in
      try sketch.fonts.digits(of: length, style: .table, maximum: Self.widestLength)
    }
    let tokens = try sketch.fonts.digits(of: lengths.total, style: .table, maximum: Self.widestTokens)
    let others = [
      ratio(of: lengths), NumberFormat.signed(contrast.cohensD), NumberFormat.hundredths(contrast.probabilityLonger),
    ]
    let ink: PlotColor = lengths.isEmpty ? .emptyRow : .ink
    let baseline = middle + LengthPanel.textMiddle
    for (text, x) in zip(cells + [tokens], Self.columns) {
      try sketch.text(text, ink, x: x, baseline: baseline, .right)
    }
    for (text, x) in zip(others, Self.columns.dropFirst(cells.count + 1)) {
      try sketch.text(text, .table, ink, x: x, baseline: baseline, .right)
    }
  }

  private var rowKind: String {
    switch comparison.basis {
    case .answers: "model"
    case .identicalText: "tokenizer"
    case .labels: "label"
    }
  }

  /// The ratio to the reference: of medians, on identical text of all tokens.
  private func ratio(of lengths: LengthDistribution) -> String {
    let (part, whole) =
      switch comparison.basis {
      case .answers, .labels: (lengths.percentile(50) ?? 0, reference.percentile(50) ?? 0)
      case .identicalText: (lengths.total, reference.total)
      }
    guard part > 0, whole > 0 else { return NumberFormat.missing }
    let hundredths = (Double(part) / Double(whole) * 100).rounded()
    guard hundredths < 100_000 else { return "×>1,000" }
    return "×" + NumberFormat.decimal(Int(hundredths), decimals: 2)
  }
}
