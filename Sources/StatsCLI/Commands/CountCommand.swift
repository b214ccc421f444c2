import Analysis
import ArgumentParser
import ChatTemplates
import Counting
import Datasets
import ModelHub
import Support

/// Counts the tokens of texts and conversations.
struct CountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Count the tokens of texts and conversations.",
    discussion: """
      Reads rows of any kind of file (Parquet, Arrow, JSON lines or lists, CSV, plain text; also compressed) and of any \
      shape, folders, quoted patterns such as 'data/*.jsonl', and datasets of --dataset-dir by name; \
      DATASET:label=pos,min_score=3 takes a part of the rows. Prints one count a line in input order, "-" for a row that \
      cannot be read; several models have a column each.

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

  @OptionGroup var texts: TextOptions

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

  @OptionGroup(title: "Sources") var sources: SourceOptions
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
    var selections = try files.map { (file) throws(CommandFailure) in try DatasetOptions.selection(file) }
    for path in names { selections += try DatasetOptions.selections(inFile: path) }
    var lookup = sources.lookup(folder: datasetDir ?? workspace.processedDatasets)
    texts.set(&lookup)
    return try TextInput.inputs(selections.isEmpty ? [DatasetSelection(dataset: "-")] : selections, lookup)
  }
}
