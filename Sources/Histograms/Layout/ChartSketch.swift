import CCairo

/// A picture laid out but not yet drawn: rectangles, placed text and curves in drawing order.
///
/// Layout measures text but draws nothing, so tests can look at every rectangle. The storage is reused from picture
/// to picture.
struct PlotSketch: ~Copyable {
  /// The fonts that measure the text.
  var fonts: FontSet
  private(set) var width = 0
  private(set) var height = 0
  private(set) var marks: [PlotMark] = []
  private(set) var labels: [PlotLabel] = []
  private(set) var glyphs: [cairo_glyph_t] = []

  init(fonts: consuming FontSet) {
    self.fonts = fonts
  }

  /// Begins an empty picture of `width` times `height` pixels.
  mutating func begin(width: Int, height: Int) {
    self.width = width
    self.height = height
    marks.removeAll(keepingCapacity: true)
    labels.removeAll(keepingCapacity: true)
    glyphs.removeAll(keepingCapacity: true)
  }

  /// Fills `rect`; an empty one leaves no mark.
  mutating func fill(_ rect: PixelRect, _ color: PlotColor) {
    if !rect.isEmpty { marks.append(.fill(rect, color)) }
  }

  /// Draws the border of `rect`, one pixel wide and inside it, around white.
  mutating func outline(_ rect: PixelRect, _ color: PlotColor = .outline) {
    fill(rect, color)
    fill(rect.inset(by: 1), .white)
  }

  /// Fills a line one pixel high.
  mutating func horizontal(y: Int, from left: Int, to right: Int, _ color: PlotColor) {
    fill(PixelRect(left: left, top: y, right: right, bottom: y + 1), color)
  }

  /// Fills a line one pixel wide.
  mutating func vertical(x: Int, from top: Int, to bottom: Int, _ color: PlotColor) {
    fill(PixelRect(left: x, top: top, right: x + 1, bottom: bottom), color)
  }

  /// Adds a curve.
  mutating func curve(_ points: [CurvePoint], _ color: PlotColor, width: Double) {
    if points.count > 1 { marks.append(.curve(points, color, width: width)) }
  }

  /// Places `text` and returns the pixels it may touch.
  @discardableResult
  mutating func text(
    _ text: String, _ style: TextStyle, _ color: PlotColor, x: Int, baseline: Int, _ alignment: TextAlignment = .left
  ) throws(PlotError) -> PixelRect {
    let first = glyphs.count
    var pen = 0
    var placed = takeGlyphs()
    defer { glyphs = placed }
    try fonts.forEachGlyph(of: text, style: style) { glyph in
      placed.append(cairo_glyph_t(index: glyph.index, x: Double(pen), y: Double(baseline)))
      pen += glyph.advance
    }
    let left =
      switch alignment {
      case .left: x
      case .centre: Int((Double(x) - Double(pen) / 2).rounded(.toNearestOrEven))
      case .right: x - pen
      }
    for index in first..<placed.count { placed[index].x += Double(left) }
    let label = PlotLabel(
      text: text, style: style, color: color, x: left, baseline: baseline, width: pen, glyphs: first..<placed.count)
    marks.append(.label(labels.count))
    labels.append(label)
    return label.frame
  }

  /// Places `text` that was fitted.
  @discardableResult
  mutating func text(
    _ text: FittedText, _ color: PlotColor, x: Int, baseline: Int, _ alignment: TextAlignment = .left
  ) throws(PlotError) -> PixelRect {
    try self.text(text.text, text.style, color, x: x, baseline: baseline, alignment)
  }

  /// Places `text` on a white patch that hides lines behind it.
  @discardableResult
  mutating func textOnWhite(
    _ text: String, _ style: TextStyle, _ color: PlotColor, x: Int, baseline: Int, _ alignment: TextAlignment
  ) throws(PlotError) -> PixelRect {
    let patch = marks.count
    marks.append(.fill(PixelRect(left: 0, top: 0, right: 0, bottom: 0), .white))
    let frame = try self.text(text, style, color, x: x, baseline: baseline, alignment)
    marks[patch] = .fill(
      PixelRect(left: frame.left - 2, top: frame.top, right: frame.right + 2, bottom: frame.bottom - 1), .white)
    return frame
  }

  /// Every colour that is drawn, `0xRRGGBB` each.
  func colors() -> [UInt32] {
    var colors: [UInt32] = []
    for mark in marks {
      let color =
        switch mark {
        case .fill(_, let color), .curve(_, let color, _): color.rgb
        case .label(let index): labels[index].color.rgb
        }
      if !colors.contains(color) { colors.append(color) }
    }
    return colors
  }

  /// Which rows may differ from the row above them: those where a rectangle begins or ends, and those that text or a
  /// curve can reach.
  func changedRows() -> [Bool] {
    var changed = [Bool](repeating: false, count: height)
    func change(_ rows: Range<Int>) {
      for row in max(rows.lowerBound, 0)..<max(min(rows.upperBound, height), max(rows.lowerBound, 0)) {
        changed[row] = true
      }
    }
    for mark in marks {
      switch mark {
      case .fill(let rect, _):
        change(rect.top..<rect.top + 1)
        change(rect.bottom..<rect.bottom + 1)
      case .label(let index):
        // Beyond ASCII some letters carry stacks of marks.
        let label = labels[index]
        let isPlain = label.text.utf8.allSatisfy { $0 < 0x80 }
        let frame = label.frame
        change(
          isPlain ? frame.top - 1..<frame.bottom + 1 : frame.top - label.style.size..<frame.bottom + label.style.size)
      case .curve(let points, _, let width):
        let rows = points.map(\.y)
        guard let top = rows.min(), let bottom = rows.max() else { continue }
        change(Int((top - width).rounded(.down))..<Int((bottom + width).rounded(.up)) + 1)
      }
    }
    return changed
  }

  /// The width of `text` in pixels.
  mutating func width(of text: String, _ style: TextStyle) throws(PlotError) -> Int {
    try fonts.width(of: text, style: style)
  }

  private mutating func takeGlyphs() -> [cairo_glyph_t] {
    var taken: [cairo_glyph_t] = []
    swap(&taken, &glyphs)
    return taken
  }
}
