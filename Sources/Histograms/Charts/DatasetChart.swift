import TokenStatistics

/// The picture of one dataset: header, histogram, scores, table and footer.
enum DatasetPlot {
  static func lay(
    _ profile: DatasetProfile, scales: PlotScales, into sketch: inout PlotSketch
  ) throws(PlotError) {
    let page = PlotPage(profile: profile, scales: scales)
    sketch.begin(width: PlotPage.width, height: PlotPage.height)
    try HeaderPanel(page: page).lay(into: &sketch)
    try LengthPanel(page: page).lay(into: &sketch)
    try ScorePanel(page: page).lay(into: &sketch)
    try ScoreTable(page: page).lay(into: &sketch)
    try FooterPanel(provenance: profile.provenance).lay(into: &sketch)
  }
}
