public import TokenStatistics

/// The file format of a picture.
public enum ChartFormat: String, Sendable, CaseIterable {
  /// A bitmap, the same bytes for the same numbers.
  case png
  /// A drawing of paths, from the same drawing code.
  case svg
}

/// What a dataset's picture shows.
public enum ChartStyle: String, Sendable, CaseIterable {
  /// The length histogram with scores, table and numbers.
  case standard
  /// The two bar charts of the original: tokens and conversations by score.
  case seed
}

/// Draws pictures; one renderer serves one thread and reuses its surface, fonts and buffers.
///
///     var renderer = try ChartRenderer()
///     let scales = ChartScales(profiles: profiles)
///     let png = try renderer.render(profiles[0], scales: scales)
///
/// A dataset's picture takes 2 to 3 ms and 20 KB. The same numbers give the same bytes.
public struct ChartRenderer: ~Copyable {
  var sketch: ChartSketch
  private var surface: DrawingSurface?
  private var indexer: PixelIndexer
  private var encoder: PNGEncoder

  /// Makes a renderer with the fonts that `FontFiles.located()` finds.
  ///
  /// - Throws: ``ChartError/fontMissing(family:place:)`` where DejaVu Sans is not installed, and what FreeType, Cairo
  ///   or libdeflate refuse.
  public init() throws(ChartError) {
    try self.init(fonts: FontFiles.located())
  }

  /// Makes a renderer with the given fonts.
  ///
  /// Finding fonts takes a few milliseconds: where several renderers work side by side, find them once.
  ///
  /// - Throws: ``ChartError/fontUnreadable(path:code:)`` for damaged files, and what Cairo or libdeflate refuse.
  public init(fonts: FontFiles) throws(ChartError) {
    let fontSet = try FontSet(files: fonts)
    let encoder = try PNGEncoder()
    sketch = ChartSketch(fonts: fontSet)
    self.encoder = encoder
    indexer = PixelIndexer()
    surface = nil
  }

  /// The picture of one dataset, 1200 by 800 pixels.
  ///
  /// - Parameters:
  ///   - profile: The dataset.
  ///   - scales: The scales shared by all pictures of the run.
  ///   - style: What is drawn.
  ///   - format: The file format.
  /// - Returns: The bytes of a complete file.
  /// - Throws: ``ChartError`` where Cairo or libdeflate fail.
  public mutating func render(
    _ profile: DatasetProfile, scales: ChartScales, style: ChartStyle = .standard, format: ChartFormat = .png
  ) throws(ChartError) -> [UInt8] {
    switch style {
    case .standard: try DatasetChart.lay(profile, scales: scales, into: &sketch)
    case .seed: try SeedChart.lay(profile, into: &sketch)
    }
    return try finish(ChartMetadata(profile), format: format)
  }

  /// Draws the sketch and encodes it.
  mutating func finish(_ metadata: ChartMetadata, format: ChartFormat) throws(ChartError) -> [UInt8] {
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
      try surface.withPixels { (pixels, stride) throws(ChartError) in
        indexer.convert(pixels, width: width, height: height, stride: stride, exact: exact, changed: changed)
      }
      self.surface = consume surface
      return try encoder.encode(indexer, width: width, height: height, texts: metadata.texts)
    }
  }

  /// The surface kept from the last picture where it has the right size, else a new one.
  private mutating func takeSurface(width: Int, height: Int) throws(ChartError) -> DrawingSurface {
    if let kept = surface.take(), kept.width == width, kept.height == height { return kept }
    return try DrawingSurface(imageWidth: width, height: height)
  }
}
