/// Turns pixels into the smallest PNG samples that hold them: 4 or 8 bit palette indices, or RGB.
///
/// Greys are first snapped to ten steps, so that antialiased text needs no more. Palette entries stand in order of
/// value. The storage is reused from picture to picture.
struct PixelIndexer: ~Copyable {
  /// The samples as PNG rows: every row begins with its filter type, 0.
  private(set) var rows: [UInt8] = []
  /// The colours in order of value; empty where there are more than 256.
  private(set) var palette: [UInt32] = []
  /// The bits a sample: 4 or 8 for indices, 24 for RGB.
  private(set) var bitsPerPixel = 0

  private var table = ColorTable()

  /// Converts `height` rows of `width` pixels, `stride` pixels apart.
  ///
  /// - Complexity: O(*n*) for *n* pixels; repeated rows and runs of equal pixels cost little.
  mutating func convert(_ pixels: UnsafeBufferPointer<UInt32>, width: Int, height: Int, stride: Int) {
    table.removeAll()
    collect(pixels, width: width, height: height, stride: stride)
    palette = table.isOverfull ? [] : table.sortedColors()
    bitsPerPixel = table.isOverfull ? 24 : palette.count <= 16 ? 4 : 8
    let rowBytes = 1 + (width * bitsPerPixel + 7) / 8
    if rows.count != rowBytes * height { rows = [UInt8](repeating: 0, count: rowBytes * height) }
    var rows: [UInt8] = []
    swap(&rows, &self.rows)
    rows.withUnsafeMutableBufferPointer { rows in
      for row in 0..<height {
        let target = UnsafeMutableBufferPointer(rebasing: rows[row * rowBytes..<(row + 1) * rowBytes])
        if row > 0, Self.equal(pixels, row: row, stride: stride, width: width) {
          _ = target.update(fromContentsOf: rows[(row - 1) * rowBytes..<row * rowBytes])
        } else {
          target[0] = 0
          write(
            UnsafeBufferPointer(rebasing: pixels[row * stride..<row * stride + width]),
            into: UnsafeMutableBufferPointer(rebasing: target[1...]))
        }
      }
    }
    swap(&rows, &self.rows)
  }

  /// Writes one row of samples.
  private func write(_ pixels: UnsafeBufferPointer<UInt32>, into samples: UnsafeMutableBufferPointer<UInt8>) {
    switch bitsPerPixel {
    case 4: writeNibbles(pixels, into: samples)
    case 8: writeBytes(pixels, into: samples)
    default: Self.writeColors(pixels, into: samples)
    }
  }

  /// Whether `row` repeats the row above it.
  private static func equal(_ pixels: UnsafeBufferPointer<UInt32>, row: Int, stride: Int, width: Int) -> Bool {
    let above = pixels[(row - 1) * stride..<(row - 1) * stride + width]
    return above.elementsEqual(pixels[row * stride..<row * stride + width])
  }

  private mutating func collect(_ pixels: UnsafeBufferPointer<UInt32>, width: Int, height: Int, stride: Int) {
    for row in 0..<height where row == 0 || !Self.equal(pixels, row: row, stride: stride, width: width) {
      var last: UInt32?
      for pixel in pixels[row * stride..<row * stride + width] where pixel != last {
        last = pixel
        table.insert(Self.snapped(pixel))
        if table.isOverfull { return }
      }
    }
  }

  private func writeNibbles(_ pixels: UnsafeBufferPointer<UInt32>, into samples: UnsafeMutableBufferPointer<UInt8>) {
    var last = pixels.first ?? 0
    var index = table.index(of: Self.snapped(last))
    for (position, pixel) in pixels.enumerated() {
      if pixel != last {
        last = pixel
        index = table.index(of: Self.snapped(pixel))
      }
      if position & 1 == 0 {
        samples[position >> 1] = index << 4
      } else {
        samples[position >> 1] |= index
      }
    }
  }

  private func writeBytes(_ pixels: UnsafeBufferPointer<UInt32>, into samples: UnsafeMutableBufferPointer<UInt8>) {
    var last = pixels.first ?? 0
    var index = table.index(of: Self.snapped(last))
    for (position, pixel) in pixels.enumerated() {
      if pixel != last {
        last = pixel
        index = table.index(of: Self.snapped(pixel))
      }
      samples[position] = index
    }
  }

  private static func writeColors(
    _ pixels: UnsafeBufferPointer<UInt32>, into samples: UnsafeMutableBufferPointer<UInt8>
  ) {
    for (position, pixel) in pixels.enumerated() {
      let color = snapped(pixel)
      samples[3 * position] = UInt8(truncatingIfNeeded: color >> 16)
      samples[3 * position + 1] = UInt8(truncatingIfNeeded: color >> 8)
      samples[3 * position + 2] = UInt8(truncatingIfNeeded: color)
    }
  }

  /// A pixel's colour; a grey becomes the nearest of ten.
  static func snapped(_ pixel: UInt32) -> UInt32 {
    let color = pixel & 0xFF_FFFF
    let blue = color & 0xFF
    return color == blue &* 0x010101 ? UInt32(greys[Int(blue)]) &* 0x010101 : color
  }

  /// `floor(round(v·9/255)·255/9)` for every grey `v`.
  private static let greys: [UInt8] = (0...255).map { grey in
    UInt8((Int((Double(grey) * 9 / 255).rounded()) * 255) / 9)
  }
}
