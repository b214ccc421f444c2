import TokenStatistics

/// One persona across models: cumulative curves, score bars and a table of lengths.
struct ComparisonChart {
  /// The models on one page.
  static let mostModels = 5

  let comparison: PersonaComparison
  /// The datasets of this page.
  let profiles: [DatasetProfile]
  /// The dataset the ratios refer to, and how many models there are over all pages.
  let first: DatasetProfile
  let modelCount: Int
  /// The page's number from 1.
  let page: Int
  let lengths: [LengthDistribution]
  let groups: [[ScoreGroup]]
  let axis: LengthAxis
  /// The shared lengths where the comparison has its own; nil where it uses the shared ones.
  let sharedDomain: LengthDomain?

  private static let explanationBaseline = 66
  private static let ruleRow = 82

  /// The pages of `comparison`, at most five models each.
  static func pages(of comparison: PersonaComparison, scales: ChartScales) -> [ComparisonChart] {
    guard let first = comparison.profiles.first else { return [] }
    let all = comparison.profiles.reduce(into: LengthDistribution()) { $0.merge($1.lengths) }
    let isOwn = scales.isMissed(by: all)
    let domain = isOwn ? ChartScales(profiles: comparison.profiles).domain : scales.domain
    return stride(from: 0, to: comparison.profiles.count, by: mostModels).map { start in
      let profiles = Array(comparison.profiles[start...].prefix(mostModels))
      return ComparisonChart(
        comparison: comparison, profiles: profiles, first: first, modelCount: comparison.profiles.count,
        page: 1 + start / mostModels,
        lengths: profiles.map(\.lengths), groups: profiles.map { ScoreGroup.groups(of: $0) },
        axis: LengthAxis(domain: domain), sharedDomain: isOwn ? scales.domain : nil)
    }
  }

  func lay(into sketch: inout ChartSketch) throws(ChartError) {
    sketch.begin(width: ChartPage.width, height: ChartPage.height)
    var detail = "\(comparison.type.rawValue) · \(modelCount == 1 ? "1 model" : "\(modelCount) models")"
    let pages = (modelCount + Self.mostModels - 1) / Self.mostModels
    if pages > 1 { detail += " · page \(page) of \(pages)" }
    try HeaderPanel.layTitle(comparison.name, detail: detail, into: &sketch)
    try sketch.text(
      explanation, .label, .text, x: ChartPage.margin, baseline: Self.explanationBaseline)
    sketch.horizontal(y: Self.ruleRow, from: ChartPage.margin, to: ChartPage.right, .rule)
    try layCurves(into: &sketch)
    try layScores(into: &sketch)
    try layTable(into: &sketch)
    try FooterPanel.lay(footer, into: &sketch)
  }

  private var explanation: String {
    switch comparison.basis {
    case .answers:
      "Token counts come from each model’s own tokenizer and its own answers: both differ between the rows."
    case .identicalText: "Every row counts the same text: only the tokenizers and chat formats differ."
    }
  }

  private var footer: String {
    let ratio =
      switch comparison.basis {
      case .answers: "median ratio: to the first row"
      case .identicalText: "token ratio: tokens of the same text, to the first row"
      }
    let ratioText = profiles.first == first ? ratio : ratio + " of the first page (\(first.model))"
    var hashes: [String] = []
    for profile in profiles where !profile.provenance.dataHash.isEmpty {
      let hash = String(profile.provenance.dataHash.prefix(FooterPanel.shownDataHash))
      if !hashes.contains(hash) { hashes.append(hash) }
    }
    let data = hashes.isEmpty ? [] : ["data " + hashes.joined(separator: ", ")]
    return ([ratioText] + data + ["tokenstats \(first.provenance.toolVersion)"]).joined(separator: " · ")
  }
}
