import TokenStatistics

/// The picture of one dataset: header, histogram, scores, table and footer.
enum DatasetChart {
  static func lay(
    _ profile: DatasetProfile, scales: ChartScales, into sketch: inout ChartSketch
  ) throws(ChartError) {
    let page = ChartPage(profile: profile, scales: scales)
    sketch.begin(width: ChartPage.width, height: ChartPage.height)
    try HeaderPanel(page: page).lay(into: &sketch)
    try LengthPanel(page: page).lay(into: &sketch)
    try ScorePanel(page: page).lay(into: &sketch)
    try ScoreTable(page: page).lay(into: &sketch)
    try FooterPanel(provenance: profile.provenance).lay(into: &sketch)
  }
}
