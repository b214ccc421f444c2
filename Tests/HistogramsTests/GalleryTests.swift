import Foundation
import Histograms
import Testing
import TokenStatistics

/// Every kind of picture, for looking: written to the folder that TOKENSTATS_PICTURES names.
@Suite struct GalleryTests {
  static let folder = ProcessInfo.processInfo.environment["TOKENSTATS_PICTURES"]

  @Test(.enabled(if: folder != nil)) func writesEveryKindOfPicture() throws {
    let folder = try #require(Self.folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var renderer = try ChartRenderer()
    let scales = ChartScales(profiles: SyntheticProfiles.corpus)
    for (name, profile) in SamplePictures.datasets {
      for (format, style) in [(ChartFormat.png, ChartStyle.standard), (.svg, .standard), (.png, .seed)] {
        let bytes = try renderer.render(profile, scales: scales, style: style, format: format)
        let file = "\(folder)/\(name)\(style == .seed ? "_seed" : "").\(format.rawValue)"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
      }
    }
  }

  @Test(.enabled(if: folder != nil)) func measuresDrawing() throws {
    var renderer = try ChartRenderer()
    let profiles = SyntheticProfiles.corpus
    let clock = ContinuousClock()
    var scales = ChartScales(profiles: [])
    print("scales:", clock.measure { scales = ChartScales(profiles: profiles) })
    for type in PersonaType.allCases {
      let chosen = profiles.filter { $0.type == type }
      var bytes = 0
      var best = Duration.seconds(1)
      for _ in 0..<5 {
        bytes = 0
        let time = try clock.measure {
          for profile in chosen { bytes += try renderer.render(profile, scales: scales).count }
        }
        best = min(best, time / chosen.count)
      }
      print(type, "picture:", best, bytes / chosen.count, "bytes")
    }
  }
}
