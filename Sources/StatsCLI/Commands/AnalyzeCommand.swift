import Analysis
import ArgumentParser
import ChatTemplates
import Counting
import Datasets
import Histograms
import ModelHub
import PersonaData
import Support
import TokenStatistics
import Tokenizers

/// Counts datasets, writes the statistics and draws the pictures.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Count datasets: statistics as JSON, one picture each.",
    discussion: """
      Finished datasets are kept when a later one fails or the run is interrupted; the next run takes them over as long \
      as data and settings stay the same. DATASET:label=pos,min_score=3 counts a part of a dataset's rows, and its \
      result is named as such a dataset would be: DATASET__min3__pos.

      Example:
        tokenstats analyze --dataset-dir DIR --output-json t.json --output-plots plots
      """)

  @OptionGroup var workspace: WorkspaceOptions

  @OptionGroup var choice: DatasetOptions
  @OptionGroup(title: "What most runs say") var essentials: AnalysisPaths
  @OptionGroup(title: "What most runs say") var countingModels: CountingModelOptions

  @Option(
    help: ArgumentHelp(
      "Also write a Parquet file with a row for every conversation; everything is counted again for it.",
      valueName: "file"),
    completion: .file(extensions: ["parquet"]))
  var lengths: String?

  @OptionGroup(title: "Pictures") var plotting: OptionalPlotOptions

  @Option(help: ArgumentHelp("What results call the source, where one is given.", valueName: "name"))
  var name: String?

  @OptionGroup(title: "Sources") var sources: SourceOptions
  @OptionGroup(title: "What is counted") var counting: CountingOptions
  @OptionGroup(title: "What is trained") var training: SampleOptions
  @OptionGroup(title: "Tokenizers and templates") var tokenization: TokenizationOptions
  @OptionGroup var jobs: JobsOptions
  @OptionGroup var progress: ProgressOptions

  @Option(
    help: ArgumentHelp(
      """
      Keep the texts of so many of the longest and of the shortest conversations of each dataset in the partial results, \
      for report --samples; 0 removes what is kept. By default none are.
      """, valueName: "n"))
  var keepSamples: WholeNumber?

  @Flag(help: "Count everything again, and update a file that was counted with other settings.")
  var force = false

  @Flag(help: "Hash every source again, even where size, times and number of its files are those of the last run.")
  var rehash = false

  @Flag(help: "Print a JSON object instead of a table.")
  var json = false

  @Flag(help: "Print the table as tab-separated values, and nothing else.")
  var tsv = false

  @OptionGroup var width: TableOptions

  @Flag(help: "Add as JSON where the time went: phases, threads, and how busy each was.")
  var timing = false

  @Flag(help: "Wait for another run that is at work on the same statistics file.")
  var wait = false

  @Flag(help: "Say what would be counted, and write nothing; what would fail fails.")
  var dryRun = false

  @OptionGroup var sharing: ShardOptions

  func validate() throws {
    if json && tsv { throw ValidationError("--json and --tsv exclude each other.") }
    if tsv && timing { throw ValidationError("--timing adds JSON: it goes with --json or the table.") }
    if sharing.shard != nil, lengths != nil {
      throw ValidationError("--lengths needs all rows in one run: leave out --shard.")
    }
    if counting.countMode == .legacy, tokenization.chat.sanitizeControlTokens {
      throw ValidationError("--count-mode seed encodes rendered text as it is: leave out --sanitize-control-tokens.")
    }
  }

  func run() throws {
    let watch = Stopwatch()
    // Pictures share their scales, so they are drawn of what `merge` makes.
    let batch = sharing.shard == nil ? try plotting.batch(workspace: workspace, jobs: jobs.count) : nil
    let known = Files.status(statisticsPath)
    var planned: [PlannedModel] = []
    var analysis = try prepare(planned: &planned)
    for notice in NameList.grouped(analysis.notices) { Messages.notice(notice) }
    // What would be fetched is not known yet.
    if planned.isEmpty, analysis.planned.isEmpty { try refuse(analysis.refusals()) }
    if dryRun { return try printPlan(of: analysis, planned, pictures: batch) }
    let missing = MissingFolders(
      [Files.parent(of: statisticsPath), "\(statisticsPath).partials", batch?.folder].compactMap(\.self))
    do { try update(&analysis, &planned, batch, known: known, watch) } catch {
      missing.removeEmpty()
      throw error
    }
  }

  /// Ends the command before anything is written, where nothing can be read.
  private func refuse(_ failures: [InputError]) throws(CommandFailure) {
    guard let failure = failures.last else { return }
    var lines = InputError.lines(of: failures)
    let last = lines.popLast() ?? ""
    for line in lines { Messages.error(line) }
    let end = CommandFailure(scanning: failure)
    throw failures.count == 1 ? end : CommandFailure(last, status: end.status)
  }

  /// Counts, writes and draws.
  ///
  /// - Parameter known: what the statistics file was when the analysis was prepared.
  private func update(
    _ analysis: inout DatasetAnalysis, _ planned: inout [PlannedModel], _ batch: PlotBatch?, known: Files.Status?,
    _ watch: Stopwatch
  ) throws {
    let lock = try lockStatistics()
    defer { withExtendedLifetime(lock) {} }
    // Another run may have replaced the file before it was locked.
    if Files.status(statisticsPath) != known { analysis = try prepare(planned: &planned) }
    // What cannot be written is better known before the counting.
    if let batch { try plotting.pictures.prepare(batch) }
    Interruption.stopGently()
    let display = ProgressDisplay(progress.style)
    var result: AnalysisResult
    do {
      result = try analysis.run(stop: Interruption.flag, progress: display.update)
    } catch {
      display.end()
      throw CommandFailure(scanning: error)
    }
    display.end()
    for notice in result.runNotices { Messages.notice(notice) }
    var report = AnalysisReport(result, statistics: statisticsPath, lengths: lengths, pictures: batch?.folder)
    var times = AnalysisTimingReport(analysis: result.timings)
    if let batch, !result.isInterrupted {
      report.plotFailures = try draw(&result, with: batch, times: &times)
    }
    times.total = watch.seconds
    if timing { report.timing = times }
    try report.print(json ? .json : tsv ? .tabSeparated : .table(isWide: width.wide))
    try report.end()
  }

  /// Draws every dataset of the statistics file, those of earlier runs included: a new dataset can change the scales
  /// that all share.
  private func draw(
    _ result: inout AnalysisResult, with batch: PlotBatch, times: inout AnalysisTimingReport
  ) throws(CommandFailure) -> PlotBatch.Failures {
    let drawing = Stopwatch()
    let plots = StatisticsPlots(
      of: result.document, checkpoints: result.checkpoints, domain: try plotting.pictures.domain(), batch: batch)
    if let first = plots.lost.first {
      let count = NumberFormat.grouped(plots.lost.count - 1)
      let others = plots.lost.count > 1 ? "; \(count) more are not drawn either" : ""
      Messages.warning("\(first.dataset) is not drawn: \(first.reason)\(others)")
    }
    let outcome = plots.draw(plots.profiles, style: plotting.pictures.plotStyle, layout: plotting.pictures.plotLayout)
    times.pictures = (outcome.threads, drawing.seconds)
    let recording = Stopwatch()
    plots.record(
      plots.profiles, except: outcome.failures, in: &result.document, absolutePaths: plotting.pictures.absolutePlotPaths
    )
    do {
      try result.document.write()
    } catch {
      throw CommandFailure(error.description)
    }
    times.recording = recording.seconds
    return outcome.failures
  }

  /// Keeps other runs from the statistics file until this one ends.
  private func lockStatistics() throws(CommandFailure) -> UpdateLock {
    do {
      try Files.makeDirectories(Files.parent(of: statisticsPath))
      return try UpdateLock(for: statisticsPath, waits: wait) { holder in
        Messages.notice("\(statisticsPath): waiting for \(holder)")
      }
    } catch {
      throw CommandFailure(error.description)
    }
  }

  private var statisticsPath: String { essentials.outputJson ?? workspace.statistics }

  /// Finds what is to be counted.
  ///
  /// - Parameter planned: takes the models that would be fetched first, where only what would be done is asked for.
  private func prepare(planned: inout [PlannedModel]) throws(CommandFailure) -> DatasetAnalysis {
    var tokenization = tokenization
    tokenization.hub.plansOnly = dryRun
    var options = AnalysisOptions(
      datasetFolder: essentials.datasetDir ?? workspace.processedDatasets, document: statisticsPath,
      toolVersion: TokenStats.version)
    options.query.models = essentials.models.flatMap { $0.split(separator: ",").map(String.init) }
    options.query.selections = try choice.selections()
    options.query.reading = sources.lookup(
      folder: options.query.folder, hub: tokenization.hub, limits: jobs.limits)
    options.query.reading.name = name
    try checkOutputs(options)
    options.force = force
    options.rehash = rehash
    options.keptSamples = keepSamples?.value
    options.lengths = lengths
    options.scan.workers = jobs.count
    options.scan.measuresRendering = timing
    let policies = try training.policies()
    options.scan.trainPolicy = policies.first
    options.scan.otherPolicies = Array(policies.dropFirst())
    options.scan.shard = sharing.shard
    options.scan.templateColumns = tokenization.chat.templateColumn
    try counting.set(&options)
    if dryRun { planned = try countingModels.planned(&options.query, tokenization) }
    if !planned.isEmpty { options.unfetchedModels = Set(options.query.countingModels) }
    let loader =
      planned.isEmpty
      ? try countingModels.loader(&options.query, tokenization, updating: statisticsPath) : ChatModel.loader([])
    do throws(InputError) { return try DatasetAnalysis(options, loader: loader) } catch {
      throw CommandFailure(scanning: error, folder: essentials.datasetDir)
    }
  }

  /// Nothing that is read may be replaced by what is written.
  private func checkOutputs(_ options: AnalysisOptions) throws(CommandFailure) {
    var outputs = OutputFiles()
    try outputs.add("--output-json", statisticsPath)
    if let lengths { try outputs.add("--lengths", lengths) }
    for path in choice.names { try outputs.keep(path, named: "--names \(path)") }
    for text in tokenization.tokenizer {
      try outputs.keep(ModelSelector.tokenizerSetting(text).value, named: "--tokenizer \(text)")
    }
    let datasets = options.query.selections.map(\.dataset)
    try outputs.keep { file in
      DatasetSource.dataset(holding: file, of: datasets, inFolder: options.query.folder).map { "the dataset \($0)" }
    }
    try outputs.check()
  }

  private func printPlan(
    of analysis: DatasetAnalysis, _ models: [PlannedModel], pictures: PlotBatch?
  ) throws(CommandFailure) {
    var output = StandardOutput()
    for model in models { try output.writeLine("\(model.name): \(model.plan)") }
    for source in analysis.planned { try output.writeLine(source.description) }
    for dataset in analysis.datasets {
      let isOfPlanned = models.contains { dataset.hasPrefix($0.datasetName + "__") }
      let action =
        analysis.isUpToDate(dataset)
        ? "taken over" : models.isEmpty || isOfPlanned ? "counted" : "counted, or taken over"
      try output.writeLine("\(dataset): would be \(action)")
    }
    try output.writeLine("statistics would be written to \(statisticsPath)")
    if let lengths { try output.writeLine("lengths would be written to \(lengths)") }
    if let pictures { try output.writeLine("pictures would be written to \(pictures.folder)") }
    try output.flush()
    let places = [statisticsPath, lengths].compactMap { $0 }.map { Files.parent(of: Files.absolute($0)) }
    for place in places + [pictures?.folder].compactMap({ $0 }) {
      if let obstacle = Files.obstacle(toWritingIn: place) { throw CommandFailure(obstacle) }
    }
    let failures = analysis.obstacles()
    Messages.errors(failures)
    guard failures.isEmpty else {
      throw CommandFailure(
        "\(failures.count) \(failures.count == 1 ? "dataset" : "datasets") would fail", status: .partialFailure)
    }
  }
}
