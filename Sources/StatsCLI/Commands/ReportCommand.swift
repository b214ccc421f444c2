import ArgumentParser
import Reports
import Support
import TokenStatistics

/// Writes the self-contained HTML page of one or more statistics files.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the statistics as one HTML page to sort, filter and compare.",
    discussion: """
      The page holds its data, style and scripts and works from disk without a network; pictures are linked. Its rows \
      are also written beside it, as ...-datasets.tsv and ...-datasets.json. Filters by score and label change all \
      numbers exactly, from the file's partial results (FILE.partials). Folders are not named unless --paths is given.

      Example:
        tokenstats report persona_token_stats.json --output index.html
      """)

  @Argument(
    help: "Statistics files; by default persona_token_stats.json of the workspace.",
    completion: .file(extensions: ["json"]))
  var statistics: [String] = []

  @Option(
    name: [.short, .long], help: ArgumentHelp("Where the page goes.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output = "index.html"

  @Option(help: "The heading of the page.")
  var title = "Token statistics"

  @OptionGroup var limits: LimitOptions
  @OptionGroup var trainer: TrainerOptions

  @Option(help: ArgumentHelp("The length limit of --as, in tokens.", valueName: "n"))
  var maxLength: TokenLength?

  @Flag(help: "Put the texts in that analyze --keep-samples has kept: the page shows whole conversations.")
  var samples = false

  @Flag(help: "Name the folders of the data, and link to pictures outside of the page's folder.")
  var paths = false

  @OptionGroup var chosen: OnlyOptions
  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var jobs: JobsOptions

  func validate() throws {
    if (trainer.trainer == nil) != (maxLength == nil) {
      throw ValidationError("--as and --max-length go together: name a trainer and its limit.")
    }
    if let maxLength, maxLength.tokens < 1 { throw ValidationError("--max-length must be 1 or more.") }
  }

  func run() throws {
    let files = statistics.isEmpty ? [workspace.statistics] : statistics
    try checkOutputs(files)
    let limits = try limits.lengths()
    let all = try files.map(StatisticsRun.load)
    try chosen.check(all.flatMap(\.datasets).map(\.identity.dataset), of: files.joined(separator: ", "))
    var runs = try all.map { (run) throws(FileError) in
      let kept = run.keeping(chosen.takes)
      return try limits.map(kept.applying) ?? kept
    }
    for index in runs.indices { Self.note(runs[index].readLengths(jobs: jobs.count), of: runs[index]) }
    var report = Report(runs: runs, title: title, generator: "tokenstats \(TokenStats.version)")
    report.showsFolders = paths
    report.showsSamples = samples
    if samples, !runs.contains(where: { $0.exact.contains { $0.value.samples != nil } }) {
      throw CommandFailure(
        "no texts were kept for \(files.joined(separator: ", ")): 'tokenstats analyze --keep-samples 5' keeps those of the "
          + "longest and shortest conversations", status: .nothingMatched)
    }
    guard report.datasetCount > 0 else {
      throw CommandFailure("no datasets in \(files.joined(separator: ", "))", status: .nothingMatched)
    }
    if let trainer = trainer.trainer, let limit = maxLength?.tokens {
      report.configurations = try report.runs.map { try Self.configurations(trainer, of: $0, limit: limit) }
    }
    let written = try report.write(to: output)
    var output = StandardOutput()
    for path in [written.page, written.tabSeparated, written.json] { try output.writeLine(path) }
    try output.flush()
  }

  /// Says of which datasets the page knows only what the statistics file sums up.
  private static func note(_ lost: [ExactProfiles.Loss], of run: StatisticsRun) {
    guard let first = lost.first else { return }
    let which = lost.count == 1 ? first.dataset : "\(NumberFormat.grouped(lost.count)) datasets"
    Messages.notice(
      "the exact lengths of \(which) are not known: filters and sums show – for what \(run.path) does not hold "
        + "(\(first.reason))")
  }

  /// The lines of a trainer's configuration for each dataset of a file, from its exact counts.
  private static func configurations(
    _ trainer: Trainer, of run: StatisticsRun, limit: Int
  ) throws(FileError) -> [TextKey: [String]] {
    let store = CheckpointStore(document: run.path)
    var configurations: [TextKey: [String]] = [:]
    for dataset in run.datasets {
      let name = dataset.identity.dataset
      guard let checkpoint = try store.load(name) else { throw .lostCounts(of: name, in: store) }
      let policy = run.settings?.policy(of: dataset.identity.model)
      let numbers = TrainingNumbers(checkpoint.tally)
      var configuration = TrainerConfiguration(trainer, numbers, limit: limit, policy: policy)
      configuration.arePairs = run.pair(of: name) != nil
      configurations[name] = configuration.lines
    }
    return configurations
  }

  /// Neither the page nor the tables beside it may replace what they show.
  private func checkOutputs(_ statistics: [String]) throws(CommandFailure) {
    var outputs = OutputFiles()
    try outputs.add("--output", output)
    let paths = Report.paths(of: output)
    for path in [paths.tabSeparated, paths.json] { try outputs.add(path, beside: "--output", output) }
    for path in statistics { try outputs.keep(path, named: "the statistics \(path)") }
    try outputs.check()
  }
}
