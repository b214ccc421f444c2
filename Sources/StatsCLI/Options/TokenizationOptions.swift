import Analysis
import ArgumentParser
import ChatTemplates
import Counting
import Datasets
import ModelHub
import Support

/// Which files and formats stand behind the models' names.
struct TokenizationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Use this vocabulary file for a model; may be repeated.", valueName: "model=path"))
  var tokenizer: [String] = []

  @Option(
    help: ArgumentHelp(
      "Use another model's chat format for a model, as in qwen-3-32b=qwen2.5; may be repeated.",
      valueName: "model=format"))
  var template: [String] = []

  @Option(
    help: ArgumentHelp(
      "Tell the chat template something, as in date_string='1 Jan 2025'; may be repeated.", valueName: "name=value"))
  var templateArg: [String] = []
}

extension TokenizationOptions {
  /// The models as the options describe them.
  func selector() throws(CommandFailure) -> ModelSelector {
    try ModelSelector(templates: template, files: tokenizer)
  }

  /// The template arguments, each of which must be known to one of the templates in use.
  func arguments(for templates: [ChatTemplate]) throws(CommandFailure) -> TemplateArguments {
    do {
      return try TemplateArguments(pairs: templateArg, for: templates)
    } catch {
      throw CommandFailure(error.description, status: .usage)
    }
  }
}

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
      do throws(InputError) {
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
