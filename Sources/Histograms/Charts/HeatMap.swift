import TokenStatistics

/// One line a dataset, longest median first: the histogram as shades, the median and the scores.
struct HeatMap {
  let title: String
  let rows: [Row]
  let scales: PlotScales
  let bins: LengthBins
  /// What tells the models apart behind the names; empty where there is only one.
  let modelMarks: [String: String]

  /// One dataset.
  struct Row {
    let profile: DatasetProfile
    let groups: [ScoreGroup]
    let lengths: LengthDistribution
    let median: Int?
  }

  static let columnCount = 3
  static let columnWidth = 384
  static let firstRow = 114
  static let rowHeight = 14
  private static let bottomMargin = 34
  private static let width = 2 * PlotPage.margin + columnCount * columnWidth
  private static let titleBaseline = 40

  init(title: String, profiles: [DatasetProfile], scales: PlotScales) {
    self.title = title
    self.scales = scales
    bins = LengthBins(scales.domain)
    rows = profiles.map { profile in
      let groups = ScoreGroup.groups(of: profile)
      let lengths = groups.reduce(into: LengthDistribution()) { $0.merge($1.lengths) }
      return Row(profile: profile, groups: groups, lengths: lengths, median: lengths.percentile(50))
    }.sorted { left, right in
      left.median == right.median
        ? left.profile.dataset < right.profile.dataset : (left.median ?? -1) > (right.median ?? -1)
    }
    modelMarks = Self.marks(of: Set(profiles.map(\.model)).sorted())
  }

  /// The datasets in one column.
  private var rowsPerColumn: Int { (rows.count + Self.columnCount - 1) / Self.columnCount }

  func lay(into sketch: inout PlotSketch) throws(PlotError) {
    sketch.begin(
      width: Self.width, height: Self.firstRow + Self.rowHeight * rowsPerColumn + Self.bottomMargin)
    let count = rows.count == 1 ? "1 dataset" : "\(ChartNumber.grouped(rows.count)) datasets"
    let marks = modelMarks.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    let detail = ([count + ", longest median first", "columns read down, then right"] + marks)
      .joined(separator: " · ")
    try OverviewHeader.lay(
      title: title, detail: detail, right: Self.width - PlotPage.margin, baseline: Self.titleBaseline, into: &sketch)
    try layLegend(into: &sketch)
    for (index, row) in rows.enumerated() {
      let left = PlotPage.margin + Self.columnWidth * (index / rowsPerColumn)
      if index % rowsPerColumn == 0 { try layAxis(left: left, into: &sketch) }
      try lay(row, left: left, top: Self.firstRow + Self.rowHeight * (index % rowsPerColumn), into: &sketch)
    }
  }

  /// A letter for each of several models, their initials where these differ, else numbers.
  private static func marks(of models: [String]) -> [String: String] {
    guard models.count > 1 else { return [:] }
    let initials = models.map { String($0.prefix(1)) }
    let isClear = Set(initials).count == models.count
    return Dictionary(
      uniqueKeysWithValues: models.enumerated().map { ($1, isClear ? initials[$0] : "\($0 + 1)") })
  }
}
