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
      shape, folders, quoted patterns such as 'data/*.jsonl', datasets of --dataset-dir by name, and datasets of the hub \
      (hf://datasets/OWNER/NAME); DATASET:label=pos,min_score=3 takes a part of the rows. Prints, as wc does, the tokens \
      and the name of each file, and a total of several; a folder that is no dataset is walked, but for hidden entries \
      and what .gitignore names. Of standard input, and with --each, one count a line in input order, "-" for a row that \
      cannot be read. Several models have a column each.

      Example:
        tokenstats count --model qwen-3-32b docs README.md
        tokenstats count --model tokenizer.json --each texts.jsonl
        tokenstats count --model qwen-3-32b --max 8k prompts/*.md
      """)

  @Option(name: [.customShort("m"), .long], help: CountingModel.help, completion: CompletionNames.models)
  var model: [String]

  @OptionGroup(title: "Tokenizer files") var tokenizerFiles: TokenizerFileOptions
  @OptionGroup(title: "Tokenizers and templates") var tokenization: TokenizationOptions
  @OptionGroup var jobs: JobsOptions

  @Flag(help: "Print one count for each text, in input order; what standard input gets by itself.")
  var each = false

  @Flag(help: "Print one result for all texts.")
  var total = false

  @Option(help: ArgumentHelp("Print only the n files of the most tokens, largest first.", valueName: "n"))
  var top: WholeNumber?

  @Option(
    help: ArgumentHelp(
      "End with status 6 if a file has more tokens; with --each a text, with --total all together.",
      valueName: "tokens"))
  var max: TokenLength?

  @OptionGroup(title: "What is trained") var training: TrainingOptions
  @OptionGroup var price: PriceOptions

  @Flag(help: "Print JSON objects.")
  var json = false

  @Flag(help: "Print a line of names before the counts, and an empty field for what cannot be read.")
  var tsv = false

  @OptionGroup var texts: TextOptions

  @Flag(help: "Add load, read and count seconds and MB/s as JSON; reading and counting are timed apart.")
  var timing = false

  @Option(
    help: ArgumentHelp(
      "Count the same texts several times; the timing is then the median of the passes after the first.",
      valueName: "n"))
  var passes = 1

  @Argument(
    help: ArgumentHelp("Files or datasets; - or none for standard input.", valueName: "file"),
    completion: CompletionNames.datasets)
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
    if json && tsv { throw ValidationError("--json and --tsv exclude each other.") }
    if tsv && (timing || passes > 1) {
      throw ValidationError("--tsv prints counts alone: leave out --timing and --passes.")
    }
    if each && total { throw ValidationError("--each and --total exclude each other.") }
    if let top {
      if each || total { throw ValidationError("--top chooses among files, not with --each or --total.") }
      if top.value < 1 { throw ValidationError("--top must be 1 or more, not \(top.value).") }
    }
  }

  func run() throws {
    let policies = try training.policies()
    let (inputs, failures, isInput) = try inputs(isScanned: !policies.isEmpty)
    let form: CountReport.Form = total ? .total : each || (isInput && top == nil) ? .texts : .inputs
    if form != .inputs, let failure = failures.first { throw CommandFailure(failure) }
    Messages.errors(failures)
    let models = try tokenizerFiles.models(named: model, tokenization)
    let loading = Stopwatch()
    let loaded = try models.map { (model) throws(CommandFailure) in
      CountedModel(name: model.name, model: try model.load(), jobs: jobs.count)
    }
    var report = CountReport(
      .init(
        form: form, isJSON: json, isTabSeparated: tsv, top: top?.value, maximum: max?.tokens, price: price,
        hasTotal: !failures.isEmpty),
      inputs: inputs.map(\.name), models: models.map(\.name), policies: policies)
    try report.begin()
    var run = CountRun(
      report, models: loaded, passes: passes, jobs: jobs.count, templateColumns: tokenization.chat.templateColumn,
      imageTokens: tokenization.imageTokens?.value, policies: policies)
    run.timing.load = loading.seconds
    try run.count(inputs)
    try run.end(withTiming: timing || passes > 1)
    guard failures.isEmpty else {
      throw CommandFailure(
        "\(failures.count) \(failures.count == 1 ? "input" : "inputs") could not be read", status: .partialFailure)
    }
  }

  /// What is counted, what of it cannot be read, and whether it is standard input alone.
  ///
  /// - Parameter isScanned: whether rows are read as those of tables, for each model anew.
  private func inputs(
    isScanned: Bool
  ) throws(CommandFailure) -> (inputs: [TextInput], failures: [InputError], isInput: Bool) {
    var selections = try files.map { (file) throws(CommandFailure) in try DatasetOptions.selection(file) }
    for path in names { selections += try DatasetOptions.selections(inFile: path) }
    var lookup = sources.lookup(
      folder: datasetDir ?? workspace.processedDatasets, hub: tokenization.hub, limits: jobs.limits)
    texts.set(&lookup)
    if selections.isEmpty { selections = [DatasetSelection(dataset: "-")] }
    let (inputs, failures) = try TextInput.find(
      selections, lookup, templateColumns: tokenization.chat.templateColumn, streamsInput: !isScanned)
    return (inputs, failures, selections.allSatisfy { $0.dataset == "-" })
  }
}
