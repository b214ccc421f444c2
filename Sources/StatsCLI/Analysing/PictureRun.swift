import Analysis
import FileStore
import Histograms
import TokenStatistics

/// Draws the pictures of a statistics file and records where they are.
struct PictureRun {
  /// What draws.
  let writer: PictureWriter
  /// Fixed lengths that histograms show; `nil` for those that fit the conversations.
  let domain: LengthDomain?
  /// The statistics file.
  let statistics: String

  /// Draws every dataset of the file whose exact lengths are known, those of earlier runs included: a new dataset can
  /// change the scales that all share.
  ///
  /// - Returns: why pictures are missing, by dataset.
  func draw(_ result: inout AnalysisResult, absolutePaths: Bool) throws(CommandFailure) -> PictureWriter.Failures {
    do throws(FileError) {
      try Files.makeDirectories(writer.folder)
    } catch {
      throw CommandFailure(error.description)
    }
    let profiles = try profiles(of: result)
    var failures = writer.draw(profiles, scales: ChartScales(profiles: profiles, domain: domain))
    for profile in profiles {
      let path = writer.path(of: profile.dataset)
      let recorded = absolutePaths ? Files.absolute(path) : Files.relative(path, to: Files.parent(of: statistics))
      if failures[profile.dataset] == nil { result.document.setPlot(recorded, of: profile.dataset) }
    }
    do throws(StatisticsError) {
      try result.document.write()
    } catch {
      throw CommandFailure(error.description)
    }
    // What was not drawn keeps no picture that shows something else.
    for dataset in failures.keys.sorted() where Files.exists(writer.path(of: dataset)) {
      failures[dataset]? += "; the picture there is an older one"
    }
    return failures
  }

  private func profiles(of result: AnalysisResult) throws(CommandFailure) -> [DatasetProfile] {
    let present = Set(result.partials.map(\.identity.dataset))
    let store = PartialStore(document: statistics)
    var profiles = result.partials.map(\.profile)
    for dataset in result.document.datasetNames where !present.contains(dataset) {
      do throws(StatisticsError) {
        if let partial = try store.load(dataset) { profiles.append(partial.profile) }
      } catch {
        Messages.warning("\(dataset) is not drawn: \(error)")
      }
    }
    return profiles.sorted { $0.dataset < $1.dataset }
  }
}
