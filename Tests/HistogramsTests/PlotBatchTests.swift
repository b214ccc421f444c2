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
      let batch = PlotBatch(folder: folder + "/made", fonts: try .located(), jobs: jobs)
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

  @Test(arguments: PlotFormat.allCases) func aPictureThatShowsTheSameStaysAsItIs(format: PlotFormat) throws {
    try withTemporaryFolder { folder in
      let profiles = Self.profiles(["a", "b", "c"])
      let batch = PlotBatch(folder: folder, format: format, fonts: try .located(), jobs: 2)
      func kept(_ batch: PlotBatch, _ plots: [PlotTask]) -> Int {
        let outcome = batch.draw(plots)
        #expect(outcome.failures.isEmpty)
        return outcome.threads.reduce(0) { $0 + $1.kept }
      }
      let scales = PlotScales(profiles: profiles)
      let plots = PlotTask.datasets(profiles, scales: scales)
      let paths = try profiles.map { try batch.path(of: $0.dataset) }
      #expect(kept(batch, plots) == 0)
      let files = try paths.map { try Files.read($0) }
      let first = Files.status(paths[0])
      #expect(kept(batch, plots) == 3)
      #expect(Files.status(paths[0]) == first)
      // What changes the picture draws it again, and what was there before comes back.
      let others: [[PlotTask]] = [
        PlotTask.datasets(profiles, scales: scales, layout: .stacked),
        PlotTask.datasets(profiles, scales: scales, style: .legacy),
        PlotTask.datasets(
          profiles, scales: try PlotScales(profiles: profiles, domain: LengthDomain(lower: 4, upper: 4_096))),
        profiles.map { profile in
          var profile = profile
          profile.provenance.dataHash = "other"
          return PlotTask(profile, scales: scales)
        },
      ]
      for other in others {
        #expect(kept(batch, other) == 0)
        #expect(kept(batch, plots) == 0)
      }
      let large = PlotBatch(folder: folder, format: format, scale: 2, fonts: try .located(), jobs: 1)
      #expect(kept(large, plots) == 0 && kept(large, plots) == 3 && kept(batch, plots) == 0)
      // A file that was cut short, changed in the middle, lengthened or is another one is no picture of anything.
      let damages: [([UInt8]) -> [UInt8]] = [
        { Array($0.dropLast()) }, { Array($0.prefix($0.count / 2)) }, { $0 + [0] }, { _ in [] },
        { bytes in bytes.enumerated().map { $0 == bytes.count / 2 ? $1 ^ 1 : $1 } }, { _ in Array("PNG".utf8) },
      ]
      for damage in damages {
        try AtomicFile.write(damage(files[1]), to: paths[1])
        #expect(kept(batch, plots) == 2)
        #expect(try Files.read(paths[1]) == files[1])
      }
      try AtomicFile.write(files[0], to: paths[1])
      #expect(kept(batch, plots) == 2)
      #expect(try paths.map { try Files.read($0) } == files)
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
      let batch = PlotBatch(folder: folder, fonts: try FontSource(directory: folder), jobs: 2)
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
    let names = PlotTask.models(comparisons, scales: scales, overviews: true).flatMap(\.files)
    #expect(names.prefix(2) == ["role__hacker", "role__hacker-2"])
    #expect(names.contains("contact_sheet__model-0__roles") && names.contains("heat_map__model-6__roles"))
    #expect(Set(names).count == names.count)
    let labeled = SamplePlots.labeled("pos", "neg")
    let labels = PlotTask.labels("pos", "neg", of: labeled, scales: PlotScales(profiles: labeled), overviews: true).map(
      \.name)
    #expect(labels.contains { $0.hasPrefix("label_effects__") && $0.hasSuffix("__pos-neg") })
    #expect(labels.contains { $0.contains("solo") }, "one conversation of each label is enough")
  }
}
