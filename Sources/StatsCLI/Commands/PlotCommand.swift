import ArgumentParser
import TokenStatistics

/// Draws the pictures again from statistics alone.
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw the pictures of a statistics file again, without counting.",
    discussion: """
      Needs the file's partial results (FILE.partials), not the datasets. The scales are always those of all datasets.

      Example:
        tokenstats plot t.json --output-plots svg --plot-format svg --only 'qwen*'
      """)

  @Argument(
    help: ArgumentHelp("The statistics file.", valueName: "file"), completion: .file(extensions: ["json"]))
  var file: String

  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup(title: "Pictures") var pictures: PictureOptions

  @Option(help: ArgumentHelp("Draw datasets whose names match this shell pattern.", valueName: "pattern"))
  var only: String?

  @OptionGroup var jobs: JobsOptions

  func run() throws {
    guard let writer = try pictures.writer(workspace: workspace, jobs: jobs.count) else {
      throw CommandFailure("--no-plots leaves nothing to do", status: .usage)
    }
    let run = PictureRun(writer: writer, domain: try pictures.domain(), document: try document())
    guard !run.profiles.isEmpty else {
      throw CommandFailure(
        "\(file).partials holds no exact lengths of its datasets: count them again with 'tokenstats analyze'")
    }
    try writer.prepare()
    guard let failures = run.draw(only: only) else {
      throw CommandFailure("no dataset of \(file) matches \(only ?? "*")", status: .nothingMatched)
    }
    var output = StandardOutput()
    try output.writeLine("pictures: \(writer.folder)")
    try output.flush()
    for (dataset, reason) in failures.sorted(by: { $0.key < $1.key }) { Messages.error("\(dataset): \(reason)") }
    if !failures.isEmpty { throw CommandFailure("\(failures.count) pictures are missing", status: .partialFailure) }
  }

  private func document() throws(CommandFailure) -> StatisticsDocument {
    do throws(StatisticsError) {
      if let document = try StatisticsDocument.load(file) { return document }
    } catch {
      throw CommandFailure(error.description)
    }
    throw CommandFailure("there is no \(file): 'tokenstats analyze' writes one")
  }
}
