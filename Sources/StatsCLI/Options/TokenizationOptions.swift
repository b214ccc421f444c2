import Analysis
import ArgumentParser
import ChatTemplates
import Counting
import Datasets
import ModelHub
import Support
import Tokenizers

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

/// What a tokenizer file does not say itself.
struct TokenizerFileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The pattern and special tokens of a tiktoken file that is not known by its content: \
      \(TiktokenSpec.names.joined(separator: ", ")), or a JSON file with pat_str and special_tokens.
      """, valueName: "name|file"))
  var tiktokenSpec: String?
}

extension TokenizerFileOptions {
  /// The model that a short name, a path or a hub id means.
  func model(named name: String, _ selector: ModelSelector) throws(CommandFailure) -> CountingModel {
    let model = try selector.countingModel(named: name, spec: spec())
    if tiktokenSpec != nil, model.format != nil {
      throw CommandFailure("\(name): --tiktoken-spec is for tiktoken files only", status: .usage)
    }
    return model
  }

  private func spec() throws(CommandFailure) -> TiktokenSpec? {
    guard let tiktokenSpec else { return nil }
    if let known = TiktokenSpec.named(tiktokenSpec) { return known }
    guard Files.exists(tiktokenSpec) else {
      throw CommandFailure(
        "--tiktoken-spec \(tiktokenSpec): there is no such file; known names are "
          + TiktokenSpec.names.joined(separator: ", "), status: .usage)
    }
    do { return try TiktokenSpec(json: Files.read(tiktokenSpec)) } catch {
      throw CommandFailure("--tiktoken-spec \(tiktokenSpec): \(error)", status: .usage)
    }
  }
}

/// What `encode` and `render` share: rows of JSONL in, a line out for each.
struct RowOptions: ParsableArguments {
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

  /// Turns rows into the texts that a model reads.
  func renderer(for model: CountingModel) throws(CommandFailure) -> RowRenderer {
    guard let format = model.format else {
      _ = try tokenization.arguments(for: [])
      return RowRenderer(textsOf: model.name)
    }
    var arguments = try tokenization.arguments(for: [format.template])
    arguments.addGenerationPrompt = addGenerationPrompt
    return RowRenderer(template: format.template, arguments: arguments)
  }

  /// Reads every row, and prints the line of JSON that `respond` makes of its text; `{"error":..}` where it throws.
  func forEachText(
    _ renderer: RowRenderer, _ respond: ([UInt8]) throws(InputError) -> [UInt8]
  ) throws(CommandFailure) {
    var renderer = renderer
    try Self.forEachLine(of: file, ascii: ascii) { (line) throws(InputError) in
      try respond(renderer.render(TextRow(line)))
    }
  }

  /// Reads every line of a file, and prints the line of JSON that `respond` makes of it; `{"error":..}` where it throws.
  static func forEachLine(
    of file: String?, ascii: Bool, _ respond: (RawSpan) throws(InputError) -> [UInt8]
  ) throws(CommandFailure) {
    var reader = try TextInput.lines(of: file)
    var output = StandardOutput()
    var failures = FailureLog()
    while true {
      // Reading may have to wait for who writes the input, who may wait for the answers.
      if !reader.isNextBuffered() { try output.flush() }
      guard try TextInput.next(&reader) else { break }
      let line: [UInt8]
      do throws(InputError) {
        line = try respond(reader.line)
      } catch {
        failures.note(reader.lineNumber)
        line = JSONLine.error(error.message, ascii: ascii)
      }
      try output.writeLine(line)
    }
    try output.flush()
    try failures.end(of: reader.lineNumber, in: reader.name)
  }
}
