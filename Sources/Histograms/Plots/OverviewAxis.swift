import Support
import TokenStatistics

/// The first line of a plot of many datasets: a bold title and a detail at the right.
enum OverviewHeader {
  private static let gap = 24
  private static let smallestTitle = 12

  static func lay(
    title: String, detail: String, right: Int, baseline: Int, into sketch: inout PlotSketch
  ) throws(FileError) {
    let room = right - PlotPage.margin
    let text = try sketch.fonts.fitted(detail, style: .label, smallest: 10, maximum: room * 2 / 3)
    let name = try sketch.fonts.fitted(
      title, style: .sheetTitle, smallest: smallestTitle, maximum: room - text.width - gap)
    try sketch.text(name, .ink, x: PlotPage.margin, baseline: baseline)
    try sketch.text(text, .text, x: right, baseline: baseline, .right)
  }
}

/// The length axis above or below a column of small plots.
enum OverviewAxis {
  private static let tickHeight = 4
  private static let labelGap = 6

  /// Lays ticks at every octave whose top is the row `top`, labeled where there is room.
  static func lay(
    _ axis: LengthAxis, labels baseline: Int, ticks top: Int, into sketch: inout PlotSketch
  ) throws(FileError) {
    let domain = axis.domain
    for octave in domain.lowerOctave...domain.upperOctave {
      sketch.vertical(x: axis.x(octave: octave), from: top, to: top + tickHeight, .rule)
    }
    var end = Int.min
    for octave in axis.gridOctaves {
      let text = NumberFormat.length(1 << octave)
      let x = axis.x(octave: octave)
      let half = try (sketch.width(of: text, .footer) + 1) / 2
      guard x - half > end else { continue }
      end = try sketch.text(text, .footer, .text, x: x, baseline: baseline, .center).right + labelGap
    }
  }
}
