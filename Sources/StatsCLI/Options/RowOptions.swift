import ModelHub
import Analysis
import ArgumentParser
import ChatTemplates

/// What `encode` and `render` share: rows of JSONL in, a line out for each.
struct RowOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The model: gemma-2-27b, llama-3.3-70b or qwen-3-32b.", valueName: "name"))
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
    var reader = try LineReader(path: file)
    var output = StandardOutput()
    var failures = FailureLog()
    try reader.forEachLine { () throws(CommandFailure) in
      try output.flush()
    } _: { (line, number) throws(CommandFailure) in
      let text: [UInt8]
      do throws(RowFault) {
        text = try renderer.render(TextRow(line))
      } catch {
        failures.note(number)
        try output.writeLine(JSONLine.error(error.message, ascii: ascii))
        return
      }
      try respond(text, &output)
    }
    try output.flush()
    try failures.end(of: reader.lineNumber, in: reader.name)
  }
}
