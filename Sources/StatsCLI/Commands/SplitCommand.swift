import Analysis
import ArgumentParser
import Counting
import Datasets
import JSON
import PersonaData
import Support
import TokenStatistics

/// Chooses conversations for training, validation and test by token budgets.
struct SplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Make train, validation and test splits by token budgets.",
    discussion: """
      Conversations are chosen at random, by the seed alone; no part goes beyond its budget, no conversation is cut and \
      none is in two parts. The split is a folder: dataset/ for datasets.load_from_disk, parquet/ with a file for each \
      part, and manifest.json with every row and its tokens. A selection such as DATASET:label=neg,min_score=50 stands \
      above --label and the lowest scores.

      Example:
        tokenstats split --dataset-dir DIR --train 1M --stratify persona -o split
      """)

  @OptionGroup var choice: DatasetOptions

  @Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("Folder for the split.", valueName: "dir"),
    completion: .directory)
  var outputDir: String

  @OptionGroup(title: "What is chosen") var options: SplitOptions
  @OptionGroup var selection: ScanSelection

  @Flag(help: "Replace a split that is there.")
  var force = false

  @Flag(help: "Print a JSON object instead of a table.")
  var json = false

  @OptionGroup var form: TableFormOptions

  @Flag(help: "Choose and count, and write nothing.")
  var dryRun = false

  func validate() throws {
    if json && form.tsv { throw ValidationError("--json and --tsv exclude each other.") }
    if selection.counting.model.count > 1 {
      throw ValidationError("--model names one model here: a split has budgets in tokens of one model.")
    }
  }

  func run() throws {
    // What cannot be written is better known before the counting.
    if let obstacle = SplitWriter.obstacle(at: outputDir, replacing: force) {
      guard dryRun else { throw CommandFailure(obstacle) }
      Messages.warning(obstacle)
    }
    let settings = options.settings
    let scan = try selection.scan(try choice.selections()) { scan in
      scan.scan.findsTurns = false
      scan.scan.optionalColumns = settings.columns
      scan.scan.dropsSystemOf = options.keepSystem ? [] : [.role, .trait]
      scan.query.usualFilters = options.usualFilters
      scan.query.namesShowFilters = false
      scan.hashesSources = true
    }
    Interruption.stopGently()
    let outcomes = scan.run(stop: Interruption.flag) { _ in SplitCollector(settings) }
    if Interruption.isRequested { throw CommandFailure("interrupted; nothing was written", status: .interrupted) }
    var failures = ScanFailures(scan)
    let summaries = failures.results(of: outcomes)
    try Self.checkTurns(summaries)
    if case .column(let column)? = settings.stratum, !summaries.contains(where: \.summary.hasStrata) {
      throw CommandFailure("--stratify \(column): no row has a value in a column \(column)", status: .nothingMatched)
    }
    try Self.checkNames(outcomes.map(\.job.source))
    let split = DatasetSplit(of: outcomes, settings: settings)
    try check(split, failures)
    let record = DatasetSplit.Record(
      toolVersion: TokenStats.version, tokenizers: scan.tokenizers, usualFilters: options.usualFilters,
      dropsSystem: !options.keepSystem)
    if !dryRun { try write(split, record) }
    try report(split, record)
    try failures.end()
  }

  /// Ends the command where nothing, or too little, can be chosen.
  private func check(_ split: DatasetSplit, _ failures: ScanFailures) throws(CommandFailure) {
    guard split.sources.contains(where: { $0.candidates > 0 }) else {
      try failures.end()
      throw CommandFailure(
        "nothing can be chosen; \(SplitReport.choice(of: split))", status: .nothingMatched)
    }
    if let empty = split.parts.first(where: \.rows.isEmpty) {
      // The datasets library cannot load a part without rows.
      let budget = NumberFormat.grouped(empty.budget.tokens)
      throw CommandFailure(
        "\(empty.budget.name) stays empty, nothing that is left fits its \(budget) tokens; a budget of 0 leaves it out; "
          + "nothing was written")
    }
    guard !split.shortParts.isEmpty else { return }
    let shortage = SplitReport.shortage(of: split)
    guard options.allowShort else {
      throw CommandFailure(
        "\(shortage); \(SplitReport.choice(of: split)); lower the budgets, choose from more rows, or give --allow-short; "
          + "nothing was written")
    }
    Messages.warning(shortage)
  }

  private func write(_ split: DatasetSplit, _ record: DatasetSplit.Record) throws(CommandFailure) {
    do throws(InputError) {
      try split.write(
        to: outputDir, dropsSystem: record.dropsSystem, manifest: split.manifest(record).serialized(.pretty))
    } catch {
      throw CommandFailure(error)
    }
  }

  private func report(_ split: DatasetSplit, _ record: DatasetSplit.Record) throws(CommandFailure) {
    var output = StandardOutput()
    if json {
      var object = split.manifest(record, withRows: false).objectValue ?? JSONObject()
      object["output"] = dryRun ? .null : .string(outputDir)
      try output.writeLine(JSONValue.object(object).serialized(.pretty))
    } else {
      try SplitReport(split, folder: outputDir, isWritten: !dryRun).print(form, to: &output)
    }
    try output.flush()
  }

  /// A split holds conversations: texts cannot be told from empty ones in it.
  private static func checkTurns(
    _ results: [(identity: DatasetIdentity, summary: SplitCollector.Summary)]
  ) throws(CommandFailure) {
    guard let (identity, summary) = results.first(where: { $0.summary.texts > 0 }) else { return }
    throw CommandFailure(
      "\(identity.dataset): \(NumberFormat.grouped(summary.texts)) rows are texts without turns, which a split cannot "
        + "hold; --as-chat makes conversations of prompts and completions; nothing was written")
  }

  /// Row numbers mean nothing where two datasets have the same name.
  private static func checkNames(_ sources: [DatasetSource]) throws(CommandFailure) {
    var paths: [String: String] = [:]
    for source in sources {
      let name = source.name.description
      if let other = paths[name], other != source.path {
        throw CommandFailure(
          "\(other) and \(source.path) have the same name, by which rows are told apart; give one of them",
          status: .usage)
      }
      paths[name] = source.path
    }
  }
}
