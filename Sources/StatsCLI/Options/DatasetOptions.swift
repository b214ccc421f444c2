import Analysis
import ArgumentParser
import ChatTemplates
import Counting
import Datasets
import JSON
import ModelHub
import PersonaData
import Support
import TokenStatistics
import Tokenizers

/// Datasets that are named on the command line or in files, each with a choice among its rows.
struct DatasetOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Datasets by name or path; DATASET:label=pos,min_score=3,max_score=3 takes a part of the rows. None for all.",
      valueName: "dataset"),
    completion: CompletionNames.datasets)
  var datasets: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read more datasets from a file, one a line, # for comments; may be repeated.", valueName: "file"),
    completion: .file())
  var names: [String] = []

  /// The selections in the order given; none where nothing was named.
  func selections() throws(CommandFailure) -> [DatasetSelection] {
    var selections: [DatasetSelection] = []
    for text in datasets { selections.append(try Self.selection(text)) }
    for path in names { selections += try Self.selections(inFile: path) }
    return selections
  }

  /// The selection that `text` means: a path that is there, whatever its name holds, or else a name with filters.
  static func selection(_ text: String) throws(CommandFailure) -> DatasetSelection {
    do throws(InputError) {
      return try text == "-" || Files.exists(text) ? DatasetSelection(dataset: text) : DatasetSelection(parsing: text)
    } catch {
      throw CommandFailure(error.description, status: .usage)
    }
  }

  /// The selections that a file names, one at least.
  static func selections(inFile path: String) throws(CommandFailure) -> [DatasetSelection] {
    let listed: [DatasetSelection]
    do throws(InputError) {
      listed = try DatasetSelection.list(inFile: path)
    } catch {
      throw CommandFailure(error.description)
    }
    // No names must not mean all datasets.
    if listed.isEmpty { throw CommandFailure("\(path) names no dataset", status: .nothingMatched) }
    return listed
  }
}

/// Which datasets are read row by row, and how their conversations are counted.
struct ScanSelection: ParsableArguments {
  @OptionGroup var workspace: WorkspaceOptions

  @Option(
    help: ArgumentHelp("Folder of the datasets; default: datasets/processed/persona.", valueName: "dir"),
    completion: .directory)
  var datasetDir: String?

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Only datasets of these models.", valueName: "model"),
    completion: CompletionNames.models)
  var models: [String] = []

  @OptionGroup(title: "Sources") var sources: SourceOptions

  @Option(help: ArgumentHelp("What results call the source, where one is given.", valueName: "name"))
  var name: String?

  @OptionGroup var counting: CountingModelOptions
  @OptionGroup(title: "Tokenizers and templates") var tokenization: TokenizationOptions
  @OptionGroup var jobs: JobsOptions

  func validate() throws { try SwallowedPaths.check(models: models) }

  /// Finds the datasets, which are called by names with their filters, and loads the vocabularies of their models.
  ///
  /// - Parameters:
  ///   - datasets: names or paths with filters, as in `NAME:label=pos`; empty for all datasets of the folder.
  ///   - columns: further columns that are read.
  ///   - defaultModel: the model of sources whose names hold none.
  func scan(
    _ datasets: [String], columns: [String] = [], defaultModel: String? = nil
  ) throws(CommandFailure) -> ConversationScan {
    let selections = try datasets.map { (text) throws(CommandFailure) in try DatasetOptions.selection(text) }
    return try scan(selections) { options in
      options.scan.optionalColumns = columns
      options.query.defaultModel = defaultModel
    }
  }

  /// Finds the datasets and loads the vocabularies of their models.
  ///
  /// - Parameters:
  ///   - selections: the datasets; empty for all of the folder.
  ///   - change: what is special about the scan.
  func scan(
    _ selections: [DatasetSelection], _ change: (inout ScanOptions) -> Void
  ) throws(CommandFailure) -> ConversationScan {
    if let statistics = selections.first(where: { StatisticsDocument.isStatistics($0.dataset) }) {
      throw CommandFailure(
        "\(statistics.dataset) is a statistics file, which holds no rows: name the data that it was counted from",
        status: .usage)
    }
    var options = ScanOptions(datasetFolder: datasetDir ?? workspace.processedDatasets)
    // Only the statistics say what is left without system messages.
    options.scan.countsWithoutSystem = false
    change(&options)
    options.query.selections = selections
    options.query.reading = sources.lookup(
      folder: options.query.folder, hub: tokenization.hub, limits: jobs.limits)
    options.query.reading.name = name
    options.query.models = models.flatMap { $0.split(separator: ",").map(String.init) }
    options.scan.workers = jobs.count
    options.scan.templateColumns = tokenization.chat.templateColumn
    let loader = try counting.loader(&options.query, tokenization)
    let scan: ConversationScan
    do throws(InputError) { scan = try ConversationScan(options, loader: loader) } catch {
      throw CommandFailure(scanning: error, folder: datasetDir)
    }
    for notice in NameList.grouped(scan.notices) { Messages.notice(notice) }
    return scan
  }
}

/// What counts the rows of datasets.
struct CountingModelOptions: ParsableArguments {
  @Option(
    name: [.customShort("m"), .long],
    help: ArgumentHelp(
      """
      Count with this model instead of the one in a dataset's name: \(ModelRegistry.nameList), or a model's folder or \
      tokenizer file; may be repeated.
      """, valueName: "name|path"), completion: CompletionNames.models)
  var model: [String] = []

  @OptionGroup(title: "Tokenizer files") var files: TokenizerFileOptions

  /// The models that count: those that the option names, else the built-in ones by the names of datasets.
  ///
  /// - Parameters:
  ///   - query: what is asked for; it is told the models that the option names.
  ///   - statistics: the path of the statistics that are updated; nil where none are.
  func loader(
    _ query: inout SourceQuery, _ tokenization: TokenizationOptions, updating statistics: String? = nil
  ) throws(CommandFailure) -> ModelLoader {
    let storedNow = { (name: String) in statistics.flatMap { Self.storedNow(of: name, in: $0) } }
    guard !model.isEmpty else {
      return ChatModel.loader(try tokenization.builtInModels(query.models, storedNow: storedNow))
    }
    let counting = try files.models(named: model, tokenization, storedNow: storedNow)
    query.countingModels = counting.map(\.datasetName)
    return ChatModel.loader(counting)
  }

  /// The models that would be fetched first, where only what would be done is asked for.
  ///
  /// - Parameter query: what is asked for; where there is one it is told the models that the option names.
  func planned(
    _ query: inout SourceQuery, _ tokenization: TokenizationOptions
  ) throws(CommandFailure) -> [PlannedModel] {
    let selector = try tokenization.selector(for: model)
    let planned = model.compactMap { selector.plannedModel(named: $0) }
    guard !planned.isEmpty else { return [] }
    let others = model.filter { name in !planned.contains { $0.name == name } }
    let here = try files.unprepared(named: others, tokenization).map(\.datasetName)
    query.countingModels = planned.map(\.datasetName) + here
    guard Set(query.countingModels).count == model.count else {
      throw CommandFailure("two values of --model are called the same in results; rename one", status: .usage)
    }
    return planned
  }

  /// The time that a model's template saw when statistics were counted; nil where there are none that say.
  private static func storedNow(of model: String, in path: String) -> TemplateClock? {
    // Whether the file can be used at all is found out where it is loaded.
    guard Files.exists(path), let bytes = try? Files.read(path), let document = try? JSONValue.parse(bytes) else {
      return nil
    }
    return document["metadata"]?["tokenizers"]?[model]?["now"]?.stringValue.flatMap { TemplateClock($0) }
  }
}
