import TokenStatistics

/// The head of a dataset's picture: its name, its model and ten numbers.
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

  func lay(into sketch: inout PlotSketch) throws(PlotError) {
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
  ) throws(PlotError) {
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
      (ChartNumber.grouped(lengths.count), "conversations"),
      (ChartNumber.tokens(lengths.total), "tokens"),
      (ChartNumber.mean(lengths.mean), "mean"),
      (Self.length(lengths.percentile(50)), "median"),
      (Self.length(lengths.shownPercentile95), "p95"),
      (Self.length(lengths.shownPercentile99), "p99"),
      (Self.length(lengths.maximum), "longest"),
    ]
    return figures
      + page.profile.limits.prefix(Self.limitTiles).map { limit in
        (
          ChartNumber.percentOver(lengths.count(above: limit), of: lengths.count),
          "over \(ChartNumber.grouped(limit))"
        )
      }
  }

  private static func length(_ value: Int?) -> String {
    value.map { ChartNumber.grouped($0) } ?? ChartNumber.missing
  }
}

extension LengthDistribution {
  /// The 95th percentile where at least 20 values give it a meaning.
  var shownPercentile95: Int? { count < 20 ? nil : percentile(95) }

  /// The 99th percentile where at least 100 values give it a meaning.
  var shownPercentile99: Int? { count < 100 ? nil : percentile(99) }
}
