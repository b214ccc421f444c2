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
  let groups: [[LengthGroup]]
  let axis: LengthAxis
  /// The shared lengths if the comparison has its own; nil if it uses the shared ones.
  let sharedDomain: LengthDomain?

  private static let explanationBaseline = 66
  private static let ruleRow = 82
  private static let widestInSentence = 160
  /// Where the axis begins, which leaves room for the names of the rows of the table.
  private static let axisLeft = 176
  private static let axisWidth = 550

  /// The pages of `comparison`, at most five rows each.
  static func pages(of comparison: DatasetComparison, scales: PlotScales) -> [ComparisonPlot] {
    guard !comparison.profiles.isEmpty else { return [] }
    let all = LengthDistribution(merging: comparison.profiles.map(\.lengths))
    let isOwn = scales.isMissed(by: all)
    let domain = isOwn ? PlotScales(profiles: comparison.profiles).domain : scales.domain
    return stride(from: 0, to: comparison.profiles.count, by: mostRows).map { start in
      let profiles = Array(comparison.profiles[start...].prefix(mostRows))
      return ComparisonPlot(
        comparison: comparison, names: Array(comparison.rowNames[start...].prefix(mostRows)), profiles: profiles,
        reference: comparison.profiles[comparison.referenceIndex].lengths, page: 1 + start / mostRows,
        lengths: profiles.map(\.lengths), groups: profiles.map { LengthGroup.groups(of: $0) },
        axis: LengthAxis(domain: domain, left: axisLeft, width: axisWidth), sharedDomain: isOwn ? scales.domain : nil)
    }
  }

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    sketch.begin(width: PlotPage.width, height: PlotPage.height)
    try HeaderPanel.layTitle(comparison.title, detail: detail, into: &sketch)
    let explanation = try sketch.fonts.fitted(
      explanation(with: &sketch.fonts), style: .label, smallest: TextStyle.footer.size,
      maximum: PlotPage.right - PlotPage.margin)
    try sketch.text(explanation, .text, x: PlotPage.margin, baseline: Self.explanationBaseline)
    sketch.horizontal(y: Self.ruleRow, from: PlotPage.margin, to: PlotPage.right, .rule)
    try layCurves(into: &sketch)
    if !comparison.densities.isEmpty {
      try layDensities(into: &sketch)
    } else if hasRolesOnly {
      try layRoles(into: &sketch)
    } else {
      try layScores(into: &sketch)
    }
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
      case .answers: "ratio of medians, Cohen’s d and P(longer): to the first row"
      case .identicalText: "ratio of tokens of the same text, Cohen’s d and P(longer): to the first row"
      case .labels: "ratio of medians, Cohen’s d and P(longer): to \(reference)"
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
