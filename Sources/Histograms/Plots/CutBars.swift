import Support
import TokenStatistics

/// The bars of a plot that are higher than it: a gap near the top shows that a bar goes on, its height stands above it
/// or runs up in it.
struct CutBars {
  private var bars: [CutBar] = []

  private static let gapTop = PlotFrame.top + 6
  private static let gapHeight = 3
  private static let labelBaseline = PlotFrame.top - 4

  /// The rows of the gap in the large plots.
  static let gap = gapTop..<gapTop + gapHeight

  /// Cuts a bar that was laid, and remembers how high it is.
  mutating func cut(_ bar: StackedBar, gap: Range<Int> = Self.gap, percent: Double, into sketch: inout PlotSketch) {
    Self.layGap(bar.columns, rows: gap, into: &sketch)
    bars.append(CutBar(bar, below: gap.upperBound, percent: percent))
  }

  /// Lays the gap of one bar.
  static func layGap(_ columns: Range<Int>, rows: Range<Int> = gap, into sketch: inout PlotSketch) {
    sketch.fill(
      PixelRect(left: columns.lowerBound, top: rows.lowerBound, right: columns.upperBound, bottom: rows.upperBound),
      .white)
  }

  /// Writes the heights above the bars, the highest first, and into the bars where there is no room above them.
  ///
  /// - Parameter line: The column of a line that no letter may cross.
  func layHeights(beside line: Int?, into sketch: inout PlotSketch) throws(FileError) {
    var taken: [PixelRect] = []
    var others: [CutBar] = []
    for bar in bars.sorted(by: { ($0.percent, $1.middle) > ($1.percent, $0.middle) }) {
      let width = try sketch.width(of: bar.text, .label)
      let left = min(
        max(bar.middle - width / 2, LengthPanel.lessSlot.lowerBound), LengthPanel.rightmostLabelEnd - width)
      let frame = PixelRect(left: left - 2, top: 0, right: left + width + 2, bottom: 1)
      guard !taken.contains(where: { $0.intersects(frame) }) else {
        others.append(bar)
        continue
      }
      taken.append(frame)
      try sketch.textOnWhite(bar.text, .label, .ink, x: left, baseline: Self.labelBaseline, .left)
    }
    try Self.lay(others, .label, beside: line, into: &sketch)
  }

  /// Writes all heights into the bars.
  func layHeightsInside(_ style: TextStyle, into sketch: inout PlotSketch) throws(FileError) {
    try Self.lay(bars, style, beside: nil, into: &sketch)
  }

  /// Writes heights into `bars`, the highest first: in one color of the bar where that has room, else on a white patch,
  /// which lies lower where bars are narrower than letters are high and others are in the way.
  private static func lay(
    _ bars: [CutBar], _ style: TextStyle, beside line: Int?, into sketch: inout PlotSketch
  ) throws(FileError) {
    var taken: [PixelRect] = []
    for bar in bars.sorted(by: { ($0.percent, $1.middle) > ($1.percent, $0.middle) }) {
      let text = UpwardText(style: style, columns: bar.columns)
      let height = try sketch.width(of: bar.text, style)
      let isCrossed = line.map { bar.columns.contains($0) } ?? false
      let segment = bar.segments.first { $0.rows.count >= height + 2 * UpwardText.margin }
      if let segment, text.isInside, !isCrossed {
        let frame = try text.lay(
          bar.text, segment.color.textColor, bottom: segment.rows.lowerBound + UpwardText.margin + height,
          into: &sketch)
        taken.append(frame.inset(by: -1))
        continue
      }
      var top = bar.top
      while let other = taken.first(where: { $0.intersects(text.room(height: height, top: top)) }) {
        top = other.bottom
      }
      let room = text.room(height: height, top: top)
      guard room.bottom <= bar.bottom else { continue }
      taken.append(room)
      sketch.fill(text.patch(height: height, top: top), .white)
      try text.lay(bar.text, .ink, bottom: room.bottom - UpwardText.margin, into: &sketch)
    }
  }
}

/// A bar that is higher than its plot.
private struct CutBar {
  let columns: Range<Int>
  /// The rows of each color below the gap, the highest first.
  let segments: [(rows: Range<Int>, color: PlotColor)]
  /// The first row below the gap.
  let top: Int
  /// The row below the bar.
  let bottom: Int
  let percent: Double

  init(_ bar: StackedBar, below top: Int, percent: Double) {
    columns = bar.columns
    self.top = top
    bottom = bar.bottom
    self.percent = percent
    var floor = bar.bottom
    var segments: [(rows: Range<Int>, color: PlotColor)] = []
    for (start, color) in zip(bar.tops, bar.colors) where start < floor {
      if max(start, top) < floor { segments.append((max(start, top)..<floor, color)) }
      floor = start
    }
    self.segments = segments.reversed()
  }

  var middle: Int { (columns.lowerBound + columns.upperBound) / 2 }

  var text: String { NumberFormat.fixed(percent, digits: 1) }
}

/// Text that runs up in the middle of a bar.
struct UpwardText {
  let style: TextStyle
  let columns: Range<Int>

  /// The rows before and after the text.
  static let margin = 3
  /// The columns beside the text on a patch.
  private static let patchMargin = 1

  /// The columns that digits are high.
  private var digitHeight: Int { (style.size * 73 + 50) / 100 }

  /// The column right of the digits.
  private var baseline: Int { (columns.lowerBound + columns.upperBound + digitHeight) / 2 }

  /// Whether the text has room in the bar beside texts in the next ones, from which a column of white parts it.
  var isInside: Bool { columns.count + 1 >= style.ascent + style.descent }

  /// What no other text may touch where one of `height` rows has white around it, from the row `top` on.
  func room(height: Int, top: Int) -> PixelRect {
    PixelRect(
      left: baseline - style.ascent - Self.patchMargin, top: top, right: baseline + style.descent + Self.patchMargin,
      bottom: top + height + 2 * Self.margin)
  }

  /// What a text of `height` rows needs with white around it, from the row `top` on.
  func patch(height: Int, top: Int) -> PixelRect {
    PixelRect(
      left: baseline - digitHeight - Self.patchMargin, top: top, right: baseline + Self.patchMargin,
      bottom: top + height + 2 * Self.margin)
  }

  /// Lays `text` so that it ends above the row `bottom`.
  @discardableResult
  func lay(
    _ text: String, _ color: PlotColor, bottom: Int, into sketch: inout PlotSketch
  ) throws(FileError) -> PixelRect {
    try sketch.turnedText(text, style, color, baseline: baseline, bottom: bottom)
  }
}
