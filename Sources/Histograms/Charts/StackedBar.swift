/// A bar of segments on whole pixels, the first one at the bottom.
struct StackedBar {
  let columns: Range<Int>
  /// The row below the bar.
  let bottom: Int
  /// The top row of every segment.
  let tops: [Int]
  /// The segments' colours; nil for an outline around white.
  let colors: [PlotColor?]
  /// Whether a white seam sets higher segments apart.
  var hasSeams = true

  /// The least height of a segment that gives a row to a white seam under it.
  private static let lowestWithSeam = 4
  /// The least height and width of an outlined segment; smaller ones are filled.
  private static let lowestOutline = 5
  private static let narrowestOutline = 3

  /// The rows where the segments of `counts` end: `row` maps a sum of counts to a row, so rounding never adds up.
  static func borders(_ counts: [Int], row: (Int) -> Int) -> [Int] {
    var sum = 0
    return counts.map { count in
      sum += count
      return row(sum)
    }
  }

  /// Lays the bar; one that would have no height is a pixel high, in the colour of its largest count.
  func lay(counts: [Int], into sketch: inout PlotSketch) {
    var floor = bottom
    for (index, top) in tops.enumerated() where top < floor {
      var segment = PixelRect(left: columns.lowerBound, top: top, right: columns.upperBound, bottom: floor)
      if hasSeams, floor < bottom, segment.height >= Self.lowestWithSeam {
        segment.bottom -= 1
        sketch.horizontal(y: segment.bottom, from: segment.left, to: segment.right, .white)
      }
      Self.lay(segment, color: colors[index], into: &sketch)
      floor = top
    }
    guard floor == bottom, let largest = counts.max(), let index = counts.firstIndex(of: largest) else { return }
    sketch.horizontal(
      y: bottom - 1, from: columns.lowerBound, to: columns.upperBound, colors[index] ?? .rule)
  }

  /// Lays one segment; without a colour as an outline, or filled grey where an outline would leave no white.
  static func lay(_ segment: PixelRect, color: PlotColor?, into sketch: inout PlotSketch) {
    if let color {
      sketch.fill(segment, color)
    } else if segment.height < lowestOutline || segment.width < narrowestOutline {
      sketch.fill(segment, .rule)
    } else {
      sketch.outline(segment)
    }
  }
}
