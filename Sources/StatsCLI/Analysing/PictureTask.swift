import Support
import Histograms
import Support
import TokenStatistics

/// A picture that is still to be drawn.
struct PlotTask: Sendable {
  /// The file names without ending, one a page.
  let stems: [String]
  /// Draws all pages.
  let draw: @Sendable (inout PlotRenderer, PlotFormat) throws(PlotError) -> [[UInt8]]

  /// A picture of several pages: `NAME`, `NAME-2` and so on.
  init(
    _ name: String, pages: Int,
    draw: @escaping @Sendable (inout PlotRenderer, PlotFormat) throws(PlotError) -> [[UInt8]]
  ) {
    stems = (0..<max(1, pages)).map { $0 == 0 ? name : "\(name)-\($0 + 1)" }
    self.draw = draw
  }

  /// A picture in one file.
  init(
    _ name: String, draw: @escaping @Sendable (inout PlotRenderer, PlotFormat) throws(PlotError) -> [UInt8]
  ) {
    self.init(name, pages: 1) { (renderer, format) throws(PlotError) in [try draw(&renderer, format)] }
  }

  /// What the picture is called in messages.
  var name: String { stems[0] }
}

extension PlotTask {
  /// The pages of a comparison.
  init(_ comparison: DatasetComparison, scales: PlotScales) {
    self.init(comparison.fileStem, pages: comparison.pageCount) { (renderer, format) throws(PlotError) in
      try renderer.renderComparison(comparison, scales: scales, format: format)
    }
  }

  /// A contact sheet and a heat map for each model and type among `profiles`.
  ///
  /// - Parameters:
  ///   - profiles: The datasets.
  ///   - scales: The scales shared by all pictures of the run.
  ///   - part: What of the datasets is shown, such as a label, in the titles and at the end of the names; nil for all.
  static func overviews(of profiles: [DatasetProfile], scales: PlotScales, part: String? = nil) -> [PlotTask] {
    groups(of: profiles).flatMap { group -> [PlotTask] in
      let title = group.title + (part.map { " · \($0)" } ?? "")
      let end = group.stem + (part.map { "__\($0)" } ?? "")
      return [
        PlotTask("contact_sheet__\(end)") { (renderer, format) throws(PlotError) in
          try renderer.renderContactSheet(title: title, profiles: group.profiles, scales: scales, format: format)
        },
        PlotTask("heat_map__\(end)") { (renderer, format) throws(PlotError) in
          try renderer.renderHeatMap(title: title, profiles: group.profiles, scales: scales, format: format)
        },
      ]
    }
  }

  /// A map of the effect that each dataset's labels have on length, for each model and type among `profiles`.
  static func contrastMaps(
    of profiles: [DatasetProfile], labels first: String, _ second: String, scales: PlotScales
  ) -> [PlotTask] {
    groups(of: profiles).map { group in
      PlotTask("label_effects__\(group.stem)__\(first)-\(second)") { (renderer, format) throws(PlotError) in
        try renderer.renderContrastMap(
          title: "\(group.title) · \(first) and \(second)", labels: first, second, profiles: group.profiles,
          scales: scales, format: format)
      }
    }
  }

  private static func groups(
    of profiles: [DatasetProfile]
  ) -> [(title: String, stem: String, profiles: [DatasetProfile])] {
    let groups = Dictionary(grouping: profiles) { TextKey("\($0.model)__\($0.kind.rawValue)s") }
    return groups.sorted { $0.key < $1.key }.map { stem, profiles in
      let title = profiles.first.map { "\($0.model) · \($0.kind.rawValue)s" } ?? stem.text
      return (title, stem.text, profiles)
    }
  }
}
