/// The length axis above a column of small charts.
enum OverviewAxis {
  private static let tickHeight = 4
  private static let labelGap = 2

  /// Lays ticks at every octave, labelled where there is room, the last one always.
  static func lay(
    _ axis: LengthAxis, labels baseline: Int, ticks top: Int, into sketch: inout PlotSketch
  ) throws(PlotError) {
    let domain = axis.domain
    for octave in domain.lowerOctave...domain.upperOctave {
      sketch.vertical(x: axis.x(octave: octave), from: top, to: top + tickHeight, .rule)
    }
    let last = try sketch.text(
      ChartNumber.length(domain.upper), .footer, .text, x: axis.right, baseline: baseline, .centre)
    var end = Int.min
    for octave in axis.gridOctaves where octave != domain.upperOctave {
      let text = ChartNumber.length(1 << octave)
      let x = axis.x(octave: octave)
      let half = try (sketch.width(of: text, .footer) + 1) / 2
      guard x - half > end, x + half + labelGap <= last.left else { continue }
      end = try sketch.text(text, .footer, .text, x: x, baseline: baseline, .centre).right + labelGap
    }
  }
}
