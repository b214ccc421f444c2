import Support
import TokenStatistics

/// The bars of a plot that are higher than it: a gap near the top shows that a bar goes on, its height stands above.
struct CutBars {
  private var bars: [(middle: Int, percent: Double)] = []

  private static let gapTop = PlotFrame.top + 6
  private static let gapHeight = 3
  private static let labelBaseline = PlotFrame.top - 4

  /// Cuts a bar that was laid, and remembers how high it is.
  mutating func cut(_ columns: Range<Int>, percent: Double, into sketch: inout PlotSketch) {
    Self.layGap(columns, into: &sketch)
    bars.append(((columns.lowerBound + columns.upperBound) / 2, percent))
  }

  /// Lays the gap of one bar.
  static func layGap(_ columns: Range<Int>, into sketch: inout PlotSketch) {
    sketch.fill(PixelRect(x: columns.lowerBound, y: gapTop, width: columns.count, height: gapHeight), .white)
  }

  /// Writes the heights above the bars, the highest first, where there is room.
  func layHeights(into sketch: inout PlotSketch) throws(FileError) {
    var taken: [PixelRect] = []
    for bar in bars.sorted(by: { ($0.percent, $1.middle) > ($1.percent, $0.middle) }) {
      let text = NumberFormat.fixed(bar.percent, digits: 1)
      let width = try sketch.width(of: text, .label)
      let left = min(
        max(bar.middle - width / 2, LengthPanel.lessSlot.lowerBound), LengthPanel.rightmostLabelEnd - width)
      let frame = PixelRect(left: left - 2, top: 0, right: left + width + 2, bottom: 1)
      guard !taken.contains(where: { $0.intersects(frame) }) else { continue }
      taken.append(frame)
      try sketch.textOnWhite(text, .label, .ink, x: left, baseline: Self.labelBaseline, .left)
    }
  }
}
