import Support
import Histograms
import TokenStatistics

/// Draws the pictures of a statistics file.
struct PlotRun {
  /// What draws.
  let writer: PlotWriter
  /// Every dataset of the file whose exact lengths are known, sorted by name.
  let profiles: [DatasetProfile]
  /// Datasets of the file whose exact lengths are not known, each with a sentence about it.
  let lost: [(dataset: String, reason: String)]
  /// The scales of all pictures.
  let scales: PlotScales

  /// - Parameters:
  ///   - domain: Fixed lengths that histograms show; `nil` for those that fit the conversations.
  ///   - document: the statistics file.
  ///   - partials: exact results at hand; those of the other datasets are loaded.
  init(
    writer: PlotWriter, domain: LengthDomain?, document: StatisticsDocument, checkpoints: [Checkpoint] = []
  ) {
    self.writer = writer
    let atHand = Set(checkpoints.map { TextKey($0.identity.dataset) })
    let stored = ExactProfiles(
      document.datasetNames.filter { !atHand.contains(TextKey($0)) }, of: document.path, jobs: writer.jobs)
    profiles = (checkpoints.map(\.profile) + stored.profiles)
      .sorted { $0.dataset.utf8.lexicographicallyPrecedes($1.dataset.utf8) }
    lost = stored.lost
    scales = PlotScales(profiles: profiles, domain: domain)
  }

  /// Draws `chosen` datasets on the scales of all and returns why pictures are missing.
  func draw(_ chosen: [DatasetProfile]) -> PlotWriter.Failures { writer.draw(chosen, scales: scales) }

  /// Draws a contact sheet and a heat map of each model's roles and traits among `chosen` datasets, into a folder
  /// `overviews` of that of the pictures.
  ///
  /// - Returns: The folder, and why pictures are missing.
  func drawOverviews(
    of chosen: [DatasetProfile]
  ) throws(CommandFailure) -> (folder: String, failures: PlotWriter.Failures) {
    var writer = writer
    writer.folder = Files.join(writer.folder, "overviews")
    try writer.prepare()
    return (writer.folder, writer.draw(PlotTask.overviews(of: chosen, scales: scales)))
  }

  /// Records in the document where the pictures of `chosen` datasets are.
  func record(
    _ chosen: [DatasetProfile], except failures: PlotWriter.Failures, in document: inout StatisticsDocument,
    absolutePaths: Bool
  ) {
    let folder = Files.parent(of: document.path)
    for profile in chosen where failures[profile.dataset] == nil {
      let path = writer.path(of: profile.dataset)
      document.setPlot(
        absolutePaths ? Files.absolute(path) : Files.relative(path, to: folder), of: profile.dataset)
    }
  }
}
