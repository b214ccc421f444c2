public import Support

/// Why a plot could not be drawn.
public enum PlotError: Error, Sendable, Equatable {
  /// No usable file of the font `family` was found; `place` says where it was looked for.
  case fontMissing(family: String, place: String)
  /// FreeType refused the font file at `path` with its error `code`.
  case fontUnreadable(path: String, code: Int32)
  /// Cairo failed: what was being done, and Cairo's own message.
  case drawing(operation: String, message: String)
  /// The compressor could not be set up or ran out of its bound while writing a PNG.
  case compression
  /// A length domain is not of the form `64:2048`.
  case domain(text: String)
  /// A plot of several datasets was asked for without any.
  case nothingToDraw(plot: String)
  /// A plot could not be written.
  case file(FileError)
}

extension PlotError: CustomStringConvertible {
  /// One sentence that says what failed and what to do.
  public var description: String {
    switch self {
    case .fontMissing(let family, let place):
      "cannot find the font \(family) \(place): install the package fonts-dejavu-core, or set TOKENSTATS_FONT_DIR "
        + "to a folder that holds DejaVuSans.ttf and DejaVuSans-Bold.ttf"
    case .fontUnreadable(let path, let code):
      "cannot read the font file \(path): FreeType error \(code); install the package fonts-dejavu-core again"
    case .drawing(let operation, let message):
      "cannot \(operation): \(message)"
    case .compression:
      "cannot compress a picture: out of memory"
    case .domain(let text):
      "\"\(text)\" is no length domain: write two powers of two, the lower one first, like 64:2048"
    case .nothingToDraw(let plot):
      "cannot draw a \(plot) without datasets"
    case .file(let error):
      error.description
    }
  }
}
