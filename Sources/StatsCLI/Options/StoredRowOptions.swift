import ArgumentParser

/// Which conversation of a dataset `show` prints, and how its source is read again.
struct StoredRowOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Print the conversation of this row, read again from its source, with the tokens of each message.", valueName: "n"
    ))
  var row: WholeNumber?

  @Flag(help: "With --row: put a border between tokens.")
  var tokens = false

  @Option(
    help: ArgumentHelp("With --row: where the source is now, if it was moved.", valueName: "path"),
    completion: .file())
  var source: String?

  @OptionGroup(title: "How the source of --row is read") var reading: SourceOptions
  @OptionGroup(title: "How the source of --row is read") var counting: CountingModelOptions
  @OptionGroup(title: "Tokenizers and templates") var tokenization: TokenizationOptions

  func validate() throws {
    guard row == nil else { return }
    if tokens { throw ValidationError("--tokens shows the tokens of a row: name it with --row.") }
    if source != nil { throw ValidationError("--source is read for a row: name it with --row.") }
    if !counting.model.isEmpty { throw ValidationError("--model counts a row: name it with --row.") }
  }
}
