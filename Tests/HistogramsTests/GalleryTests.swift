import Foundation
import Support
import Testing
import TokenStatistics

@testable import Histograms

/// Every kind of plot, for looking: written to the folder that TOKENSTATS_PICTURES names.
@Suite struct GalleryTests {
  static let folder = ProcessInfo.processInfo.environment["TOKENSTATS_PICTURES"]

  @Test(.enabled(if: folder != nil)) func writesEveryKindOfPicture() throws {
    let folder = try #require(Self.folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var renderer = try PlotRenderer()
    let scales = PlotScales(profiles: SyntheticProfiles.corpus)
    for (name, profile) in SamplePlots.datasets {
      for (format, style, layout, end) in [
        (PlotFormat.png, PlotStyle.standard, PlotLayout.rows, ""), (.png, .standard, .stacked, "_stacked"),
        (.svg, .standard, .rows, ""), (.png, .legacy, .rows, "_seed"),
      ] {
        let bytes = try renderer.render(profile, scales: scales, style: style, layout: layout, format: format)
        let file = "\(folder)/\(name)\(end).\(format.rawValue)"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
      }
    }
  }

  @Test(.enabled(if: folder != nil)) func writesEveryOverview() throws {
    let folder = try #require(Self.folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var renderer = try PlotRenderer()
    let corpus = SyntheticProfiles.corpus
    let scales = PlotScales(profiles: corpus)
    func write(_ bytes: [UInt8], _ name: String) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    for (name, comparison) in SamplePlots.comparisons {
      for format in PlotFormat.allCases {
        for (page, file) in try renderer.render(PlotTask(comparison, scales: scales), format: format).enumerated() {
          try write(file, "compare_\(name)\(page == 0 ? "" : "_\(page + 1)").\(format.rawValue)")
        }
      }
    }
    for (index, labels) in SamplePlots.labelNames.enumerated() {
      let profiles = SamplePlots.labeled(labels.0, labels.1)
      try write(
        renderer.render(
          .contrastMap(title: "labels", labels: labels.0, labels.1, profiles: profiles, scales: scales))[0],
        "contrast_\(index).png")
      let comparison = try #require(DatasetComparison(of: profiles[0], labels: labels.0, labels.1))
      try write(#require(renderer.render(PlotTask(comparison, scales: scales)).first), "labels_\(index).png")
    }
    for (name, profiles) in SamplePlots.collections {
      try write(
        renderer.render(.contactSheet(title: name, profiles: profiles, scales: scales))[0], "contact_\(name).png")
      try write(renderer.render(.heatMap(title: name, profiles: profiles, scales: scales))[0], "heat_\(name).png")
    }
  }

  /// Prints what a plot costs: processor time of this thread, the best of several rounds.
  @Test(.enabled(if: folder != nil)) func measuresDrawing() throws {
    var renderer = try PlotRenderer()
    let profiles = SyntheticProfiles.corpus
    let start = Self.processorSeconds()
    let scales = PlotScales(profiles: profiles)
    print("scales of \(profiles.count) datasets: \((Self.processorSeconds() - start) * 1_000) ms")
    for kind in DatasetKind.allCases where profiles.contains(where: { $0.kind == kind }) {
      let chosen = profiles.filter { $0.kind == kind }
      for format in PlotFormat.allCases {
        var best = Double.infinity
        var bytes = 0
        for _ in 0..<8 {
          bytes = 0
          let start = Self.processorSeconds()
          for profile in chosen { bytes += try renderer.render(profile, scales: scales, format: format).count }
          best = min(best, (Self.processorSeconds() - start) / Double(chosen.count))
        }
        print("\(kind) as \(format.rawValue): \(best * 1_000) ms, \(bytes / chosen.count) bytes")
      }
    }
  }

  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
