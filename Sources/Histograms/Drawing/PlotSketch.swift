import CCairo
import Support

/// A plot laid out but not yet drawn: rectangles, placed text and curves in drawing order.
///
/// Layout measures text but draws nothing, so tests can examine every rectangle. The storage is reused from plot
/// to plot.
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

  /// Begins an empty plot of `width` times `height` pixels.
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

  /// Fills a line one pixel high.
  mutating func horizontal(y: Int, from left: Int, to right: Int, _ color: PlotColor) {
    fill(PixelRect(left: left, top: y, right: right, bottom: y + 1), color)
  }

  /// Fills a line one pixel wide.
  mutating func vertical(x: Int, from top: Int, to bottom: Int, _ color: PlotColor) {
    fill(PixelRect(left: x, top: top, right: x + 1, bottom: bottom), color)
  }

  /// Adds a curve.
  mutating func curve(_ points: [CurvePoint], _ color: PlotColor, _ style: CurveStyle) {
    if points.count > 1 { marks.append(.curve(points, color, style)) }
  }

  /// Places `text` and returns the pixels it may touch.
  @discardableResult
  mutating func text(
    _ text: String, _ style: TextStyle, _ color: PlotColor, x: Int, baseline: Int, _ alignment: TextAlignment = .left
  ) throws(FileError) -> PixelRect {
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
      case .center: Int((Double(x) - Double(pen) / 2).rounded(.toNearestOrEven))
      case .right: x - pen
      }
    for index in first..<placed.count { placed[index].x += Double(left) }
    let label = PlotLabel(
      text: text, style: style, color: color, x: left, baseline: baseline, width: pen, glyphs: first..<placed.count)
    marks.append(.label(labels.count))
    labels.append(label)
    return label.frame
  }

  /// Places `text` that runs upward from the row `bottom`, its letters left of the column `baseline`.
  @discardableResult
  mutating func turnedText(
    _ text: String, _ style: TextStyle, _ color: PlotColor, baseline: Int, bottom: Int
  ) throws(FileError) -> PixelRect {
    let first = glyphs.count
    var pen = 0
    var placed = takeGlyphs()
    defer { glyphs = placed }
    try fonts.forEachGlyph(of: text, style: style) { glyph in
      placed.append(cairo_glyph_t(index: glyph.index, x: Double(baseline), y: Double(bottom - pen)))
      pen += glyph.advance
    }
    var turned = style
    turned.isTurned = true
    let label = PlotLabel(
      text: text, style: turned, color: color, x: baseline, baseline: bottom, width: pen,
      glyphs: first..<placed.count)
    marks.append(.label(labels.count))
    labels.append(label)
    return label.frame
  }

  /// Places `text` that was fitted.
  @discardableResult
  mutating func text(
    _ text: FittedText, _ color: PlotColor, x: Int, baseline: Int, _ alignment: TextAlignment = .left
  ) throws(FileError) -> PixelRect {
    try self.text(text.text, text.style, color, x: x, baseline: baseline, alignment)
  }

  /// Places `text` on a white patch that covers the lines under it.
  @discardableResult
  mutating func textOnWhite(
    _ text: String, _ style: TextStyle, _ color: PlotColor, x: Int, baseline: Int, _ alignment: TextAlignment
  ) throws(FileError) -> PixelRect {
    let patch = marks.count
    marks.append(.fill(PixelRect(left: 0, top: 0, right: 0, bottom: 0), .white))
    let frame = try self.text(text, style, color, x: x, baseline: baseline, alignment)
    marks[patch] = .fill(
      PixelRect(left: frame.left - 2, top: frame.top, right: frame.right + 2, bottom: frame.bottom - 1), .white)
    return frame
  }

  /// Every color that is drawn, `0xRRGGBB` each.
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

  /// Which rows of pixels may differ from the row above them: those where a rectangle begins or ends, and those that
  /// text or a curve can reach.
  ///
  /// - Parameter scale: The pixels of the picture for each of the sketch, in both directions.
  func changedRows(scale: Int) -> [Bool] {
    var changed = [Bool](repeating: false, count: height * scale)
    func change(_ rows: Range<Int>) {
      // Where a rectangle begins or ends, only the first of the row's pixels differ from those above.
      let first = max(rows.lowerBound * scale, 0)
      let end = rows.count == 1 ? first + 1 : rows.upperBound * scale
      for row in first..<max(min(end, changed.count), first) { changed[row] = true }
    }
    for mark in marks {
      switch mark {
      case .fill(let rect, _):
        change(rect.top..<rect.top + 1)
        change(rect.bottom..<rect.bottom + 1)
      case .label(let index):
        // Beyond ASCII some letters have stacks of marks.
        let label = labels[index]
        let isPlain = label.text.utf8.allSatisfy { $0 < 0x80 }
        let frame = label.frame
        change(
          isPlain ? frame.top - 1..<frame.bottom + 1 : frame.top - label.style.size..<frame.bottom + label.style.size)
      case .curve(let points, _, let style):
        let rows = points.map(\.y)
        guard let top = rows.min(), let bottom = rows.max() else { continue }
        change(Int((top - style.width).rounded(.down))..<Int((bottom + style.width).rounded(.up)) + 1)
      }
    }
    return changed
  }

  /// The width of `text` in pixels.
  mutating func width(of text: String, _ style: TextStyle) throws(FileError) -> Int {
    try fonts.width(of: text, style: style)
  }

  private mutating func takeGlyphs() -> [cairo_glyph_t] {
    var taken: [cairo_glyph_t] = []
    swap(&taken, &glyphs)
    return taken
  }
}

/// A placed piece of text.
struct PlotLabel: Sendable, Equatable {
  /// The text as asked for; characters outside the font are drawn as escapes.
  let text: String
  let style: TextStyle
  let color: PlotColor
  /// The column where the pen starts, in whole pixels.
  let x: Int
  /// The row where the pen starts: the baseline of text that is not turned.
  let baseline: Int
  /// The sum of all advances in pixels.
  let width: Int
  /// The glyphs in the sketch.
  let glyphs: Range<Int>

  /// The pixels that letters of the text may touch.
  var frame: PixelRect {
    style.isTurned
      ? PixelRect(left: x - style.ascent, top: baseline - width, right: x + style.descent, bottom: baseline)
      : PixelRect(left: x, top: baseline - style.ascent, right: x + width, bottom: baseline + style.descent)
  }
}

/// Which part of a text is at the given column.
enum TextAlignment: Sendable {
  case left, center, right
}

/// Something to draw. Marks are drawn in order.
enum PlotMark: Sendable, Equatable {
  case fill(PixelRect, PlotColor)
  /// The index of a label.
  case label(Int)
  /// An antialiased line through points in pixels.
  case curve([CurvePoint], PlotColor, CurveStyle)
}

/// How a curve is drawn.
struct CurveStyle: Sendable, Hashable {
  /// The line's width in pixels.
  let width: Double
  /// The lengths of dashes and the gaps between them, in turn; empty for a whole line.
  let dashes: [Double]
}

/// A point of a curve in pixels; whole numbers are borders between pixels.
struct CurvePoint: Sendable, Equatable {
  var x: Double
  var y: Double
}

/// A rectangle on whole pixels; `right` and `bottom` lie outside it.
struct PixelRect: Sendable, Hashable {
  var left: Int
  var top: Int
  var right: Int
  var bottom: Int

  init(left: Int, top: Int, right: Int, bottom: Int) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  init(x: Int, y: Int, width: Int, height: Int) {
    self.init(left: x, top: y, right: x + width, bottom: y + height)
  }

  var width: Int { right - left }
  var height: Int { bottom - top }
  var isEmpty: Bool { right <= left || bottom <= top }

  /// Whether both rectangles share a pixel.
  func intersects(_ other: PixelRect) -> Bool {
    max(left, other.left) < min(right, other.right) && max(top, other.top) < min(bottom, other.bottom)
  }

  /// Whether every pixel of `other` is in the rectangle.
  func holds(_ other: PixelRect) -> Bool {
    left <= other.left && top <= other.top && other.right <= right && other.bottom <= bottom
  }

  /// The rectangle without `margin` pixels on every side.
  func inset(by margin: Int) -> PixelRect {
    PixelRect(left: left + margin, top: top + margin, right: right - margin, bottom: bottom - margin)
  }
}
