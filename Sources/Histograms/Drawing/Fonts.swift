import CCairo
import CFontconfig
import Glibc
public import Support

/// Where the two files of the plots' font are: DejaVu Sans Book and Bold.
public struct FontFiles: Sendable, Hashable {
  /// The path of the Book file.
  public let book: String
  /// The path of the Bold file.
  public let bold: String

  /// The environment variable that names a folder with `DejaVuSans.ttf` and `DejaVuSans-Bold.ttf`.
  public static let directoryVariable = "TOKENSTATS_FONT_DIR"

  static let family = "DejaVu Sans"

  /// Takes the files in `directory`.
  ///
  /// - Throws: `FileError` if one of them is not there.
  public init(directory: String) throws(FileError) {
    book = directory + "/DejaVuSans.ttf"
    bold = directory + "/DejaVuSans-Bold.ttf"
    for path in [book, bold] where access(path, R_OK) != 0 {
      throw .fontMissing(family: Self.family, place: "at \(path)")
    }
  }

  /// Finds the files in the folder that `TOKENSTATS_FONT_DIR` names, else through fontconfig.
  ///
  /// Fontconfig answers every question with some font; an answer of another family, weight or width counts as none.
  ///
  /// - Throws: `FileError` if the font is not installed.
  public static func located() throws(FileError) -> FontFiles {
    if let directory = getenv(directoryVariable), directory.pointee != 0 {
      return try FontFiles(directory: String(cString: directory))
    }
    return try FontFiles(configuration: FontConfiguration())
  }

  private init(configuration: borrowing FontConfiguration) throws(FileError) {
    guard let book = configuration.file(family: Self.family, weight: FC_WEIGHT_REGULAR),
      let bold = configuration.file(family: Self.family, weight: FC_WEIGHT_BOLD)
    else { throw .fontMissing(family: Self.family, place: "through fontconfig") }
    self.book = book
    self.bold = bold
  }
}

/// Fontconfig's configuration with the installed fonts.
///
/// The corresponding C type is `FcConfig`. It is an object of its own, so no global state is touched.
private struct FontConfiguration: ~Copyable {
  private let handle: OpaquePointer?

  init() {
    handle = FcInitLoadConfigAndFonts()
  }

  deinit {
    if let handle { FcConfigDestroy(handle) }
  }

  /// The file of the upright face of `family` with `weight` and normal width; nil if there is none.
  func file(family: String, weight: Int32) -> String? {
    guard let handle, let pattern = FcPatternCreate() else { return nil }
    defer { FcPatternDestroy(pattern) }
    let wanted: [(name: String, value: Int32)] = [
      (FC_WEIGHT, weight), (FC_SLANT, FC_SLANT_ROMAN), (FC_WIDTH, FC_WIDTH_NORMAL),
    ]
    guard FcPatternAddString(pattern, FC_FAMILY, family) == FcTrue else { return nil }
    for (name, value) in wanted {
      guard FcPatternAddInteger(pattern, name, value) == FcTrue else { return nil }
    }
    guard FcConfigSubstitute(handle, pattern, FcMatchPattern) == FcTrue else { return nil }
    FcDefaultSubstitute(pattern)
    var result = FcResultNoMatch
    guard let match = FcFontMatch(handle, pattern, &result) else { return nil }
    defer { FcPatternDestroy(match) }
    guard string(FC_FAMILY, of: match) == family, wanted.allSatisfy({ integer($0.name, of: match) == $0.value })
    else { return nil }
    return string(FC_FILE, of: match)
  }

  private func string(_ name: String, of pattern: OpaquePointer) -> String? {
    var value: UnsafeMutablePointer<FcChar8>?
    guard FcPatternGetString(pattern, name, 0, &value) == FcResultMatch, let value else { return nil }
    return String(cString: value)
  }

  private func integer(_ name: String, of pattern: OpaquePointer) -> Int32? {
    var value: Int32 = 0
    return FcPatternGetInteger(pattern, name, 0, &value) == FcResultMatch ? value : nil
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
    var library: FT_Library?
    var code = FT_Init_FreeType(&library)
    guard code == 0, let library else { throw .fontUnreadable(path: path, code: code) }
    var face: FT_Face?
    code = FT_New_Face(library, path, 0, &face)
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

  /// The face at `size` pixels an em, gray antialiased and slightly hinted, with whole-pixel advances.
  func scaled(to size: Int) throws(FileError) -> ScaledTypeface {
    let options = cairo_font_options_create()
    defer { cairo_font_options_destroy(options) }
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON)
    var matrix = cairo_matrix_t()
    cairo_matrix_init_scale(&matrix, Double(size), Double(size))
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
