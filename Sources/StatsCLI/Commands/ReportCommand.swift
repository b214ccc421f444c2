import ArgumentParser
import Reports

/// Writes the self-contained HTML page of one or more statistics files.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the statistics as one HTML page to sort, filter and compare.",
    discussion: """
      The page holds its data, style and scripts and works from disk without a network; pictures are linked. Its rows \
      are also written beside it, as ...-datasets.tsv and ...-datasets.json.

      Example:
        tokenstats report persona_token_stats.json --output index.html
      """)

  @Argument(help: "Statistics files; by default persona_token_stats.json of the workspace.")
  var statistics: [String] = []

  @Option(help: ArgumentHelp("Where the page goes.", valueName: "file"))
  var output = "index.html"

  @Option(help: "The heading of the page.")
  var title = "Token statistics"

  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let paths = statistics.isEmpty ? [workspace.statistics] : statistics
    try checkOutputs(paths)
    let report = Report(
      runs: try paths.map(StatisticsRun.load), title: title, generator: "tokenstats \(TokenStats.version)")
    guard report.datasetCount > 0 else {
      throw CommandFailure("no datasets in \(paths.joined(separator: ", "))", status: .nothingMatched)
    }
    let written = try report.write(to: output)
    var output = StandardOutput()
    for path in [written.page, written.tabSeparated, written.json] { try output.writeLine(path) }
    try output.flush()
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
