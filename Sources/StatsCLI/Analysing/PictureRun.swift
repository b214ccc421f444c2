import FileStore
import Glibc
import Histograms
import TokenStatistics

/// Draws the pictures of a statistics file.
struct PictureRun {
  /// What draws.
  let writer: PictureWriter
  /// Fixed lengths that histograms show; `nil` for those that fit the conversations.
  let domain: LengthDomain?
  /// Every dataset of the file whose exact lengths are known, sorted by name.
  let profiles: [DatasetProfile]

  /// - Parameters:
  ///   - document: the statistics file.
  ///   - partials: exact results at hand; those of the other datasets are loaded.
  init(
    writer: PictureWriter, domain: LengthDomain?, document: StatisticsDocument, partials: [DatasetPartial] = []
  ) {
    self.writer = writer
    self.domain = domain
    let store = PartialStore(document: document.path)
    let atHand = Set(partials.map(\.identity.dataset))
    var profiles = partials.map(\.profile)
    for dataset in document.datasetNames where !atHand.contains(dataset) {
      do throws(StatisticsError) {
        if let partial = try store.load(dataset) { profiles.append(partial.profile) }
      } catch {
        Messages.warning("\(dataset) is not drawn: \(error)")
      }
    }
    self.profiles = profiles.sorted { $0.dataset < $1.dataset }
  }

  /// Draws the datasets that match a shell pattern, all by default, on the scales of all.
  ///
  /// - Returns: why pictures are missing, by dataset; `nil` if no dataset matches.
  func draw(only pattern: String? = nil) -> PictureWriter.Failures? {
    let chosen = profiles.filter { profile in pattern.map { fnmatch($0, profile.dataset, 0) == 0 } ?? true }
    guard !chosen.isEmpty else { return nil }
    return writer.draw(chosen, scales: ChartScales(profiles: profiles, domain: domain))
  }

  /// Records in the document where the pictures are.
  func record(_ failures: PictureWriter.Failures, in document: inout StatisticsDocument, absolutePaths: Bool) {
    let folder = Files.parent(of: document.path)
    for profile in profiles where failures[profile.dataset] == nil {
      let path = writer.path(of: profile.dataset)
      document.setPlot(
        absolutePaths ? Files.absolute(path) : Files.relative(path, to: folder), of: profile.dataset)
    }
  }
}
