import ArgumentParser
import Reports
import Support
import TokenStatistics

/// Writes a table of token statistics into a dataset's card.
struct CardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card",
    abstract: "Write a table of the statistics into a dataset's README.",
    discussion: """
      The table goes between the lines \(CardFile.beginning) and \(CardFile.end), which are added at the end where \
      there are none; everything else, front matter included, stays byte for byte. The same statistics give the same \
      file, which is not written again. Without --readme the table is printed.

      Example:
        tokenstats card persona_token_stats.json --readme README.md
      """)

  @Argument(
    help: "The statistics file; by default persona_token_stats.json of the workspace.",
    completion: .file(extensions: ["json"]))
  var statistics: String?

  @Option(help: ArgumentHelp("The dataset's card.", valueName: "file"), completion: .file(extensions: ["md"]))
  var readme: String?

  @OptionGroup var chosen: OnlyOptions
  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var talk: QuietOptions

  func run() throws {
    let path = statistics ?? workspace.statistics
    var outputs = OutputFiles()
    if let readme {
      try outputs.add("--readme", readme)
      try outputs.keep(path, named: "the statistics \(path)")
    }
    let all = try StatisticsRun.load(path)
    try chosen.check(all.datasets.map(\.identity.dataset), of: path)
    let run = all.keeping(chosen.takes)
    guard !run.datasets.isEmpty else { throw CommandFailure("no datasets in \(path)", status: .nothingMatched) }
    let table = CardTable(run)
    var output = StandardOutput()
    if let readme {
      let isWritten = try CardFile(readme).write(table.lines)
      try output.writeLine("\(readme): \(isWritten ? "written" : "unchanged")")
    } else {
      for line in table.lines { try output.writeLine(line) }
    }
    try output.flush()
  }
}
