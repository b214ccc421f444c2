import CCairo
import CPlotFonts
import Glibc
public import Support

/// Where the plots' font comes from: DejaVu Sans, Book and Bold.
public enum FontSource: Sendable, Hashable {
  /// The files that were installed where the program was built, as parts of the program.
  case builtIn
  /// Two font files.
  case files(book: String, bold: String)

  /// The environment variable that names a folder with `DejaVuSans.ttf` and `DejaVuSans-Bold.ttf`.
  public static let directoryVariable = "TOKENSTATS_FONT_DIR"

  static let family = "DejaVu Sans"

  /// Takes the files in `directory`.
  ///
  /// - Throws: `FileError` if one of them is not there.
  public init(directory: String) throws(FileError) {
    let book = directory + "/DejaVuSans.ttf"
    let bold = directory + "/DejaVuSans-Bold.ttf"
    for path in [book, bold] where access(path, R_OK) != 0 {
      throw .fontMissing(family: Self.family, place: "at \(path)")
    }
    self = .files(book: book, bold: bold)
  }

  /// The files in the folder that `TOKENSTATS_FONT_DIR` names, else the built-in ones.
  ///
  /// - Throws: `FileError` if the folder does not hold them.
  public static func located() throws(FileError) -> FontSource {
    guard let directory = getenv(directoryVariable), directory.pointee != 0 else { return .builtIn }
    return try FontSource(directory: String(cString: directory))
  }

  /// The SHA-256 of both files.
  func digest() throws(FileError) -> SHA256Digest {
    var hash = SHA256()
    switch self {
    case .builtIn:
      for font in [plot_font_book(), plot_font_bold()] {
        hash.update(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: font.bytes, count: font.count)))
      }
    case .files(let book, let bold):
      for path in [book, bold] { try hash.update(contentsOf: path) }
    }
    return hash.finalize()
  }

  /// Opens the Book face.
  func openBook() throws(FileError) -> Typeface {
    switch self {
    case .builtIn: try Typeface(builtIn: plot_font_book())
    case .files(let path, _): try Typeface(path: path)
    }
  }

  /// Opens the Bold face.
  func openBold() throws(FileError) -> Typeface {
    switch self {
    case .builtIn: try Typeface(builtIn: plot_font_bold())
    case .files(_, let path): try Typeface(path: path)
    }
  }
}

/// An outline font that FreeType opened and Cairo draws with.
///
/// Cairo caches fonts after their last user has released them, so the FreeType face belongs to the Cairo face
/// and is closed with it. Every face has a FreeType library of its own: libraries are not thread-safe.
struct Typeface: ~Copyable {
  /// The Cairo face, a `cairo_font_face_t`.
  private let handle: OpaquePointer
  private let outlines: FT_Face

  /// Opens the font file at `path`.
  ///
  /// - Throws: `FileError` if FreeType or Cairo refuses the file.
  init(path: String) throws(FileError) {
    try self.init(named: path) { library, face in FT_New_Face(library, path, 0, &face) }
  }

  /// Opens a font file that is part of the program.
  ///
  /// - Throws: `FileError` if FreeType or Cairo refuses the file.
  init(builtIn font: PlotFont) throws(FileError) {
    // FreeType reads the bytes as long as the face lives: they live as long as the program.
    try self.init(named: "of the program") { library, face in
      FT_New_Memory_Face(library, font.bytes, FT_Long(font.count), 0, &face)
    }
  }

  private init(
    named path: String, _ open: (FT_Library, inout FT_Face?) -> FT_Error
  ) throws(FileError) {
    var library: FT_Library?
    var code = FT_Init_FreeType(&library)
    guard code == 0, let library else { throw .fontUnreadable(path: path, code: code) }
    var face: FT_Face?
    code = open(library, &face)
    guard code == 0, let face else {
      FT_Done_FreeType(library)
      throw .fontUnreadable(path: path, code: code)
    }
    guard let handle = cairo_ft_font_face_create_for_ft_face(face, 0) else {
      Self.close(face)
      throw .drawing(operation: "use the font \(path)", message: "out of memory")
    }
    var status = cairo_font_face_status(handle)
    if status == CAIRO_STATUS_SUCCESS {
      status = cairo_font_face_set_user_data(handle, Self.ownerKey, face) { pointer in
        guard let pointer else { return }
        Typeface.close(pointer.assumingMemoryBound(to: FT_FaceRec_.self))
      }
    }
    guard status == CAIRO_STATUS_SUCCESS else {
      cairo_font_face_destroy(handle)
      Self.close(face)
      throw .drawing(operation: "use the font \(path)", message: CairoStatus.message(status))
    }
    self.handle = handle
    outlines = face
  }

  deinit {
    cairo_font_face_destroy(handle)
  }

  /// The index of the glyph for `scalar`; nil if the font has none.
  func glyph(of scalar: Unicode.Scalar) -> UInt? {
    let index = FT_Get_Char_Index(outlines, FT_ULong(scalar.value))
    return index == 0 ? nil : UInt(index)
  }

  /// The face at `size` pixels an em, gray antialiased and slightly hinted, with whole-pixel advances; letters that are
  /// turned a quarter to the left are only drawn, not measured.
  func scaled(to size: Int, isTurned: Bool = false) throws(FileError) -> ScaledTypeface {
    let options = cairo_font_options_create()
    defer { cairo_font_options_destroy(options) }
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON)
    var matrix = cairo_matrix_t()
    let em = Double(size)
    if isTurned {
      cairo_matrix_init(&matrix, 0, -em, em, 0, 0, 0)
    } else {
      cairo_matrix_init_scale(&matrix, em, em)
    }
    var identity = cairo_matrix_t()
    cairo_matrix_init_identity(&identity)
    guard let scaled = cairo_scaled_font_create(handle, &matrix, &identity, options) else {
      throw .drawing(operation: "scale a font", message: "out of memory")
    }
    let status = cairo_scaled_font_status(scaled)
    guard status == CAIRO_STATUS_SUCCESS else {
      cairo_scaled_font_destroy(scaled)
      throw .drawing(operation: "scale a font", message: CairoStatus.message(status))
    }
    return ScaledTypeface(handle: scaled)
  }

  /// Closes a FreeType face and the library it was opened with.
  private static func close(_ face: FT_Face) {
    let library = face.pointee.glyph?.pointee.library
    FT_Done_Face(face)
    if let library { FT_Done_FreeType(library) }
  }

  /// The key under which a Cairo face owns its FreeType face: only its address means something to Cairo, nothing is
  /// ever read or written there, and it lives as long as the process.
  nonisolated(unsafe) private static let ownerKey = UnsafeMutablePointer<cairo_user_data_key_t>.allocate(capacity: 1)
}

/// A font face at one size: the corresponding C type is `cairo_scaled_font_t`.
final class ScaledTypeface {
  let handle: OpaquePointer

  /// Takes over a reference to `handle`.
  fileprivate init(handle: OpaquePointer) {
    self.handle = handle
  }

  deinit {
    cairo_scaled_font_destroy(handle)
  }

  /// How far the pen moves after `glyph`, in whole pixels.
  func advance(of glyph: UInt) -> Int {
    var extents = cairo_text_extents_t()
    var placed = cairo_glyph_t(index: glyph, x: 0, y: 0)
    cairo_scaled_font_glyph_extents(handle, &placed, 1, &extents)
    return Int(extents.x_advance.rounded())
  }
}

/// Cairo's status codes in words.
enum CairoStatus {
  static func message(_ status: cairo_status_t) -> String {
    cairo_status_to_string(status).map { String(cString: $0) } ?? "status \(status.rawValue)"
  }
}
