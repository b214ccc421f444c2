import Analysis
import ArgumentParser
import ChatTemplates
import Counting
import Datasets
import ModelHub
import PersonaData
import Support
import Tokenizers

/// Datasets that are named on the command line or in files, each with a choice among its rows.
struct DatasetOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Datasets by name or path; DATASET:label=pos,min_score=3,max_score=3 takes a part of the rows. None for all.",
      valueName: "dataset"),
    completion: .file())
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
      return try Files.exists(text) ? DatasetSelection(dataset: text) : DatasetSelection(parsing: text)
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

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Only datasets of these models.", valueName: "model"))
  var models: [String] = []

  @OptionGroup(title: "Tokenizers and templates") var tokenization: TokenizationOptions
  @OptionGroup var jobs: JobsOptions

  /// Finds the datasets, which are called by names with their filters, and loads the vocabularies of their models.
  ///
  /// - Parameters:
  ///   - datasets: names or paths with filters, as in `NAME:label=pos`; empty for all datasets of the folder.
  ///   - columns: further columns that are read.
  func scan(_ datasets: [String], columns: [String] = []) throws(CommandFailure) -> ConversationScan {
    let selections = try datasets.map { (text) throws(CommandFailure) in try DatasetOptions.selection(text) }
    return try scan(selections) { $0.scan.optionalColumns = columns }
  }

  /// Finds the datasets and loads the vocabularies of their models.
  ///
  /// - Parameters:
  ///   - selections: the datasets; empty for all of the folder.
  ///   - change: what is special about the scan.
  func scan(
    _ selections: [DatasetSelection], _ change: (inout ScanOptions) -> Void
  ) throws(CommandFailure) -> ConversationScan {
    let selector = try tokenization.selector()
    var options = ScanOptions(datasetFolder: datasetDir ?? workspace.processedDatasets)
    change(&options)
    options.query.selections = selections
    options.query.models = models.flatMap { $0.split(separator: ",").map(String.init) }
    options.catalog = selector.catalog
    options.scan.workers = jobs.count
    options.templateArguments = try tokenization.arguments(for: templates(of: options))
    let scan: ConversationScan
    do throws(InputError) {
      scan = try ConversationScan(options) { (name, _) in try selector.model(named: name).tokenizer() }
    } catch {
      throw CommandFailure(scanning: error)
    }
    for notice in scan.notices { Messages.notice(notice) }
    return scan
  }

  private func templates(of options: ScanOptions) throws(CommandFailure) -> [ChatTemplate] {
    do {
      let names = options.query.models.isEmpty ? ModelRegistry.names : options.query.models
      return try names.map { (name) throws(InputError) in try options.catalog.format(of: name).template }
    } catch {
      throw CommandFailure(error)
    }
  }
}
