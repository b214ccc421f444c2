import CFontconfig
import Glibc

/// Where the two files of the pictures' font are: DejaVu Sans Book and Bold.
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
  /// - Throws: ``PlotError/fontMissing(family:place:)`` where one of them is not there.
  public init(directory: String) throws(PlotError) {
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
  /// - Throws: ``PlotError/fontMissing(family:place:)`` where the font is not installed.
  public static func located() throws(PlotError) -> FontFiles {
    if let directory = getenv(directoryVariable), directory.pointee != 0 {
      return try FontFiles(directory: String(cString: directory))
    }
    return try FontFiles(configuration: FontConfiguration())
  }

  private init(configuration: borrowing FontConfiguration) throws(PlotError) {
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

  /// The file of the upright face of `family` with `weight` and normal width; nil where there is none.
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
