public import TokenStatistics

/// Drawing and encoding of a dataset's picture, each alone, for the benchmarks.
@_spi(Benchmarks)
public struct PlotStages: ~Copyable {
  private var sketch: PlotSketch
  private var surface: DrawingSurface
  private var indexer = PixelIndexer()
  private var encoder: PNGEncoder

  /// Makes the stages with the fonts that `FontFiles.located()` finds.
  ///
  /// - Throws: ``PlotError`` as `PlotRenderer.init()` does.
  public init() throws(PlotError) {
    let fonts = try FontSet(files: .located())
    let encoder = try PNGEncoder()
    let surface = try DrawingSurface(imageWidth: 1_200, height: 800)
    sketch = PlotSketch(fonts: fonts)
    self.encoder = encoder
    self.surface = surface
  }

  /// Draws a picture into memory.
  public mutating func draw(_ profile: DatasetProfile, scales: PlotScales) throws(PlotError) {
    try DatasetPlot.lay(profile, scales: scales, into: &sketch)
    try surface.draw(&sketch)
  }

  /// The picture drawn last as a PNG file.
  public mutating func encode(_ profile: DatasetProfile) throws(PlotError) -> [UInt8] {
    let (width, height) = (surface.width, surface.height)
    let changed = sketch.changedRows()
    let exact = sketch.colors()
    try surface.withPixels { (pixels, stride) throws(PlotError) in
      indexer.convert(pixels, width: width, height: height, stride: stride, exact: exact, changed: changed)
    }
    return try encoder.encode(indexer, width: width, height: height, texts: PlotMetadata(profile).texts)
  }
}
