public import Support
public import TokenStatistics

/// The plots of a statistics file's datasets, on shared scales.
public struct StatisticsPlots: Sendable {
  /// Every dataset of the file whose exact lengths are known, sorted by name.
  public let profiles: [DatasetProfile]
  /// Datasets of the file whose exact lengths are not known, each with a sentence about it.
  public let lost: [ExactProfiles.Loss]
  /// The scales of all plots.
  public let scales: PlotScales

  private let batch: PlotBatch

  /// Reads what the plots need.
  ///
  /// - Parameters:
  ///   - document: The statistics file.
  ///   - checkpoints: Exact results at hand; those of the other datasets are read.
  ///   - limits: Length limits in tokens, ascending; nil for those that each dataset was counted with.
  ///   - domain: The lengths that histograms show; nil for those that fit the conversations.
  ///   - batch: What draws.
  public init(
    of document: StatisticsDocument, checkpoints: [Checkpoint] = [], limits: [Int]? = nil, domain: LengthDomain?,
    batch: PlotBatch
  ) {
    self.batch = batch
    let atHand = Set(checkpoints.map { TextKey($0.identity.dataset) })
    let stored = ExactProfiles(
      document.datasetNames.filter { !atHand.contains(TextKey($0)) }, of: document.path, jobs: batch.jobs)
    var profiles = (checkpoints.map(\.profile) + stored.profiles).sortedByDataset()
    if let limits { for index in profiles.indices { profiles[index].limits = limits } }
    self.profiles = profiles
    lost = stored.lost
    scales = PlotScales(profiles: profiles, domain: domain)
  }

  /// Draws `chosen` datasets.
  public func draw(
    _ chosen: [DatasetProfile], style: PlotStyle = .standard, layout: PlotLayout = .rows
  ) -> PlotBatch.Outcome {
    batch.draw(PlotTask.datasets(chosen, scales: scales, style: style, layout: layout))
  }

  /// Draws a contact sheet and a heat map of each model's datasets of each kind among `chosen` ones, into a folder
  /// `overviews` of that of the plots.
  ///
  /// - Returns: The folder, and what became of the plots.
  /// - Throws: `FileError` if the folder cannot be made.
  public func drawOverviews(
    of chosen: [DatasetProfile]
  ) throws(FileError) -> (folder: String, outcome: PlotBatch.Outcome) {
    var batch = batch
    batch.folder = Files.join(batch.folder, "overviews")
    try batch.prepare()
    return (batch.folder, batch.draw(PlotTask.overviews(of: chosen, scales: scales)))
  }

  /// Records in the document where the plots of `chosen` datasets are.
  public func record(
    _ chosen: [DatasetProfile], except failures: PlotBatch.Failures, in document: inout StatisticsDocument,
    absolutePaths: Bool
  ) {
    let folder = Files.parent(of: document.path)
    for profile in chosen where failures[profile.dataset] == nil {
      guard let path = try? batch.path(of: profile.dataset) else { continue }
      document.setPlot(
        absolutePaths ? Files.absolute(path) : Files.relative(path, to: folder), of: profile.dataset)
    }
  }
}
