public import Support
public import TokenStatistics

/// The file format of a plot.
public enum PlotFormat: String, Sendable, CaseIterable {
  /// A bitmap, the same bytes for the same numbers.
  case png
  /// A drawing of paths, from the same drawing code.
  case svg
}

/// What a dataset's plot shows.
public enum PlotStyle: String, Sendable, CaseIterable {
  /// The length histogram with scores, table and numbers.
  case standard
  /// The two bar charts of the original: tokens and conversations by score.
  case legacy = "seed"
}

/// Draws plots; one renderer serves one thread and reuses its surface, fonts and buffers.
///
///     var renderer = try PlotRenderer()
///     let scales = PlotScales(profiles: profiles)
///     let png = try renderer.render(profiles[0], scales: scales)
///
/// A dataset's plot takes 2 to 3 ms and 20 KB. The same numbers give the same bytes.
public struct PlotRenderer: ~Copyable {
  var sketch: PlotSketch
  private var surface: DrawingSurface?
  private var indexer: PixelIndexer
  private var encoder: PNGEncoder

  /// Makes a renderer with the fonts that `FontSource.located()` finds.
  ///
  /// - Throws: `FileError` if DejaVu Sans is not installed, and what FreeType, Cairo
  ///   or libdeflate refuse.
  public init() throws(FileError) {
    try self.init(fonts: FontSource.located())
  }

  /// Makes a renderer with the given fonts.
  ///
  /// Finding fonts takes a few milliseconds: for several renderers, find them once.
  ///
  /// - Throws: `FileError` for damaged files, and what Cairo or libdeflate refuse.
  public init(fonts: FontSource) throws(FileError) {
    let fontSet = try FontSet(fonts)
    let encoder = try PNGEncoder()
    sketch = PlotSketch(fonts: fontSet)
    self.encoder = encoder
    indexer = PixelIndexer()
    surface = nil
  }

  /// The plot of one dataset, 1200 by 800 pixels.
  ///
  /// - Parameters:
  ///   - profile: The dataset.
  ///   - scales: The scales shared by all plots of the run.
  ///   - style: What is drawn.
  ///   - format: The file format.
  /// - Returns: The bytes of a complete file.
  /// - Throws: `FileError` if Cairo or libdeflate fail.
  public mutating func render(
    _ profile: DatasetProfile, scales: PlotScales, style: PlotStyle = .standard, format: PlotFormat = .png
  ) throws(FileError) -> [UInt8] {
    switch style {
    case .standard: try DatasetPlot.lay(profile, scales: scales, into: &sketch)
    case .legacy: try LegacyPlot.lay(profile, into: &sketch)
    }
    return try finish(PlotMetadata(profile), format: format)
  }

  /// Draws the sketch and encodes it.
  mutating func finish(_ metadata: PlotMetadata, format: PlotFormat) throws(FileError) -> [UInt8] {
    switch format {
    case .svg:
      return try SVGDocument.draw(&sketch, title: metadata.title)
    case .png:
      var surface = try takeSurface(width: sketch.width, height: sketch.height)
      try surface.draw(&sketch)
      let width = surface.width
      let height = surface.height
      let changed = sketch.changedRows()
      let exact = sketch.colors()
      try surface.withPixels { (pixels, stride) throws(FileError) in
        indexer.convert(pixels, width: width, height: height, stride: stride, exact: exact, changed: changed)
      }
      self.surface = consume surface
      return try encoder.encode(indexer, width: width, height: height, texts: metadata.texts)
    }
  }

  /// The surface of the last plot if it has the right size, else a new one.
  private mutating func takeSurface(width: Int, height: Int) throws(FileError) -> DrawingSurface {
    if let kept = surface.take(), kept.width == width, kept.height == height { return kept }
    return try DrawingSurface(imageWidth: width, height: height)
  }
}

extension PlotRenderer {
  /// The plots of a comparison, 1200 by 800 pixels, at most five rows a page.
  ///
  /// - Parameters:
  ///   - comparison: The rows and what they have in common.
  ///   - scales: The scales shared by all plots of the run.
  ///   - format: The file format.
  /// - Returns: The bytes of a complete file for every page.
  /// - Throws: `FileError` without datasets, and what Cairo or libdeflate refuse.
  public mutating func renderComparison(
    _ comparison: DatasetComparison, scales: PlotScales, format: PlotFormat = .png
  ) throws(FileError) -> [[UInt8]] {
    let pages = ComparisonPlot.pages(of: comparison, scales: scales)
    guard !pages.isEmpty else { throw .nothingToDraw(plot: "comparison") }
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
  ///   - title: What the sheet shows, such as `MODEL · roles`.
  ///   - profiles: The datasets, in any order.
  ///   - scales: The scales shared by all plots of the run.
  ///   - format: The file format.
  /// - Returns: The bytes of a complete file.
  /// - Throws: `FileError` without datasets, and what Cairo or libdeflate refuse.
  public mutating func renderContactSheet(
    title: String, profiles: [DatasetProfile], scales: PlotScales, format: PlotFormat = .png
  ) throws(FileError) -> [UInt8] {
    guard !profiles.isEmpty else { throw .nothingToDraw(plot: "contact sheet") }
    try ContactSheet(title: title, profiles: profiles, scales: scales).lay(into: &sketch)
    return try finish(PlotMetadata(title: title, profiles: profiles), format: format)
  }

  /// A heat map: one line a dataset, longest median first, in three columns.
  ///
  /// - Parameters:
  ///   - title: What the map shows, such as `MODEL · roles`.
  ///   - profiles: The datasets, in any order.
  ///   - scales: The scales shared by all plots of the run.
  ///   - format: The file format.
  /// - Returns: The bytes of a complete file.
  /// - Throws: `FileError` without datasets, and what Cairo or libdeflate refuse.
  public mutating func renderHeatMap(
    title: String, profiles: [DatasetProfile], scales: PlotScales, format: PlotFormat = .png
  ) throws(FileError) -> [UInt8] {
    guard !profiles.isEmpty else { throw .nothingToDraw(plot: "heat map") }
    try HeatMap(title: title, profiles: profiles, scales: scales).lay(into: &sketch)
    return try finish(PlotMetadata(title: title, profiles: profiles), format: format)
  }

  /// A map of how far two labels differ in length: one line a dataset that has both, largest effect first.
  ///
  /// - Parameters:
  ///   - title: What the map shows, such as `MODEL · traits`.
  ///   - first: The label that is contrasted.
  ///   - second: The label it is contrasted with.
  ///   - profiles: The datasets, in any order; those without one of the labels are left out.
  ///   - scales: The scales shared by all plots of the run.
  ///   - format: The file format.
  /// - Returns: The bytes of a complete file.
  /// - Throws: `FileError` without datasets, and what Cairo or libdeflate refuse.
  public mutating func renderContrastMap(
    title: String, labels first: String, _ second: String, profiles: [DatasetProfile], scales: PlotScales,
    format: PlotFormat = .png
  ) throws(FileError) -> [UInt8] {
    let map = ContrastMap(title: title, labels: first, second, profiles: profiles, scales: scales)
    guard !map.rows.isEmpty else { throw .nothingToDraw(plot: "map of labels") }
    try map.lay(into: &sketch)
    return try finish(PlotMetadata(title: title, profiles: map.rows.map(\.profile)), format: format)
  }
}
