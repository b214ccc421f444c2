import Foundation
import TestSupport
import Testing
import TokenStatistics

@testable import Histograms

/// Plots of the shared sample, from its expected counts of every row.
@Suite struct SharedSampleTests {
  private struct Dataset: Decodable {
    let dataset: String
    let counts: [Int]
    let scores: [Int?]
  }

  @Test func drawsTheSampleOnItsOwnScales() throws {
    let golden = "golden/sample_row_counts.jsonl"
    guard let datasets = try SharedFolder.rows(golden, as: Dataset.self, suite: "SharedSampleTests") else { return }
    let profiles = try datasets.map { try #require(Self.profile(of: $0)) }
    #expect(profiles.count == 13)
    let scales = PlotScales(profiles: profiles)
    var renderer = try PlotRenderer()
    for profile in profiles {
      let picture = try renderer.render(profile, scales: scales)
      #expect(try PNGImage(picture).texts["Title"] == profile.dataset)
      try Self.write(picture, name: "sample_\(profile.dataset)")
    }
    let comparisons = ModelComparison.all(of: profiles).map { DatasetComparison($0) }
    #expect(comparisons.count == 5)
    for comparison in comparisons {
      for page in try renderer.render(PlotTask(comparison, scales: scales)) {
        try Self.write(page, name: "sample_compare_\(comparison.fileStem)")
      }
    }
    try Self.write(
      renderer.render(.heatMap(title: "sample", profiles: profiles, scales: scales))[0], name: "sample_heat")
    try Self.write(
      renderer.render(.contactSheet(title: "sample", profiles: profiles, scales: scales))[0], name: "sample_contact")
  }

  private static func profile(of dataset: Dataset) -> DatasetProfile? {
    let parts = dataset.dataset.split(separator: "__").map(String.init)
    guard parts.count == 3, let kind = DatasetKind(rawValue: parts[1]), dataset.counts.count == dataset.scores.count
    else { return nil }
    var lengths: [Score: [Int]] = [:]
    for (count, score) in zip(dataset.counts, dataset.scores) {
      lengths[score.map { .value($0) } ?? .none, default: []].append(count)
    }
    return SyntheticProfiles.profile(parts[2], kind: kind, model: parts[0], lengths: lengths)
  }

  private static func write(_ picture: [UInt8], name: String) throws {
    guard let folder = GalleryTests.folder else { return }
    try Data(picture).write(to: URL(fileURLWithPath: "\(folder)/\(name).png"))
  }
}
