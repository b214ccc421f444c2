import Support

extension FileError {
  /// No usable file of the font `family` was found; `place` says where it was looked for.
  static func fontMissing(family: String, place: String) -> FileError {
    FileError(
      .system, "the font is missing",
      sentence: "cannot find the font \(family) \(place): install the package fonts-dejavu-core, or set "
        + "TOKENSTATS_FONT_DIR to a folder that holds DejaVuSans.ttf and DejaVuSans-Bold.ttf")
  }

  /// FreeType refused the font file at `path` with its error `code`.
  static func fontUnreadable(path: String, code: Int32) -> FileError {
    FileError(
      .damaged, path: path, "FreeType error \(code)",
      sentence: "cannot read the font file \(path): FreeType error \(code); install the package fonts-dejavu-core again"
    )
  }

  /// Cairo failed: what was being done, and Cairo's own message.
  static func drawing(operation: String, message: String) -> FileError {
    FileError(.system, message, sentence: "cannot \(operation): \(message)")
  }

  /// The compressor could not be set up or ran out of its bound while writing a PNG.
  static var compression: FileError { .drawing(operation: "compress a picture", message: "out of memory") }

  /// A length domain is not of the form `64:2048`.
  static func domain(text: String) -> FileError {
    FileError(
      .invalidInput, "no length domain",
      sentence: "\"\(text)\" is no length domain: write two powers of two, the lower one first, like 64:2048")
  }

  /// A plot of several datasets was asked for without any.
  static func nothingToDraw(plot: String) -> FileError {
    FileError(.invalidInput, "no datasets", sentence: "cannot draw a \(plot) without datasets")
  }
}
