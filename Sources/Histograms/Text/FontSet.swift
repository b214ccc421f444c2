/// The fonts of the pictures: measures text and turns it into glyphs.
///
/// Glyphs and advances are looked up once and kept, so a font set belongs to one thread.
struct FontSet: ~Copyable {
  /// A glyph and how far the pen moves after it.
  struct Glyph {
    var index: UInt
    var advance: Int
  }

  private let book: Typeface
  private let bold: Typeface
  private var sizes: [TextStyle: Size] = [:]

  /// One style's scaled face with the glyphs met so far.
  private final class Size {
    let typeface: ScaledTypeface
    var glyphs: [Unicode.Scalar: Glyph] = [:]

    init(_ typeface: ScaledTypeface) {
      self.typeface = typeface
    }
  }

  /// Opens the font files.
  init(files: FontFiles) throws(PlotError) {
    let book = try Typeface(path: files.book)
    let bold = try Typeface(path: files.bold)
    self.book = book
    self.bold = bold
  }

  /// The scaled face that draws `style`.
  mutating func typeface(for style: TextStyle) throws(PlotError) -> ScaledTypeface {
    try size(for: style).typeface
  }

  /// Calls `body` with every glyph of `text` in `style`, left to right.
  ///
  /// What the font cannot show, and characters that only steer how others are shown, come as `\u{4E2D}`.
  mutating func forEachGlyph(
    of text: String, style: TextStyle, _ body: (Glyph) -> Void
  ) throws(PlotError) {
    let size = try size(for: style)
    for scalar in text.unicodeScalars {
      if let glyph = glyph(of: scalar, style: style, size: size) {
        body(glyph)
      } else {
        for escape in "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars {
          if let glyph = glyph(of: escape, style: style, size: size) { body(glyph) }
        }
      }
    }
  }

  /// The width of `text` in whole pixels.
  mutating func width(of text: String, style: TextStyle) throws(PlotError) -> Int {
    var width = 0
    try forEachGlyph(of: text, style: style) { width += $0.advance }
    return width
  }

  private mutating func size(for style: TextStyle) throws(PlotError) -> Size {
    if let size = sizes[style] { return size }
    let typeface =
      switch style.weight {
      case .book: try book.scaled(to: style.size)
      case .bold: try bold.scaled(to: style.size)
      }
    let size = Size(typeface)
    sizes[style] = size
    return size
  }

  private func glyph(of scalar: Unicode.Scalar, style: TextStyle, size: Size) -> Glyph? {
    if let glyph = size.glyphs[scalar] { return glyph }
    guard scalar.isDrawable else { return nil }
    let found =
      switch style.weight {
      case .book: book.glyph(of: scalar)
      case .bold: bold.glyph(of: scalar)
      }
    guard let found else { return nil }
    let glyph = Glyph(index: found, advance: size.typeface.advance(of: found))
    size.glyphs[scalar] = glyph
    return glyph
  }
}

extension Unicode.Scalar {
  /// Whether the scalar stands for something to see: neither a control nor a format character nor a line break.
  fileprivate var isDrawable: Bool {
    if value >= 0x20 && value < 0x7F { return true }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
    default: return true
    }
  }
}
