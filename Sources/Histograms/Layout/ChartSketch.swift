import CCairo

/// A picture laid out but not yet drawn: rectangles, placed text and curves in drawing order.
///
/// Layout measures text but draws nothing, so tests can look at every rectangle. The storage is reused from picture
/// to picture.
struct ChartSketch: ~Copyable {
  /// The fonts that measure the text.
  var fonts: FontSet
  private(set) var width = 0
  private(set) var height = 0
  private(set) var marks: [ChartMark] = []
  private(set) var labels: [ChartLabel] = []
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
  mutating func fill(_ rect: PixelRect, _ color: ChartColor) {
    if !rect.isEmpty { marks.append(.fill(rect, color)) }
  }

  /// Draws the border of `rect`, one pixel wide and inside it, around white.
  mutating func outline(_ rect: PixelRect, _ color: ChartColor = .outline) {
    fill(rect, color)
    fill(rect.inset(by: 1), .white)
  }

  /// Fills a line one pixel high.
  mutating func horizontal(y: Int, from left: Int, to right: Int, _ color: ChartColor) {
    fill(PixelRect(left: left, top: y, right: right, bottom: y + 1), color)
  }

  /// Fills a line one pixel wide.
  mutating func vertical(x: Int, from top: Int, to bottom: Int, _ color: ChartColor) {
    fill(PixelRect(left: x, top: top, right: x + 1, bottom: bottom), color)
  }

  /// Adds a curve.
  mutating func curve(_ points: [CurvePoint], _ color: ChartColor, width: Double) {
    if points.count > 1 { marks.append(.curve(points, color, width: width)) }
  }

  /// Places `text` and returns the pixels it may touch.
  @discardableResult
  mutating func text(
    _ text: String, _ style: TextStyle, _ color: ChartColor, x: Int, baseline: Int, _ alignment: TextAlignment = .left
  ) throws(ChartError) -> PixelRect {
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
    let label = ChartLabel(
      text: text, style: style, color: color, x: left, baseline: baseline, width: pen, glyphs: first..<placed.count)
    marks.append(.label(labels.count))
    labels.append(label)
    return label.frame
  }

  /// Places `text` that was fitted.
  @discardableResult
  mutating func text(
    _ text: FittedText, _ color: ChartColor, x: Int, baseline: Int, _ alignment: TextAlignment = .left
  ) throws(ChartError) -> PixelRect {
    try self.text(text.text, text.style, color, x: x, baseline: baseline, alignment)
  }

  /// Places `text` on a white patch that hides lines behind it.
  @discardableResult
  mutating func textOnWhite(
    _ text: String, _ style: TextStyle, _ color: ChartColor, x: Int, baseline: Int, _ alignment: TextAlignment
  ) throws(ChartError) -> PixelRect {
    let patch = marks.count
    marks.append(.fill(PixelRect(left: 0, top: 0, right: 0, bottom: 0), .white))
    let frame = try self.text(text, style, color, x: x, baseline: baseline, alignment)
    marks[patch] = .fill(
      PixelRect(left: frame.left - 2, top: frame.top, right: frame.right + 2, bottom: frame.bottom - 1), .white)
    return frame
  }

  /// The width of `text` in pixels.
  mutating func width(of text: String, _ style: TextStyle) throws(ChartError) -> Int {
    try fonts.width(of: text, style: style)
  }

  private mutating func takeGlyphs() -> [cairo_glyph_t] {
    var taken: [cairo_glyph_t] = []
    swap(&taken, &glyphs)
    return taken
  }
}
