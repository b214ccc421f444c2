public import TokenStatistics

extension PlotRenderer {
  /// The pictures of a comparison, 1200 by 800 pixels, at most five rows a page.
  ///
  /// - Parameters:
  ///   - comparison: The rows and what they have in common.
  ///   - scales: The scales shared by all pictures of the run.
  ///   - format: The file format.
  /// - Returns: The bytes of a complete file for every page.
  /// - Throws: ``PlotError/nothingToDraw(picture:)`` without datasets, and what Cairo or libdeflate refuse.
  public mutating func renderComparison(
    _ comparison: DatasetComparison, scales: PlotScales, format: PlotFormat = .png
  ) throws(PlotError) -> [[UInt8]] {
    let pages = ComparisonPlot.pages(of: comparison, scales: scales)
    guard !pages.isEmpty else { throw .nothingToDraw(picture: "comparison") }
    var files: [[UInt8]] = []
    for page in pages {
      try page.lay(into: &sketch)
      files.append(
        try finish(PlotMetadata(title: comparison.fileStem, profiles: page.profiles), format: format))
    }
    return files
  }

  /// A contact sheet of small histograms by model, type and name, 6 columns wide, over 120 datasets 8.
  ///
  /// - Parameters:
  ///   - title: What the sheet shows, such as `qwen-3-32b · roles`.
  ///   - profiles: The datasets, in any order.
  ///   - scales: The scales shared by all pictures of the run.
  ///   - format: The file format.
  /// - Returns: The bytes of a complete file.
  /// - Throws: ``PlotError/nothingToDraw(picture:)`` without datasets, and what Cairo or libdeflate refuse.
  public mutating func renderContactSheet(
    title: String, profiles: [DatasetProfile], scales: PlotScales, format: PlotFormat = .png
  ) throws(PlotError) -> [UInt8] {
    guard !profiles.isEmpty else { throw .nothingToDraw(picture: "contact sheet") }
    try ContactSheet(title: title, profiles: profiles, scales: scales).lay(into: &sketch)
    return try finish(PlotMetadata(title: title, profiles: profiles), format: format)
  }

  /// A heat map: one line a dataset, longest median first, in three columns.
  ///
  /// - Parameters:
  ///   - title: What the map shows, such as `qwen-3-32b · roles`.
  ///   - profiles: The datasets, in any order.
  ///   - scales: The scales shared by all pictures of the run.
  ///   - format: The file format.
  /// - Returns: The bytes of a complete file.
  /// - Throws: ``PlotError/nothingToDraw(picture:)`` without datasets, and what Cairo or libdeflate refuse.
  public mutating func renderHeatMap(
    title: String, profiles: [DatasetProfile], scales: PlotScales, format: PlotFormat = .png
  ) throws(PlotError) -> [UInt8] {
    guard !profiles.isEmpty else { throw .nothingToDraw(picture: "heat map") }
    try HeatMap(title: title, profiles: profiles, scales: scales).lay(into: &sketch)
    return try finish(PlotMetadata(title: title, profiles: profiles), format: format)
  }

  /// A map of how far two labels differ in length: one line a dataset that has both, largest effect first.
  ///
  /// - Parameters:
  ///   - title: What the map shows, such as `qwen-3-32b · traits`.
  ///   - first: The label that is contrasted.
  ///   - second: The label it is contrasted with.
  ///   - profiles: The datasets, in any order; those without one of the labels are left out.
  ///   - scales: The scales shared by all pictures of the run.
  ///   - format: The file format.
  /// - Returns: The bytes of a complete file.
  /// - Throws: ``PlotError/nothingToDraw(picture:)`` without datasets, and what Cairo or libdeflate refuse.
  public mutating func renderContrastMap(
    title: String, labels first: String, _ second: String, profiles: [DatasetProfile], scales: PlotScales,
    format: PlotFormat = .png
  ) throws(PlotError) -> [UInt8] {
    let map = ContrastMap(title: title, labels: first, second, profiles: profiles, scales: scales)
    guard !map.rows.isEmpty else { throw .nothingToDraw(picture: "map of labels") }
    try map.lay(into: &sketch)
    return try finish(PlotMetadata(title: title, profiles: map.rows.map(\.profile)), format: format)
  }
}
