import Support

/// The fonts of the plots: measures text and turns it into glyphs.
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

  /// One style's scaled face, with the glyphs used so far.
  private final class Size {
    let typeface: ScaledTypeface
    var glyphs: [Unicode.Scalar: Glyph] = [:]

    init(_ typeface: ScaledTypeface) {
      self.typeface = typeface
    }
  }

  /// Opens the fonts.
  init(_ source: FontSource) throws(FileError) {
    let book = try source.openBook()
    let bold = try source.openBold()
    self.book = book
    self.bold = bold
  }

  /// The scaled face that draws `style`.
  mutating func typeface(for style: TextStyle) throws(FileError) -> ScaledTypeface {
    try size(for: style).typeface
  }

  /// Calls `body` with every glyph of `text` in `style`, left to right.
  ///
  /// What the font cannot show, and characters that only control how others are shown, are written as `\u{4E2D}`.
  mutating func forEachGlyph(
    of text: String, style: TextStyle, _ body: (Glyph) -> Void
  ) throws(FileError) {
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
  mutating func width(of text: String, style: TextStyle) throws(FileError) -> Int {
    var width = 0
    try forEachGlyph(of: text, style: style) { width += $0.advance }
    return width
  }

  private mutating func size(for style: TextStyle) throws(FileError) -> Size {
    if let size = sizes[style] { return size }
    let typeface =
      switch style.weight {
      case .book: try book.scaled(to: style.size, isTurned: style.isTurned)
      case .bold: try bold.scaled(to: style.size, isTurned: style.isTurned)
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
  /// Whether the scalar is something to see: neither a control nor a format character nor a line break.
  fileprivate var isDrawable: Bool {
    if value >= 0x20 && value < 0x7F { return true }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
    default: return true
    }
  }
}

/// A weight and a size of the plots' font.
struct TextStyle: Sendable, Hashable {
  enum Weight: Sendable, Hashable {
    case book, bold
  }

  var weight: Weight
  /// The em in pixels.
  var size: Int
  /// Whether letters are turned a quarter to the left, so that the text runs upward.
  var isTurned = false

  static let name = TextStyle(weight: .bold, size: 24)
  static let number = TextStyle(weight: .bold, size: 17)
  static let sheetTitle = TextStyle(weight: .bold, size: 20)
  static let model = TextStyle(weight: .book, size: 15)
  static let heading = TextStyle(weight: .bold, size: 13)
  static let table = TextStyle(weight: .book, size: 12)
  static let label = TextStyle(weight: .book, size: 11)
  static let boldLabel = TextStyle(weight: .bold, size: 11)
  static let footer = TextStyle(weight: .book, size: 10)

  /// The smallest size a dataset's name shrinks to.
  static let smallestName = 15
  /// The smallest size a model's name shrinks to.
  static let smallestModel = 13

  /// The pixels above the baseline that letters and digits can reach: DejaVu's ascender height.
  var ascent: Int { (size * 76 + 99) / 100 }

  /// The pixels below the baseline that letters can reach.
  var descent: Int { (size * 24 + 99) / 100 }
}

/// A text that was shrunk and cut until it fits.
struct FittedText: Sendable, Equatable {
  let text: String
  let style: TextStyle
  /// The width in pixels.
  let width: Int
}

extension FontSet {
  /// Fits `text` into `maximum` pixels: first smaller, down to `smallest`, then with `…` after two thirds.
  mutating func fitted(
    _ text: String, style: TextStyle, smallest: Int, maximum: Int
  ) throws(FileError) -> FittedText {
    var style = style
    var width = try self.width(of: text, style: style)
    while width > maximum, style.size > smallest {
      style.size -= 1
      width = try self.width(of: text, style: style)
    }
    guard width > maximum else { return FittedText(text: text, style: style, width: width) }
    return try cut(text, style: style, maximum: maximum)
  }

  /// All digits of `number` in `maximum` pixels, smaller where they need it, else three digits and a unit; for nil a
  /// dash.
  mutating func digits(of number: Int?, style: TextStyle, maximum: Int) throws(FileError) -> FittedText {
    let text = number.map { NumberFormat.grouped($0) } ?? NumberFormat.missing
    let whole = try fitted(text, style: style, smallest: TextStyle.footer.size, maximum: maximum)
    guard let number, whole.text != text else { return whole }
    return try fitted(NumberFormat.short(number), style: style, smallest: TextStyle.footer.size, maximum: maximum)
  }

  /// Keeps as many characters of `text` as fit: two thirds of them before the ellipsis, one third after it.
  private mutating func cut(_ text: String, style: TextStyle, maximum: Int) throws(FileError) -> FittedText {
    let characters = Array(text)
    var ends = [0]
    ends.reserveCapacity(characters.count + 1)
    for character in characters {
      ends.append(try ends[ends.count - 1] + width(of: String(character), style: style))
    }
    let ellipsis = try width(of: "…", style: style)
    for kept in stride(from: characters.count - 1, to: 0, by: -1) {
      let head = (2 * kept + 2) / 3
      let tail = kept - head
      let width = ends[head] + ellipsis + ends[characters.count] - ends[characters.count - tail]
      if width <= maximum {
        let cut = String(characters.prefix(head)) + "…" + String(characters.suffix(tail))
        return FittedText(text: cut, style: style, width: width)
      }
    }
    return FittedText(text: "…", style: style, width: ellipsis)
  }
}
