import CCairo
import Support

/// A Cairo surface with its drawing context.
///
/// The corresponding C types are `cairo_surface_t` and `cairo_t`.
struct DrawingSurface: ~Copyable {
  private let surface: OpaquePointer
  private let context: OpaquePointer
  /// The surface's pixels, `scale` for each of a sketch in both directions.
  let width: Int
  let height: Int
  let scale: Int

  /// Makes an image surface of opaque pixels for sketches of `width` times `height`.
  init(imageWidth width: Int, height: Int, scale: Int) throws(FileError) {
    let (width, height) = (width * scale, height * scale)
    guard
      let surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, Int32(clamping: width), Int32(clamping: height))
    else {
      throw .drawing(operation: "make a picture", message: "out of memory")
    }
    try self.init(surface, width: width, height: height, scale: scale)
  }

  /// Makes a surface for sketches of `width` times `height` that sends SVG text to `sink`, which must outlive the
  /// surface.
  init(
    svgInto sink: UnsafeMutableRawPointer, write: cairo_write_func_t, width: Int, height: Int, scale: Int
  ) throws(FileError) {
    let (width, height) = (width * scale, height * scale)
    guard let surface = cairo_svg_surface_create_for_stream(write, sink, Double(width), Double(height)) else {
      throw .drawing(operation: "make a picture", message: "out of memory")
    }
    try self.init(surface, width: width, height: height, scale: scale)
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX)
  }

  /// Takes over `surface` and makes its context.
  private init(_ surface: OpaquePointer, width: Int, height: Int, scale: Int) throws(FileError) {
    var status = cairo_surface_status(surface)
    guard status == CAIRO_STATUS_SUCCESS else {
      cairo_surface_destroy(surface)
      throw .drawing(
        operation: "make a picture of \(width) by \(height) pixels", message: CairoStatus.message(status))
    }
    guard let context = cairo_create(surface) else {
      cairo_surface_destroy(surface)
      throw .drawing(operation: "draw a picture", message: "out of memory")
    }
    status = cairo_status(context)
    guard status == CAIRO_STATUS_SUCCESS else {
      cairo_destroy(context)
      cairo_surface_destroy(surface)
      throw .drawing(operation: "draw a picture", message: CairoStatus.message(status))
    }
    self.surface = surface
    self.context = context
    self.width = width
    self.height = height
    self.scale = scale
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Draws `sketch` over a white ground.
  mutating func draw(_ sketch: inout PlotSketch) throws(FileError) {
    cairo_set_antialias(context, CAIRO_ANTIALIAS_NONE)
    cairo_set_source_rgb(context, 1, 1, 1)
    var source = PlotColor.white
    fill(PixelRect(left: 0, top: 0, right: sketch.width, bottom: sketch.height), .white, instead: &source)
    for index in sketch.marks.indices {
      let mark = sketch.marks[index]
      switch mark {
      case .fill(let rect, let color): fill(rect, color, instead: &source)
      case .label(let index):
        use(sketch.labels[index].color, instead: &source)
        try draw(label: index, of: &sketch)
      case .curve(let points, let color, let style):
        use(color, instead: &source)
        stroke(points, style)
      }
    }
    let status = cairo_status(context)
    guard status == CAIRO_STATUS_SUCCESS else {
      throw .drawing(operation: "draw a picture", message: CairoStatus.message(status))
    }
  }

  private func draw(label index: Int, of sketch: inout PlotSketch) throws(FileError) {
    let label = sketch.labels[index]
    var style = label.style
    style.size *= scale
    let typeface = try sketch.fonts.typeface(for: style)
    cairo_set_scaled_font(context, typeface.handle)
    let factor = Double(scale)
    var glyphs = sketch.glyphs[label.glyphs]
    if scale > 1 {
      for index in glyphs.indices {
        glyphs[index].x *= factor
        glyphs[index].y *= factor
      }
    }
    glyphs.withUnsafeBufferPointer { cairo_show_glyphs(context, $0.baseAddress, Int32($0.count)) }
  }

  /// Finishes the surface, so that everything drawn has reached its sink.
  mutating func finish() throws(FileError) {
    cairo_surface_finish(surface)
    let status = cairo_surface_status(surface)
    guard status == CAIRO_STATUS_SUCCESS else {
      throw .drawing(operation: "finish a picture", message: CairoStatus.message(status))
    }
  }

  /// Calls `body` with the pixels of an image surface: `0x00RRGGBB` each, `stride` pixels a row.
  mutating func withPixels<Result>(
    _ body: (_ pixels: UnsafeBufferPointer<UInt32>, _ stride: Int) throws(FileError) -> Result
  ) throws(FileError) -> Result {
    cairo_surface_flush(surface)
    guard let data = cairo_image_surface_get_data(surface) else {
      throw .drawing(operation: "read a picture's pixels", message: "the surface has none")
    }
    let stride = Int(cairo_image_surface_get_stride(surface)) / MemoryLayout<UInt32>.size
    return try data.withMemoryRebound(to: UInt32.self, capacity: stride * height) {
      pixels throws(FileError) -> Result in
      try body(UnsafeBufferPointer(start: pixels, count: stride * height), stride)
    }
  }

  /// Fills a rectangle: an image's pixels are set directly, since opaque whole pixels need no path and no compositing.
  private func fill(_ rect: PixelRect, _ color: PlotColor, instead source: inout PlotColor) {
    guard let data = cairo_image_surface_get_data(surface) else {
      use(color, instead: &source)
      cairo_rectangle(
        context, Double(scale * rect.left), Double(scale * rect.top), Double(scale * rect.width),
        Double(scale * rect.height))
      cairo_fill(context)
      return
    }
    let columns = max(scale * rect.left, 0)..<max(min(scale * rect.right, width), max(scale * rect.left, 0))
    let rows = max(scale * rect.top, 0)..<max(min(scale * rect.bottom, height), max(scale * rect.top, 0))
    let stride = Int(cairo_image_surface_get_stride(surface)) / MemoryLayout<UInt32>.size
    cairo_surface_flush(surface)
    data.withMemoryRebound(to: UInt32.self, capacity: stride * height) { pixels in
      for row in rows {
        (pixels + row * stride + columns.lowerBound).update(repeating: Self.opaque | color.rgb, count: columns.count)
      }
    }
    cairo_surface_mark_dirty(surface)
  }

  /// What Cairo writes into the byte that an image without transparency does not use.
  private static let opaque: UInt32 = 0xFF00_0000

  private func use(_ color: PlotColor, instead source: inout PlotColor) {
    guard color != source else { return }
    source = color
    let (red, green, blue) = color.channels
    cairo_set_source_rgb(context, red, green, blue)
  }

  private func stroke(_ points: [CurvePoint], _ style: CurveStyle) {
    let factor = Double(scale)
    cairo_set_antialias(context, CAIRO_ANTIALIAS_DEFAULT)
    cairo_set_line_width(context, style.width * factor)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    cairo_set_dash(context, style.dashes.map { $0 * factor }, Int32(style.dashes.count), 0)
    cairo_new_path(context)
    for point in points {
      cairo_line_to(context, point.x * factor, point.y * factor)
    }
    cairo_stroke(context)
    cairo_set_antialias(context, CAIRO_ANTIALIAS_NONE)
  }
}
