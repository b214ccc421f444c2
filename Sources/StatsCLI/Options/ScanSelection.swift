import Counting
import ModelHub
import Analysis
import ArgumentParser
import ChatTemplates
import Datasets
import PersonaData
import Tokenizers

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
    do throws(AnalysisError) {
      scan = try ConversationScan(options) { (name, _) in try selector.model(named: name).tokenizer() }
    } catch {
      throw CommandFailure(error)
    }
    for notice in scan.notices { Messages.notice(notice) }
    return scan
  }

  private func templates(of options: ScanOptions) throws(CommandFailure) -> [ChatTemplate] {
    do {
      let names = options.query.models.isEmpty ? ModelRegistry.names : options.query.models
      return try names.map { (name) throws(ModelHubError) in try options.catalog.format(of: name).template }
    } catch {
      throw CommandFailure(error)
    }
  }
}
