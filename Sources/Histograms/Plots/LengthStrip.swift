import TokenStatistics

/// Lengths on one line: from p5 to p95, a bar from p25 to p75, the median and the longest.
struct LengthStrip {
  let axis: LengthAxis
  let lengths: LengthDistribution
  let color: PlotColor
  /// Half the height of the bar.
  var barHalf = 6
  /// Half the height of the median's mark.
  var medianHalf = 8
  /// Whether the longest is shown.
  var hasDot = true

  /// What the parts of a strip mean.
  static let explanation = "line p5 to p95, bar p25 to p75, black mark median, square longest"
  /// The same under a histogram.
  static let shortExplanation = "line p5 to p95, bar p25 to p75, ticks median, square longest"
  /// What a strip of few conversations means.
  static let tickExplanation = "one tick = one conversation"
  /// The conversations below which each of them is a tick.
  static let fewestForSummary = 20
  private static let dotHalf = 2

  func lay(middle: Int, into sketch: inout PlotSketch) {
    guard lengths.count >= Self.fewestForSummary else {
      for entry in lengths.entries {
        layUpright(x: axis.x(length: entry.length), half: barHalf, middle: middle, .text, into: &sketch)
      }
      return
    }
    guard let longest = lengths.maximum else { return }
    let low = x(5)
    let high = x(95)
    sketch.fill(PixelRect(left: low, top: middle - 1, right: high + 1, bottom: middle + 1), .outline)
    let bar = PixelRect(left: x(25), top: middle - barHalf, right: x(75) + 1, bottom: middle + barHalf)
    sketch.fill(bar, color)
    let median = x(50)
    sketch.fill(
      PixelRect(
        left: median - 2, top: middle - medianHalf, right: median + 2, bottom: middle + medianHalf), .white)
    layUpright(x: median, half: medianHalf, middle: middle, .ink, into: &sketch)
    if hasDot { layDot(x: axis.x(length: longest), median: median, bar: bar, middle: middle, into: &sketch) }
  }

  /// Lays the dot of the longest; cased where it lies on the bar, left out where it would hide the median.
  private func layDot(x: Int, median: Int, bar: PixelRect, middle: Int, into sketch: inout PlotSketch) {
    guard x > median + 2 * Self.dotHalf else { return }
    let dot = PixelRect(
      left: x - Self.dotHalf, top: middle - Self.dotHalf, right: x + Self.dotHalf, bottom: middle + Self.dotHalf)
    if dot.left <= bar.right { sketch.fill(dot.inset(by: -1), .white) }
    sketch.fill(dot, .text)
  }

  private func x(_ percent: Double) -> Int {
    axis.x(length: lengths.percentile(percent) ?? 0)
  }

  private func layUpright(x: Int, half: Int, middle: Int, _ color: PlotColor, into sketch: inout PlotSketch) {
    sketch.fill(PixelRect(left: x - 1, top: middle - half, right: x + 1, bottom: middle + half), color)
  }
}
