import ArgumentParser
import Histograms
import Support
import TokenStatistics

/// Draws the pictures again from statistics alone.
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw the pictures of a statistics file again, without counting.",
    discussion: """
      Needs the file's partial results (FILE.partials), not the datasets. The scales are always those of all datasets. \
      Each model's roles and traits also get a contact sheet and a heat map in a folder overviews. A dataset whose \
      entry names no picture so far gets the path of its PNG.

      Example:
        tokenstats plot t.json --output-plots plots
        tokenstats plot t.json --output-plots svg --plot-format svg --only 'qwen*'
      """)

  @Argument(
    help: ArgumentHelp("The statistics file.", valueName: "file"), completion: .file(extensions: ["json"]))
  var file: String

  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup(title: "Pictures") var pictures: PlotOptions

  @OptionGroup var limits: LimitOptions
  @OptionGroup var chosen: OnlyOptions

  @Flag(
    inversion: .prefixedNo,
    help: "Draw contact sheets and heat maps of the datasets drawn; by default without --only.")
  var overviews: Bool?

  @OptionGroup var jobs: JobsOptions

  func run() throws {
    let limits = try limits.lengths()
    let batch = try pictures.batch(workspace: workspace, jobs: jobs.count)
    var document = try StatisticsDocument.loadExisting(file)
    let names = try wanted(of: document)
    let run = StatisticsPlots(of: document, limits: limits, domain: try pictures.domain(), batch: batch)
    guard !run.profiles.isEmpty else {
      throw CommandFailure(
        "\(file).partials holds no exact lengths of its datasets: count them again with 'tokenstats analyze'")
    }
    try pictures.prepare(batch)
    let chosen = run.profiles.filter { names.contains(TextKey($0.dataset)) }
    var failures = run.draw(chosen, style: pictures.plotStyle, layout: pictures.plotLayout).failures
    try record(chosen, of: run, except: failures, in: &document)
    var folders = chosen.isEmpty ? [] : ["pictures: \(batch.folder)"]
    if overviews ?? self.chosen.takesAll, !chosen.isEmpty {
      let drawn: (folder: String, outcome: PlotBatch.Outcome)
      do { drawn = try run.drawOverviews(of: chosen) } catch { throw CommandFailure(error.description) }
      failures.merge(drawn.outcome.failures) { $1 }
      folders.append("overviews: \(drawn.folder)")
    }
    var output = StandardOutput()
    for line in folders { try output.writeLine(line) }
    try output.flush()
    try end(failures, run, names: names)
  }

  /// The names of the datasets that are to be drawn.
  private func wanted(of document: StatisticsDocument) throws(CommandFailure) -> Set<TextKey> {
    let all = document.datasetNames
    guard !all.isEmpty else { throw CommandFailure("\(file) holds no datasets", status: .nothingMatched) }
    try chosen.check(all, of: file)
    return Set(all.filter(chosen.takes).map { TextKey($0) })
  }

  /// Entries without a picture learn where it is; where others have theirs is left alone.
  private func record(
    _ chosen: [DatasetProfile], of run: StatisticsPlots, except failures: PlotBatch.Failures,
    in document: inout StatisticsDocument
  ) throws(CommandFailure) {
    guard pictures.file.plotFormat == .png, document.loadedSchema ?? 1 > 1 else { return }
    let unnamed = chosen.filter { document.plot(of: $0.dataset) == nil }
    guard unnamed.contains(where: { failures[$0.dataset] == nil }) else { return }
    run.record(unnamed, except: failures, in: &document, absolutePaths: pictures.absolutePlotPaths)
    do {
      try document.write()
    } catch {
      Messages.warning("the pictures are drawn, but not named in the statistics: \(error)")
    }
  }

  private func end(
    _ failures: PlotBatch.Failures, _ run: StatisticsPlots, names: Set<TextKey>
  ) throws(CommandFailure) {
    let undrawn = run.lost.filter { names.contains(TextKey($0.dataset)) }
    for loss in undrawn { Messages.error("\(loss.dataset) is not drawn: \(loss.reason)") }
    for (name, reason) in failures.sorted(by: { $0.key < $1.key }) { Messages.error("\(name): \(reason)") }
    let others = run.lost.count - undrawn.count
    if others > 0 {
      Messages.warning(
        "the scales are those of the other datasets: the exact lengths of \(others) more of \(file) are not there")
    }
    let missing = failures.count + undrawn.count
    guard missing == 0 else {
      throw CommandFailure("\(missing) picture\(missing == 1 ? " is" : "s are") missing", status: .partialFailure)
    }
  }
}
