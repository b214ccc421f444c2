import Support
public import TokenStatistics

/// A plot that is still to be drawn.
public struct PlotTask: Sendable {
  /// Lays out a page and says what it shows.
  typealias Page = @Sendable (inout PlotSketch) throws(FileError) -> PlotMetadata

  /// The names of its files without ending, one a page: `NAME`, `NAME-2` and so on.
  public let files: [String]
  let pages: [Page]

  private init(_ name: String, pages: [Page]) {
    files = pages.indices.map { $0 == 0 ? name : "\(name)-\($0 + 1)" }
    self.pages = pages
  }

  private init(_ name: String, page: @escaping Page) {
    self.init(name, pages: [page])
  }

  /// What the plot is called in messages.
  public var name: String { files[0] }
}

extension PlotTask {
  /// The plot of a dataset, 1200 by 800 pixels, named after it.
  public init(
    _ profile: DatasetProfile, scales: PlotScales, style: PlotStyle = .standard, layout: PlotLayout = .rows
  ) {
    self.init(profile.dataset) { (sketch) throws(FileError) in
      switch style {
      case .standard: try DatasetPlot.lay(profile, scales: scales, layout: layout, into: &sketch)
      case .legacy: try LegacyPlot.lay(profile, into: &sketch)
      }
      return PlotMetadata(profile)
    }
  }

  /// A plot of each dataset.
  public static func datasets(
    _ profiles: [DatasetProfile], scales: PlotScales, style: PlotStyle = .standard, layout: PlotLayout = .rows
  ) -> [PlotTask] {
    profiles.map { PlotTask($0, scales: scales, style: style, layout: layout) }
  }

  /// The pages of a comparison, 1200 by 800 pixels each, at most five rows a page.
  public init(_ comparison: DatasetComparison, scales: PlotScales) {
    let pages = 0..<max(comparison.pageCount, 1)
    self.init(comparison.fileStem, pages: pages.map { Self.page($0, of: comparison, scales: scales) })
  }

  private static func page(_ index: Int, of comparison: DatasetComparison, scales: PlotScales) -> Page {
    { (sketch) throws(FileError) in
      let pages = ComparisonPlot.pages(of: comparison, scales: scales)
      guard pages.indices.contains(index) else { throw .nothingToDraw(plot: "comparison") }
      try pages[index].lay(into: &sketch)
      return PlotMetadata(title: comparison.fileStem, profiles: pages[index].profiles)
    }
  }

  /// A contact sheet of small histograms by model, type and name, 6 columns wide, over 120 datasets 8.
  ///
  /// - Parameters:
  ///   - title: What the sheet shows, such as `MODEL · roles`.
  ///   - profiles: The datasets, in any order.
  ///   - scales: The scales shared by all plots of the run.
  ///   - name: The name of the file.
  static func contactSheet(
    title: String, profiles: [DatasetProfile], scales: PlotScales, name: String = "contact_sheet"
  ) -> PlotTask {
    PlotTask(name) { (sketch) throws(FileError) in
      guard !profiles.isEmpty else { throw .nothingToDraw(plot: "contact sheet") }
      try ContactSheet(title: title, profiles: profiles, scales: scales).lay(into: &sketch)
      return PlotMetadata(title: title, profiles: profiles)
    }
  }

  /// A heat map: one line a dataset, longest median first, in three columns; see ``contactSheet(title:profiles:scales:name:)``.
  static func heatMap(
    title: String, profiles: [DatasetProfile], scales: PlotScales, name: String = "heat_map"
  ) -> PlotTask {
    PlotTask(name) { (sketch) throws(FileError) in
      guard !profiles.isEmpty else { throw .nothingToDraw(plot: "heat map") }
      try HeatMap(title: title, profiles: profiles, scales: scales).lay(into: &sketch)
      return PlotMetadata(title: title, profiles: profiles)
    }
  }

  /// A map of how far two labels differ in length: one line a dataset that has both, largest effect first.
  ///
  /// - Parameters:
  ///   - title: What the map shows, such as `MODEL · traits`.
  ///   - first: The label that is contrasted.
  ///   - second: The label it is contrasted with.
  ///   - profiles: The datasets, in any order; those without one of the labels are left out.
  ///   - scales: The scales shared by all plots of the run.
  ///   - name: The name of the file.
  static func contrastMap(
    title: String, labels first: String, _ second: String, profiles: [DatasetProfile], scales: PlotScales,
    name: String = "label_effects"
  ) -> PlotTask {
    PlotTask(name) { (sketch) throws(FileError) in
      let map = ContrastMap(title: title, labels: first, second, profiles: profiles, scales: scales)
      guard !map.rows.isEmpty else { throw .nothingToDraw(plot: "map of labels") }
      try map.lay(into: &sketch)
      return PlotMetadata(title: title, profiles: map.rows.map(\.profile))
    }
  }

  /// A contact sheet and a heat map for each model and kind among `profiles`.
  ///
  /// - Parameters:
  ///   - profiles: The datasets.
  ///   - scales: The scales shared by all plots of the run.
  ///   - part: What of the datasets is shown, such as a label, in the titles and at the end of the names; nil for all.
  public static func overviews(
    of profiles: [DatasetProfile], scales: PlotScales, part: String? = nil
  ) -> [PlotTask] {
    groups(of: profiles).flatMap { group -> [PlotTask] in
      let title = group.title + (part.map { " · \($0)" } ?? "")
      let end = group.name + (part.map { "__\($0)" } ?? "")
      return [
        contactSheet(title: title, profiles: group.profiles, scales: scales, name: "contact_sheet__\(end)"),
        heatMap(title: title, profiles: group.profiles, scales: scales, name: "heat_map__\(end)"),
      ]
    }
  }

  /// The subjects that several models have: a comparison of each, and overviews of all models where these are asked for.
  public static func models(
    _ comparisons: [ModelComparison], scales: PlotScales, overviews: Bool
  ) -> [PlotTask] {
    let pages = comparisons.map { PlotTask(DatasetComparison($0), scales: scales) }
    return overviews ? pages + Self.overviews(of: comparisons.flatMap(\.profiles), scales: scales) : pages
  }

  /// Two labels in each of `profiles` that has both: a comparison of each, maps of the effect on length, and overviews
  /// of each label where these are asked for.
  public static func labels(
    _ first: String, _ second: String, of profiles: [DatasetProfile], scales: PlotScales, overviews: Bool
  ) -> [PlotTask] {
    let both = profiles.filter { $0.contrast(first, with: second) != nil }
    let pages = both.compactMap { profile in
      DatasetComparison(of: profile, labels: first, second).map { PlotTask($0, scales: scales) }
    }
    let maps = groups(of: both).map { group in
      contrastMap(
        title: "\(group.title) · \(first) and \(second)", labels: first, second, profiles: group.profiles,
        scales: scales, name: "label_effects__\(group.name)__\(first)-\(second)")
    }
    guard overviews else { return pages + maps }
    return pages + maps
      + [first, second].flatMap { label in
        Self.overviews(of: both.map { $0.conversations(labeled: label) }, scales: scales, part: label)
      }
  }

  /// The datasets by model and kind, in the order of the names.
  private static func groups(
    of profiles: [DatasetProfile]
  ) -> [(title: String, name: String, profiles: [DatasetProfile])] {
    let groups = Dictionary(grouping: profiles) { TextKey("\($0.model)__\($0.kind.rawValue)s") }
    return groups.sorted { $0.key < $1.key }.map { name, profiles in
      let title = profiles.first.map { "\($0.model) · \($0.kind.rawValue)s" } ?? name.text
      return (title, name.text, profiles)
    }
  }
}
