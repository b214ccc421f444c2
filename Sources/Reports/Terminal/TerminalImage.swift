import CCairo
public import Support

/// A PNG as the escape sequences that make a terminal show it.
public struct TerminalImage: Sendable {
  /// How a terminal receives images.
  public enum Format: String, Sendable, CaseIterable {
    /// The graphics protocol of kitty: https://sw.kovidgoyal.net/kitty/graphics-protocol/
    case kitty
    /// Inline images of iTerm2: https://iterm2.com/documentation-images.html
    case iterm2
    /// Sixel graphics of the DEC VT340 and its successors.
    case sixel
  }

  private let png: [UInt8]

  /// Makes an image of a PNG file's bytes.
  public init(png: [UInt8]) { self.png = png }

  /// Whether the bytes begin as those of a PNG do.
  public var isPNG: Bool { png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) }

  /// The bytes to write to the terminal.
  ///
  /// - Parameters:
  ///   - format: How the terminal takes images.
  ///   - columns: The columns that the image may fill.
  ///   - pixels: The pixels these columns are wide; nil if the terminal does not say. Only sixels depend on it.
  /// - Throws: `FileError` if sixels are wanted and the bytes are no PNG.
  public func encoded(as format: Format, columns: Int, pixels: Int?) throws(FileError) -> [UInt8] {
    switch format {
    case .kitty: kitty(columns: columns)
    case .iterm2: inline(columns: columns)
    case .sixel: try SixelImage(png: png, widest: pixels).encoded
    }
  }

  private func inline(columns: Int) -> [UInt8] {
    let arguments = "inline=1;size=\(png.count);width=\(max(1, columns));preserveAspectRatio=1"
    return Array("\u{1B}]1337;File=\(arguments):\(Base64.encode(png))\u{7}".utf8)
  }

  /// The protocol takes Base64 in pieces of at most 4,096 bytes; `q=2` keeps the terminal from answering.
  private func kitty(columns: Int) -> [UInt8] {
    let text = Array(Base64.encode(png).utf8)
    let size = 4_096
    var output: [UInt8] = []
    for start in stride(from: 0, to: max(text.count, 1), by: size) {
      let piece = text[start..<min(start + size, text.count)]
      let more = piece.endIndex < text.count ? 1 : 0
      let control = start == 0 ? "a=T,f=100,q=2,c=\(max(1, columns)),m=\(more)" : "m=\(more)"
      output += Array("\u{1B}_G\(control);".utf8) + piece + Array("\u{1B}\\".utf8)
    }
    return output
  }
}

/// Pixels as sixels: bands of six rows, drawn color by color.
struct SixelImage {
  private let width: Int
  private let height: Int
  /// Each pixel's index into the palette, row by row.
  private let indices: [UInt8]
  /// Red, green and blue, 0 to 255.
  private let palette: [SIMD3<UInt8>]

  private static let mostColors = 256

  /// Reads a PNG and makes it at most `widest` pixels wide.
  ///
  /// - Throws: `FileError` if the bytes are no PNG.
  init(png: [UInt8], widest: Int?) throws(FileError) {
    let pixels = try PixelSurface(png: png, widest: widest).pixels()
    self.init(pixels)
  }

  /// Sixels have 256 colors at most: the last bits of all channels go until the image has no more.
  init(_ pixels: PixelSurface.Pixels) {
    width = pixels.width
    height = pixels.height
    var indices: [UInt8] = []
    var palette: [SIMD3<UInt8>] = []
    for dropped in 0..<8 {
      let mask = UInt8.max << UInt8(dropped)
      var known: [SIMD3<UInt8>: UInt8] = [:]
      indices.removeAll(keepingCapacity: true)
      palette.removeAll(keepingCapacity: true)
      for color in pixels.colors {
        let kept = color & mask
        if let index = known[kept] {
          indices.append(index)
        } else {
          guard palette.count < Self.mostColors else { break }
          let index = UInt8(palette.count)
          known[kept] = index
          // The first color of each kind is used for all of them, so that white stays white.
          palette.append(color)
          indices.append(index)
        }
      }
      if indices.count == pixels.colors.count { break }
    }
    self.indices = indices
    self.palette = palette
  }

  /// The sequence from DCS to ST.
  var encoded: [UInt8] {
    var output = Array("\u{1B}P0;1q\"1;1;\(width);\(height)".utf8)
    for (index, color) in palette.enumerated() {
      let percent = (0..<3).map { (Int(color[$0]) * 100 + 127) / 255 }
      output += Array("#\(index);2;\(percent[0]);\(percent[1]);\(percent[2])".utf8)
    }
    for top in stride(from: 0, to: height, by: 6) { appendBand(top, to: &output) }
    return output + Array("\u{1B}\\".utf8)
  }

  private func appendBand(_ top: Int, to output: inout [UInt8]) {
    var sixels = [Int: [UInt8]]()
    for row in top..<min(top + 6, height) {
      let bit = UInt8(1) << UInt8(row - top)
      for column in 0..<width {
        sixels[Int(indices[row * width + column]), default: [UInt8](repeating: 0, count: width)][column] |= bit
      }
    }
    for (order, entry) in sixels.sorted(by: { $0.key < $1.key }).enumerated() {
      // A dollar goes back to the band's start, for the next color.
      output += Array("\(order > 0 ? "$" : "")#\(entry.key)".utf8)
      Self.appendRuns(entry.value, to: &output)
    }
    output.append(UInt8(ascii: "-"))
  }

  /// Repeated sixels are written as `!count`; empty ones at the end are left out.
  private static func appendRuns(_ sixels: [UInt8], to output: inout [UInt8]) {
    let end = (sixels.lastIndex { $0 != 0 } ?? -1) + 1
    var start = 0
    while start < end {
      var next = start + 1
      while next < end, sixels[next] == sixels[start] { next += 1 }
      let character = sixels[start] + 63
      if next - start > 3 {
        output += Array("!\(next - start)".utf8) + [character]
      } else {
        output += [UInt8](repeating: character, count: next - start)
      }
      start = next
    }
  }
}

/// Sole owner of a Cairo image that was read from a PNG.
struct PixelSurface: ~Copyable {
  /// The pixels, row by row.
  struct Pixels {
    let width: Int
    let height: Int
    let colors: [SIMD3<UInt8>]
  }

  private let surface: OpaquePointer
  /// The most pixels of a picture: a short file can claim any number.
  private static let mostPixels = 1 << 26

  /// Reads a PNG and makes it at most `widest` pixels wide.
  ///
  /// - Throws: `FileError` if the bytes are no PNG.
  init(png: [UInt8], widest: Int?) throws(FileError) {
    // The header is the first of a PNG's parts: its size, its name, width and height.
    let sides = png.dropFirst(16).prefix(8).map(Int.init)
    if sides.count == 8 {
      let width = sides[..<4].reduce(0) { $0 << 8 | $1 }
      let height = sides[4...].reduce(0) { $0 << 8 | $1 }
      guard width <= Self.mostPixels, height <= Self.mostPixels, width * height <= Self.mostPixels else {
        throw .picture(reason: "it has \(width) x \(height) pixels, more than \(Self.mostPixels)")
      }
    }
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

  private static func check(_ surface: OpaquePointer?) throws(FileError) {
    let status = cairo_surface_status(surface)
    guard status != CAIRO_STATUS_SUCCESS else { return }
    defer { cairo_surface_destroy(surface) }
    throw .picture(reason: String(cString: cairo_status_to_string(status)))
  }

  /// All pixels. Cairo stores each in 32 bits of native order: unused or alpha, red, green, blue.
  func pixels() throws(FileError) -> Pixels {
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

/// Passes the next bytes of the `ByteSource` that `context` points to on to Cairo.
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
