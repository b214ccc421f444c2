import Analysis
import ArgumentParser
import ChatTemplates
import Counting
import ModelHub
import Support

/// Counts the tokens of texts and conversations.
struct CountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Count the tokens of texts and conversations.",
    discussion: """
      Reads JSONL (a string, or an object with "text" or "messages" a line), datasets (an Arrow folder or a Parquet \
      file, or a name in --dataset-dir; DATASET:label=pos,min_score=3 takes a part of the rows) or plain text (.txt, \
      .md, --text). Prints one count a line in input order, "-" for a line that is no text; several models have a column \
      each.

      Example:
        tokenstats count --model qwen-3-32b --jobs 1 --timing --json --total texts.jsonl
        tokenstats count --model tokenizer.json texts.jsonl
      """)

  @Option(help: CountingModel.help)
  var model: [String]

  @OptionGroup(title: "Tokenizer files") var tokenizerFiles: TokenizerFileOptions
  @OptionGroup(title: "Tokenizers and templates") var tokenization: TokenizationOptions
  @OptionGroup var jobs: JobsOptions

  @Flag(help: "Print one result for all texts.")
  var total = false

  @Flag(help: "Print JSON objects.")
  var json = false

  @Flag(help: "Each file is one text as it stands.")
  var text = false

  @Flag(help: "Add load, read and count seconds and MB/s as JSON; reading and counting are timed apart.")
  var timing = false

  @Option(
    help: ArgumentHelp(
      "Count the same texts several times; the timing is then the median of the passes after the first.",
      valueName: "n"))
  var passes = 1

  @Argument(
    help: ArgumentHelp("Files or datasets; - or none for standard input.", valueName: "file"), completion: .file())
  var files: [String] = []

  @Option(
    help: ArgumentHelp(
      "Count more files or datasets that a file names, one a line, # for comments; may be repeated.",
      valueName: "file"),
    completion: .file())
  var names: [String] = []

  @OptionGroup var workspace: WorkspaceOptions

  @Option(
    help: ArgumentHelp(
      "Folder of datasets that are named without a path; default: datasets/processed/persona.", valueName: "dir"),
    completion: .directory)
  var datasetDir: String?

  func validate() throws {
    if model.isEmpty { throw ValidationError("Name a model with --model.") }
    if passes < 1 { throw ValidationError("--passes must be 1 or more, not \(passes).") }
  }

  func run() throws {
    let inputs = try inputs()
    let models = try tokenizerFiles.models(named: model, tokenization)
    let loading = Stopwatch()
    let loaded = try models.map { (model) throws(CommandFailure) in
      CountedModel(name: model.name, model: try model.load(), jobs: jobs.count)
    }
    var run = CountRun(
      CountReport(isJSON: json, isTotal: total, models: models.map(\.name)), models: loaded, passes: passes,
      jobs: jobs.count, templateColumns: tokenization.chat.templateColumn)
    run.timing.load = loading.seconds
    try run.count(inputs)
    try run.end(withTiming: timing || passes > 1)
  }

  private func inputs() throws(CommandFailure) -> [TextInput] {
    let folder = datasetDir ?? workspace.processedDatasets
    var inputs: [TextInput] = []
    for file in files { inputs.append(try TextInput(file, isPlainText: text, folder: folder)) }
    for path in names {
      for selection in try DatasetOptions.selections(inFile: path) {
        inputs.append(try TextInput(selection, isPlainText: text, folder: folder))
      }
    }
    return inputs.isEmpty ? [try TextInput("-", isPlainText: text, folder: folder)] : inputs
  }
}
