/// A placed piece of text.
struct PlotLabel: Sendable, Equatable {
  /// The text as asked for; characters outside the font are drawn as escapes.
  let text: String
  let style: TextStyle
  let color: PlotColor
  /// Where the pen starts, in whole pixels.
  let x: Int
  /// The row on which letters stand.
  let baseline: Int
  /// The sum of all advances in pixels.
  let width: Int
  /// The glyphs in the sketch.
  let glyphs: Range<Int>

  /// The pixels that letters of the text may touch.
  var frame: PixelRect {
    PixelRect(left: x, top: baseline - style.ascent, right: x + width, bottom: baseline + style.descent)
  }
}

/// Which part of a text stands at the given column.
enum TextAlignment: Sendable {
  case left, centre, right
}

/// Something to draw. Marks are drawn in order.
enum PlotMark: Sendable, Equatable {
  case fill(PixelRect, PlotColor)
  /// The index of a label.
  case label(Int)
  /// An antialiased line through points in pixels.
  case curve([CurvePoint], PlotColor, width: Double)
}

/// A point of a curve in pixels; whole numbers are borders between pixels.
struct CurvePoint: Sendable, Equatable {
  var x: Double
  var y: Double
}
