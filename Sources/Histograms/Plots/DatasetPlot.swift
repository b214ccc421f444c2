import Support
import TokenStatistics

/// The plot of one dataset: header, histogram, scores or tokens by role, table and footer.
enum DatasetPlot {
  static func lay(
    _ profile: DatasetProfile, scales: PlotScales, layout: PlotLayout, into sketch: inout PlotSketch
  ) throws(FileError) {
    let page = PlotPage(profile: profile, scales: scales, layout: layout)
    sketch.begin(width: PlotPage.width, height: PlotPage.height)
    try HeaderPanel(page: page).lay(into: &sketch)
    try LengthPanel(page: page).lay(into: &sketch)
    if page.isUnscored, profile.roles.total > 0 {
      try RolePanel(page: page).lay(into: &sketch)
    } else {
      try ScorePanel(page: page).lay(into: &sketch)
    }
    try GroupTable(page: page).lay(into: &sketch)
    try FooterPanel(provenance: profile.provenance, costs: FooterPanel.forms(for: profile.limitCosts))
      .lay(into: &sketch)
  }
}

/// The head of a dataset's plot: its name, its model and ten numbers.
struct HeaderPanel {
  let page: PlotPage

  private static let nameBaseline = 42
  private static let numberBaseline = 80
  private static let labelBaseline = 97
  private static let ruleRow = 110
  private static let tileStep = 117
  private static let tileWidth = 111
  private static let widestModel = 420
  private static let gap = 24
  private static let limitTiles = 3

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    try Self.layTitle(
      page.profile.title, detail: "\(page.profile.kind.rawValue) · \(page.profile.model)", into: &sketch)
    for (index, tile) in tiles.enumerated() {
      let x = PlotPage.margin + Self.tileStep * index
      let number = try sketch.fonts.fitted(tile.number, style: .number, smallest: 11, maximum: Self.tileWidth)
      try sketch.text(number, .ink, x: x, baseline: Self.numberBaseline)
      let label = try sketch.fonts.fitted(tile.label, style: .label, smallest: 10, maximum: Self.tileWidth)
      try sketch.text(label, .text, x: x, baseline: Self.labelBaseline)
    }
    sketch.horizontal(y: Self.ruleRow, from: PlotPage.margin, to: PlotPage.right, .rule)
  }

  /// Places a bold name at the left and a detail at the right, both as large as they fit.
  static func layTitle(
    _ title: String, detail: String, into sketch: inout PlotSketch
  ) throws(FileError) {
    let model = try sketch.fonts.fitted(
      detail, style: .model, smallest: TextStyle.smallestModel, maximum: widestModel)
    let name = try sketch.fonts.fitted(
      title, style: .name, smallest: TextStyle.smallestName,
      maximum: PlotPage.right - model.width - gap - PlotPage.margin)
    try sketch.text(name, .ink, x: PlotPage.margin, baseline: nameBaseline)
    try sketch.text(model, .text, x: PlotPage.right, baseline: nameBaseline, .right)
  }

  private var tiles: [(number: String, label: String)] {
    let lengths = page.lengths
    let figures = [
      (NumberFormat.grouped(lengths.count), "conversations"),
      (NumberFormat.grouped(lengths.total), "tokens"),
      (NumberFormat.mean(lengths.mean), "mean"),
      (Self.length(lengths.percentile(50)), "median"),
      (Self.length(lengths.shownPercentile95), "p95"),
      (Self.length(lengths.shownPercentile99), "p99"),
      (Self.length(lengths.maximum), "longest"),
    ]
    return figures
      + page.profile.limits.prefix(Self.limitTiles).map { limit in
        (
          NumberFormat.shareOver(lengths.count(above: limit), of: lengths.count),
          "over \(NumberFormat.grouped(limit))"
        )
      }
  }

  private static func length(_ value: Int?) -> String {
    value.map { NumberFormat.grouped($0) } ?? NumberFormat.missing
  }
}

extension LengthDistribution {
  /// The 95th percentile, if there are values enough to give it a meaning.
  var shownPercentile95: Int? { shownPercentile(95) }

  /// The 99th percentile, if there are values enough to give it a meaning.
  var shownPercentile99: Int? { shownPercentile(99) }

  private func shownPercentile(_ percent: Int) -> Int? {
    count < LengthSummary.fewestConversations(forPercent: percent) ? nil : percentile(Double(percent))
  }
}

/// The last line of a plot: what was counted, how, and by which version.
struct FooterPanel {
  let provenance: Provenance
  /// What the limits cost beside tokens, the longest form first; empty for nothing, or where it is not known.
  var costs: [String] = []

  private static let baseline = 784
  private static let shownRevision = 7
  private static let shownTemplateHash = 8
  static let shownDataHash = 12

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    let widest = (PlotPage.right - PlotPage.margin) / 2
    var costs = try sketch.fonts.fitted("", style: .footer, smallest: TextStyle.footer.size, maximum: widest)
    for form in self.costs {
      costs = try sketch.fonts.fitted(form, style: .footer, smallest: TextStyle.footer.size, maximum: widest)
      if costs.text == form { break }
    }
    let room = costs.width > 0 ? costs.width + Self.gap : 0
    let line = try sketch.fonts.fitted(
      text, style: .footer, smallest: TextStyle.footer.size, maximum: PlotPage.right - PlotPage.margin - room)
    try sketch.text(line, .text, x: PlotPage.margin, baseline: Self.baseline)
    if costs.width > 0 { try sketch.text(costs, .text, x: PlotPage.right, baseline: Self.baseline, .right) }
  }

  private static let gap = 24

  /// What limits cost, so that nothing is cut where a shorter form says it: in words, as numbers, as short numbers.
  static func forms(for limits: [(limit: Int, costs: LimitSummary)]) -> [String] {
    let costly = limits.filter { max($0.costs.endsLost ?? 0, $0.costs.withoutTarget ?? 0) > 0 }
    guard !costly.isEmpty else { return [] }
    func table(_ text: (Int) -> String) -> String {
      let parts = costly.map { limit, costs in
        let numbers = [costs.endsLost, costs.withoutTarget].map { $0.map(text) ?? NumberFormat.missing }
        return "\(NumberFormat.grouped(limit)): \(numbers.joined(separator: " / "))"
      }
      return "no end / no target at " + parts.joined(separator: " · ")
    }
    return [words(for: costly), table { NumberFormat.grouped($0) }, table { NumberFormat.short($0) }]
  }

  /// What limits cost, in words: `at 256: 4 lose their end, 1 has no target`.
  private static func words(for limits: [(limit: Int, costs: LimitSummary)]) -> String {
    let parts = limits.map { limit, costs in
      var losses: [String] = []
      if let ends = costs.endsLost, ends > 0 {
        losses.append("\(NumberFormat.grouped(ends)) \(ends == 1 ? "loses its" : "lose their") end")
      }
      if let targets = costs.withoutTarget, targets > 0 {
        losses.append("\(NumberFormat.grouped(targets)) \(targets == 1 ? "has" : "have") no target")
      }
      return "at \(NumberFormat.grouped(limit)): \(losses.joined(separator: ", "))"
    }
    return parts.joined(separator: " · ")
  }

  /// Places `text` as the last line, cut if it is too long.
  static func lay(_ text: String, into sketch: inout PlotSketch) throws(FileError) {
    let line = try sketch.fonts.fitted(
      text, style: .footer, smallest: TextStyle.footer.size, maximum: PlotPage.right - PlotPage.margin)
    try sketch.text(line, .text, x: PlotPage.margin, baseline: baseline)
  }

  /// The line: parts that are not known are left out.
  var text: String {
    var parts: [String] = []
    if !provenance.tokenizer.isEmpty {
      let revision = provenance.revision.prefix(Self.shownRevision)
      parts.append(provenance.tokenizer + (revision.isEmpty ? "" : "@\(revision)"))
    }
    if !provenance.templateHash.isEmpty {
      parts.append("template \(provenance.templateHash.prefix(Self.shownTemplateHash))")
    }
    parts.append("count mode \(provenance.countMode.rawValue)")
    if !provenance.dataHash.isEmpty { parts.append("data \(provenance.dataHash.prefix(Self.shownDataHash))") }
    parts.append("tokenstats \(provenance.toolVersion)")
    return parts.joined(separator: " · ")
  }
}
