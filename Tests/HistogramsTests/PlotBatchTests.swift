import Foundation
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Histograms

/// Many plots at once: which files appear, and what is said about those that do not.
@Suite struct PlotBatchTests {
  private static func profiles(_ names: [String]) -> [DatasetProfile] {
    names.map { SyntheticProfiles.profile($0, lengths: [.value(3): Array(100..<140), .none: [90]]) }
  }

  @Test(arguments: [1, 3]) func everyPlotIsTheRenderersWhateverTheThreads(jobs: Int) throws {
    try withTemporaryFolder { folder in
      let batch = PlotBatch(folder: folder + "/made", format: .png, fonts: try .located(), jobs: jobs)
      try batch.prepare()
      let profiles = Self.profiles(["a", "b", "c", "d", "e"])
      let scales = PlotScales(profiles: profiles)
      let outcome = batch.draw(PlotTask.datasets(profiles, scales: scales))
      #expect(outcome.failures.isEmpty)
      #expect(outcome.threads.reduce(0) { $0 + $1.plots } == 5 && outcome.threads.count == jobs)
      #expect(outcome.threads.contains { $0.waiting == 0 } && outcome.threads.allSatisfy { $0.drawing <= $0.elapsed })
      var renderer = try PlotRenderer()
      for profile in profiles {
        #expect(try Files.read(batch.path(of: profile.dataset)) == renderer.render(profile, scales: scales))
      }
    }
  }

  @Test func aNameThatIsNoFilesLeavesTheFolder() throws {
    try withTemporaryFolder { folder in
      var profiles = Self.profiles(["a", "b"])
      profiles[0].dataset = "../outside"
      let batch = PlotBatch(folder: folder + "/inside", format: .svg, fonts: try .located(), jobs: 2)
      try batch.prepare()
      let outcome = batch.draw(PlotTask.datasets(profiles, scales: PlotScales(profiles: profiles)))
      #expect(outcome.failures.count == 1 && outcome.failures["../outside"]?.contains("slash") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["inside"])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder + "/inside") == ["\(profiles[1].dataset).svg"])
    }
  }

  @Test func everyPlotSaysWhyThereIsNoRenderer() throws {
    try withTemporaryFolder { folder in
      for file in ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"] { try AtomicFile.write("no font", to: "\(folder)/\(file)") }
      let batch = PlotBatch(folder: folder, format: .png, fonts: try FontSource(directory: folder), jobs: 2)
      let profiles = Self.profiles(["a", "b", "c"])
      let outcome = batch.draw(PlotTask.datasets(profiles, scales: PlotScales(profiles: profiles)))
      #expect(Set(outcome.failures.keys) == Set(profiles.map { TextKey($0.dataset) }))
      #expect(outcome.failures.values.allSatisfy { $0.contains("font") })
    }
  }

  @Test func pagesAndOverviewsHaveNamesOfTheirOwn() throws {
    let profiles = (0..<7).map { SyntheticProfiles.role("hacker", model: "model-\($0)", rows: 30) }
    let scales = PlotScales(profiles: profiles)
    let comparisons = ModelComparison.all(of: profiles)
    let names = PlotTask.models(comparisons, scales: scales).flatMap(\.files)
    #expect(names.prefix(2) == ["role__hacker", "role__hacker-2"])
    #expect(names.contains("contact_sheet__model-0__roles") && names.contains("heat_map__model-6__roles"))
    #expect(Set(names).count == names.count)
    let labeled = SamplePlots.labeled("pos", "neg")
    let labels = PlotTask.labels("pos", "neg", of: labeled, scales: PlotScales(profiles: labeled)).map(\.name)
    #expect(labels.contains { $0.hasPrefix("label_effects__") && $0.hasSuffix("__pos-neg") })
    #expect(labels.contains { $0.contains("solo") }, "one conversation of each label is enough")
  }
}
