/// The first line of a picture of many datasets: a bold title and a detail at the right.
enum OverviewHeader {
  private static let gap = 24
  private static let smallestTitle = 12

  static func lay(
    title: String, detail: String, right: Int, baseline: Int, into sketch: inout PlotSketch
  ) throws(PlotError) {
    let room = right - PlotPage.margin
    let text = try sketch.fonts.fitted(detail, style: .label, smallest: 10, maximum: room * 2 / 3)
    let name = try sketch.fonts.fitted(
      title, style: .sheetTitle, smallest: smallestTitle, maximum: room - text.width - gap)
    try sketch.text(name, .ink, x: PlotPage.margin, baseline: baseline)
    try sketch.text(text, .text, x: right, baseline: baseline, .right)
  }
}
