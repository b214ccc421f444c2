import Support
import TokenStatistics

/// Up to five rows of a comparison: cumulative curves, score bars or densities, and a table of lengths.
struct ComparisonPlot {
  /// The rows on one page.
  static let mostRows = 5

  let comparison: DatasetComparison
  /// The rows of this page: their names and conversations.
  let names: [String]
  let profiles: [DatasetProfile]
  /// The lengths that ratios refer to, which may be on another page.
  let reference: LengthDistribution
  /// The page's number from 1.
  let page: Int
  let lengths: [LengthDistribution]
  let groups: [[ScoreGroup]]
  let axis: LengthAxis
  /// The shared lengths if the comparison has its own; nil if it uses the shared ones.
  let sharedDomain: LengthDomain?

  private static let explanationBaseline = 66
  private static let ruleRow = 82
  private static let widestInSentence = 160

  /// The pages of `comparison`, at most five rows each.
  static func pages(of comparison: DatasetComparison, scales: PlotScales) -> [ComparisonPlot] {
    guard !comparison.profiles.isEmpty else { return [] }
    let all = comparison.profiles.reduce(into: LengthDistribution()) { $0.merge($1.lengths) }
    let isOwn = scales.isMissed(by: all)
    let domain = isOwn ? PlotScales(profiles: comparison.profiles).domain : scales.domain
    return stride(from: 0, to: comparison.profiles.count, by: mostRows).map { start in
      let profiles = Array(comparison.profiles[start...].prefix(mostRows))
      return ComparisonPlot(
        comparison: comparison, names: Array(comparison.rowNames[start...].prefix(mostRows)), profiles: profiles,
        reference: comparison.profiles[comparison.referenceIndex].lengths, page: 1 + start / mostRows,
        lengths: profiles.map(\.lengths), groups: profiles.map { ScoreGroup.groups(of: $0) },
        axis: LengthAxis(domain: domain), sharedDomain: isOwn ? scales.domain : nil)
    }
  }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    sketch.begin(width: PlotPage.width, height: PlotPage.height)
    try HeaderPanel.layTitle(comparison.name, detail: detail, into: &sketch)
    let explanation = try sketch.fonts.fitted(
      explanation(with: &sketch.fonts), style: .label, smallest: TextStyle.footer.size,
      maximum: PlotPage.right - PlotPage.margin)
    try sketch.text(explanation, .text, x: PlotPage.margin, baseline: Self.explanationBaseline)
    sketch.horizontal(y: Self.ruleRow, from: PlotPage.margin, to: PlotPage.right, .rule)
    try layCurves(into: &sketch)
    if comparison.densities.isEmpty { try layScores(into: &sketch) } else { try layDensities(into: &sketch) }
    try layTable(into: &sketch)
    try FooterPanel.lay(footer(with: &sketch.fonts), into: &sketch)
  }

  /// What is compared, after the name.
  private var detail: String {
    let count = comparison.profiles.count
    let model = profiles.first?.model ?? ""
    let parts =
      switch comparison.basis {
      case .answers: [count == 1 ? "1 model" : "\(count) models"]
      case .identicalText: [count == 1 ? "1 tokenizer" : "\(count) tokenizers", "answers of \(model)"]
      case .labels: [comparison.rowNames.joined(separator: " and "), model]
      }
    let pages = comparison.pageCount
    return ([comparison.kind.rawValue] + parts + (pages > 1 ? ["page \(page) of \(pages)"] : []))
      .joined(separator: " · ")
  }

  private func explanation(with fonts: inout FontSet) throws(FileError) -> String {
    switch comparison.basis {
    case .answers:
      return "Token counts come from each model’s own tokenizer and its own answers: both differ between the rows."
    case .identicalText:
      return "Every row counts the same message texts, without a chat template: only the tokenizers differ."
    case .labels:
      return try effect(with: &fonts)
    }
  }

  /// How well length alone separates the labels.
  private func effect(with fonts: inout FontSet) throws(FileError) -> String {
    guard let first = lengths.first, names.count == 2 else { return "" }
    let shown = try names.map { (name) throws(FileError) in try Self.short(name, with: &fonts) }
    let contrast = LengthContrast(first, reference)
    let d = NumberFormat.signed(contrast.cohensD)
    let chance = contrast.probabilityLonger.map { "\(Int((100 * $0).rounded())) %" } ?? NumberFormat.missing
    return "Length as a confound: a \(shown[0]) conversation is longer than a "
      + "\(shown[1]) one in \(chance) of all pairs (50 % where length tells nothing) · Cohen’s d \(d) "
      + "(0.2 small, 0.5 medium, 0.8 large)"
  }

  /// A row's name for use in a sentence.
  private static func short(_ name: String, with fonts: inout FontSet) throws(FileError) -> String {
    try fonts.fitted(name, style: .label, smallest: TextStyle.label.size, maximum: widestInSentence).text
  }

  private func footer(with fonts: inout FontSet) throws(FileError) -> String {
    let reference = try Self.short(comparison.rowNames[comparison.referenceIndex], with: &fonts)
    let ratio =
      switch comparison.basis {
      case .answers: "median ratio: to the first row"
      case .identicalText: "token ratio: tokens of the same text, to the first row"
      case .labels: "median ratio: to \(reference)"
      }
    let ratioText = page == 1 ? ratio : ratio + " of the first page (\(reference))"
    var hashes: [String] = []
    for profile in profiles where !profile.provenance.dataHash.isEmpty {
      let hash = String(profile.provenance.dataHash.prefix(FooterPanel.shownDataHash))
      if !hashes.contains(hash) { hashes.append(hash) }
    }
    let data = hashes.isEmpty ? [] : ["data " + hashes.joined(separator: ", ")]
    let version = profiles.first?.provenance.toolVersion ?? ""
    return ([ratioText] + data + ["tokenstats \(version)"]).joined(separator: " · ")
  }
}

extension ComparisonPlot {
  private static let top = 128
  private static let bottom = 458
  private static let headingBaseline = 106
  private static let tickRight = 108
  private static let axisLabelBaseline = 475
  private static let curveWidth = 2.0
  /// The pixels between two lengths up to which the curve runs straight from one to the other; over more it steps.
  private static let widestSlope = 3.0
  private static let guides = [25, 50, 75, 90, 95, 100]
  /// The guides drawn darker: the median and the 95th percentile, as in the other plots.
  private static let strongGuides = [50, 95]

  /// Lays the share of conversations up to each length, a curve a model.
  func layCurves(into sketch: inout PlotSketch) throws(FileError) {
    let unit = sharedDomain == nil ? "tokens per conversation" : "tokens"
    let end = try LengthPanel.layHeading(
      "Conversations up to this length", detail: "% of conversations; \(unit), log scale", x: PlotPage.margin,
      baseline: Self.headingBaseline, into: &sketch)
    if let sharedDomain {
      try LengthPanel.layOwnScale(shared: sharedDomain, x: end, baseline: Self.headingBaseline, into: &sketch)
    }
    try layGrid(into: &sketch)
    for (index, lengths) in lengths.enumerated() where !lengths.isEmpty {
      sketch.curve(curve(of: lengths), PlotPalette.models[index], width: Self.curveWidth)
    }
  }

  private func layGrid(into sketch: inout PlotSketch) throws(FileError) {
    for octave in axis.gridOctaves {
      let x = axis.x(octave: octave)
      sketch.vertical(x: x, from: Self.top, to: Self.bottom, .grid)
      try sketch.text(
        NumberFormat.length(1 << octave), .label, .text, x: x, baseline: Self.axisLabelBaseline, .center)
    }
    for percent in Self.guides {
      let row = Self.row(percent)
      sketch.horizontal(
        y: row, from: axis.left, to: axis.right + 1, Self.strongGuides.contains(percent) ? .rule : .grid)
      let text = percent == 100 ? "100 %" : "\(percent)"
      try sketch.text(text, .label, .text, x: Self.tickRight, baseline: row + LengthPanel.textMiddle, .right)
    }
    sketch.horizontal(y: Self.bottom, from: axis.left, to: axis.right + 1, .text)
    try sketch.text(
      "0", .label, .text, x: Self.tickRight, baseline: Self.bottom + LengthPanel.textMiddle, .right)
  }

  private static func row(_ percent: Int) -> Int {
    Int((Double(bottom) - Double(bottom - top) * Double(percent) / 100).rounded(.toNearestOrEven))
  }

  /// The points of one curve from one end of the axis to the other: at most one a pixel column, and level where no
  /// conversation has a length.
  private func curve(of lengths: LengthDistribution) -> [CurvePoint] {
    let height = Double(Self.bottom - Self.top)
    func row(_ counted: Int) -> Double {
      Double(Self.bottom) - height * Double(counted) / Double(lengths.count)
    }
    var counted = lengths.count - lengths.count(above: axis.domain.lower - 1)
    var last = CurvePoint(x: Double(axis.left), y: row(counted))
    var points = [last]
    for entry in lengths.entries where axis.domain.contains(entry.length) {
      let x = axis.exactX(length: entry.length)
      if points.count > 1, Int(last.x) == Int(x) {
        points.removeLast()
      } else if x - last.x > Self.widestSlope {
        points.append(CurvePoint(x: x, y: last.y))
      }
      counted += entry.count
      last = CurvePoint(x: x, y: row(counted))
      points.append(last)
    }
    points.append(CurvePoint(x: Double(axis.right), y: last.y))
    return points
  }
}
