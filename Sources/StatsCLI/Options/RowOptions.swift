import ModelHub
import Support
import Analysis
import ArgumentParser
import ChatTemplates

/// What `encode` and `render` share: rows of JSONL in, a line out for each.
struct RowOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The model: \(ModelRegistry.nameList).", valueName: "name"))
  var model: String

  @OptionGroup(title: "Tokenizers and templates") var tokenization: TokenizationOptions

  @Flag(help: "End conversations with the beginning of an answer, where the row does not say.")
  var addGenerationPrompt = false

  @Flag(help: "Write characters beyond ASCII as \\uXXXX.")
  var ascii = false

  @Argument(
    help: ArgumentHelp(
      "JSONL: a string or an object with \"text\" or \"messages\" a line; - or none for standard input.",
      valueName: "file"),
    completion: .file(extensions: ["jsonl", "ndjson", "json"]))
  var file: String?

  /// Reads every row, and prints the JSON that `respond` makes of its text; `{"error":..}` where it throws.
  func forEachText(
    model: SelectedModel, _ respond: ([UInt8], inout StandardOutput) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    var arguments = try tokenization.arguments(for: [model.format.template])
    arguments.addGenerationPrompt = addGenerationPrompt
    var renderer = RowRenderer(template: model.format.template, arguments: arguments)
    var reader = try TextInput.lines(of: file)
    var output = StandardOutput()
    var failures = FailureLog()
    while true {
      // Reading may have to wait for who writes the input, who may wait for the answers.
      if !reader.isNextBuffered() { try output.flush() }
      guard try TextInput.next(&reader) else { break }
      let text: [UInt8]
      do throws(RowFault) {
        text = try renderer.render(TextRow(reader.line))
      } catch {
        failures.note(reader.lineNumber)
        try output.writeLine(JSONLine.error(error.message, ascii: ascii))
        continue
      }
      try respond(text, &output)
    }
    try output.flush()
    try failures.end(of: reader.lineNumber, in: reader.name)
  }
}
