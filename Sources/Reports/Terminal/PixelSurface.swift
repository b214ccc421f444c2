import CCairo

/// Sole owner of a Cairo image that was read from a PNG.
struct PixelSurface: ~Copyable {
  /// The pixels, row by row.
  struct Pixels {
    let width: Int
    let height: Int
    let colors: [SIMD3<UInt8>]
  }

  private let surface: OpaquePointer

  /// Reads a PNG and makes it at most `widest` pixels wide.
  ///
  /// - Throws: ``ReportError/picture(reason:)`` where the bytes are no PNG.
  init(png: [UInt8], widest: Int?) throws(ReportError) {
    let read = png.withUnsafeBytes { bytes in
      var source = ByteSource(rest: bytes[...])
      return withUnsafeMutablePointer(to: &source) { cairo_image_surface_create_from_png_stream(readNext, $0) }
    }
    try Self.check(read)
    let width = Int(cairo_image_surface_get_width(read))
    guard let read, let widest, widest > 0, width > widest else {
      guard let read else { throw .picture(reason: "out of memory") }
      surface = read
      return
    }
    defer { cairo_surface_destroy(read) }
    let height = max(1, Int(cairo_image_surface_get_height(read)) * widest / width)
    let scaled = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(widest), Int32(height))
    try Self.check(scaled)
    guard let scaled else { throw .picture(reason: "out of memory") }
    let context = cairo_create(scaled)
    defer { cairo_destroy(context) }
    cairo_scale(context, Double(widest) / Double(width), Double(widest) / Double(width))
    cairo_set_source_surface(context, read, 0, 0)
    cairo_paint(context)
    surface = scaled
  }

  deinit { cairo_surface_destroy(surface) }

  private static func check(_ surface: OpaquePointer?) throws(ReportError) {
    let status = cairo_surface_status(surface)
    guard status != CAIRO_STATUS_SUCCESS else { return }
    defer { cairo_surface_destroy(surface) }
    throw .picture(reason: String(cString: cairo_status_to_string(status)))
  }

  /// All pixels. Cairo stores each in 32 bits of native order: unused or alpha, red, green, blue.
  func pixels() throws(ReportError) -> Pixels {
    cairo_surface_flush(surface)
    let width = Int(cairo_image_surface_get_width(surface))
    let height = Int(cairo_image_surface_get_height(surface))
    let stride = Int(cairo_image_surface_get_stride(surface))
    let format = cairo_image_surface_get_format(surface)
    guard format == CAIRO_FORMAT_RGB24 || format == CAIRO_FORMAT_ARGB32,
      let data = cairo_image_surface_get_data(surface)
    else { throw .picture(reason: "neither RGB nor RGBA") }
    let bytes = UnsafeRawBufferPointer(start: data, count: stride * height)
    var colors: [SIMD3<UInt8>] = []
    colors.reserveCapacity(width * height)
    for row in 0..<height {
      for column in 0..<width {
        let pixel = bytes.load(fromByteOffset: row * stride + 4 * column, as: UInt32.self)
        colors.append(
          SIMD3(
            UInt8(truncatingIfNeeded: pixel >> 16), UInt8(truncatingIfNeeded: pixel >> 8),
            UInt8(truncatingIfNeeded: pixel)))
      }
    }
    return Pixels(width: width, height: height, colors: colors)
  }
}

/// What is left to read of some bytes.
private struct ByteSource {
  var rest: Slice<UnsafeRawBufferPointer>
}

/// Hands the next bytes of the `ByteSource` behind `context` to Cairo.
private func readNext(
  _ context: UnsafeMutableRawPointer?, _ target: UnsafeMutablePointer<UInt8>?, _ count: UInt32
) -> cairo_status_t {
  guard let source = context?.assumingMemoryBound(to: ByteSource.self), let target,
    source.pointee.rest.count >= Int(count)
  else { return CAIRO_STATUS_READ_ERROR }
  for (offset, byte) in source.pointee.rest.prefix(Int(count)).enumerated() { target[offset] = byte }
  source.pointee.rest = source.pointee.rest.dropFirst(Int(count))
  return CAIRO_STATUS_SUCCESS
}
