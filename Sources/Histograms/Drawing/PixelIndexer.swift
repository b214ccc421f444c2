/// Turns pixels into the smallest PNG samples that hold them: 4 or 8 bit palette indices, or RGB.
///
/// Grays are first snapped to ten steps, so that antialiased text needs no more; mixtures of colors at the edges of
/// curves and of text on colors are snapped to eight steps a channel, so that plots fit a palette, or to the nearest
/// gray or color that is drawn, so that digits in bars need no more than 16 colors. Palette entries are in order of
/// value. The storage is reused from plot to plot.
struct PixelIndexer: ~Copyable {
  /// The samples as PNG rows: every row begins with its filter type, 0, or 2 where it is equal to the row above, which
  /// makes its samples differences of 0.
  private(set) var rows: [UInt8] = []
  /// The colors in order of value; empty if there are more than 256.
  private(set) var palette: [UInt32] = []
  /// The bits a sample: 4 or 8 for indices, 24 for RGB.
  private(set) var bitsPerPixel = 0

  private var table = ColorTable()
  /// The colors that stay as they are.
  private var exact: [UInt32] = []
  /// What mixtures are snapped to; empty for eight steps a channel.
  private var nearby: [UInt32] = []
  /// The runs of equal pixels of all changed rows, one row after another.
  private var runs: [Run] = []

  /// Equal pixels side by side.
  private struct Run {
    /// The column after the last one.
    let end: Int32
    /// The slot of their color in the table.
    let slot: Int32
  }

  /// Converts `height` rows of `width` pixels, `stride` pixels apart.
  ///
  /// - Parameters:
  ///   - pixels: The pixels, `0x00RRGGBB` each.
  ///   - exact: The colors that were drawn, `0xRRGGBB`; all others are mixtures of them.
  ///   - changed: Whether a row may differ from the one above it; unchanged rows are not looked at.
  ///   - addsColors: Whether mixtures may be colors of their own.
  /// - Complexity: O(*n*) for *n* pixels in changed rows; runs of equal pixels cost little.
  mutating func convert(
    _ pixels: UnsafeBufferPointer<UInt32>, width: Int, height: Int, stride: Int, exact: [UInt32], changed: [Bool],
    addsColors: Bool = true
  ) {
    self.exact = exact
    nearby = addsColors ? [] : Self.grays + exact.filter { $0 != ($0 & 0xFF) &* 0x010101 }
    table.removeAll()
    runs.removeAll(keepingCapacity: true)
    for row in 0..<height where row == 0 || changed[row] {
      collect(UnsafeBufferPointer(rebasing: pixels[row * stride..<row * stride + width]))
      if table.isOverfull { break }
    }
    palette = table.isOverfull ? [] : table.sortedColors()
    bitsPerPixel = table.isOverfull ? 24 : palette.count <= 16 ? 4 : 8
    let rowBytes = 1 + (width * bitsPerPixel + 7) / 8
    var rows: [UInt8] = []
    swap(&rows, &self.rows)
    if rows.count != rowBytes * height { rows = [UInt8](repeating: 0, count: rowBytes * height) }
    rows.withUnsafeMutableBufferPointer { rows in
      var run = 0
      for row in 0..<height {
        let target = UnsafeMutableBufferPointer(rebasing: rows[row * rowBytes..<(row + 1) * rowBytes])
        if row > 0, !changed[row] {
          target.update(repeating: 0)
          target[0] = 2
          continue
        }
        target[0] = 0
        let samples = UnsafeMutableBufferPointer(rebasing: target[1...])
        switch bitsPerPixel {
        case 4: writeNibbles(width: width, from: &run, into: samples)
        case 8: writeBytes(width: width, from: &run, into: samples)
        default:
          writeColors(UnsafeBufferPointer(rebasing: pixels[row * stride..<row * stride + width]), into: samples)
        }
      }
    }
    swap(&rows, &self.rows)
  }

  /// Appends the runs of one row.
  private mutating func collect(_ pixels: UnsafeBufferPointer<UInt32>) {
    var start = 0
    while start < pixels.count {
      let pixel = pixels[start]
      let end = Self.endOfRun(in: pixels, from: start)
      let slot = table.insert(snapped(pixel))
      guard !table.isOverfull else { return }
      runs.append(Run(end: Int32(truncatingIfNeeded: end), slot: Int32(truncatingIfNeeded: slot)))
      start = end
    }
  }

  /// The first column after `start` whose pixel differs from the one at `start`.
  private static func endOfRun(in pixels: UnsafeBufferPointer<UInt32>, from start: Int) -> Int {
    let bytes = UnsafeRawBufferPointer(pixels)
    let pixel = pixels[start]
    let eight = SIMD8<UInt32>(repeating: pixel)
    var end = start + 1
    while end + 8 <= pixels.count, bytes.loadUnaligned(fromByteOffset: 4 * end, as: SIMD8<UInt32>.self) == eight {
      end += 8
    }
    while end < pixels.count, pixels[end] == pixel { end += 1 }
    return end
  }

  private func writeNibbles(width: Int, from run: inout Int, into samples: UnsafeMutableBufferPointer<UInt8>) {
    var column = 0
    while column < width {
      let end = Int(runs[run].end)
      let index = table.index(inSlot: Int(runs[run].slot))
      if column & 1 == 1 {
        samples[column >> 1] |= index
        column += 1
      }
      if column >> 1 < end >> 1 {
        UnsafeMutableBufferPointer(rebasing: samples[column >> 1..<end >> 1]).update(repeating: index << 4 | index)
      }
      if end & 1 == 1, column < end { samples[end >> 1] = index << 4 }
      column = end
      run += 1
    }
  }

  private func writeBytes(width: Int, from run: inout Int, into samples: UnsafeMutableBufferPointer<UInt8>) {
    var column = 0
    while column < width {
      let end = Int(runs[run].end)
      let index = table.index(inSlot: Int(runs[run].slot))
      UnsafeMutableBufferPointer(rebasing: samples[column..<end]).update(repeating: index)
      column = end
      run += 1
    }
  }

  private func writeColors(
    _ pixels: UnsafeBufferPointer<UInt32>, into samples: UnsafeMutableBufferPointer<UInt8>
  ) {
    for (position, pixel) in pixels.enumerated() {
      let color = snapped(pixel)
      samples[3 * position] = UInt8(truncatingIfNeeded: color >> 16)
      samples[3 * position + 1] = UInt8(truncatingIfNeeded: color >> 8)
      samples[3 * position + 2] = UInt8(truncatingIfNeeded: color)
    }
  }

  /// A pixel's color as it is written.
  private func snapped(_ pixel: UInt32) -> UInt32 {
    let color = pixel & 0xFF_FFFF
    if color == (color & 0xFF) &* 0x010101 { return Self.snapped(gray: color & 0xFF) &* 0x010101 }
    if exact.contains(color) { return color }
    return nearby.isEmpty ? Self.snapped(mixture: color) : nearest(to: color)
  }

  /// The gray or drawn color with the least distance; the first of those with the same.
  private func nearest(to color: UInt32) -> UInt32 {
    func distance(_ other: UInt32) -> Int {
      [UInt32(16), 8, 0].reduce(0) { sum, shift in
        let difference = Int(color >> shift & 0xFF) - Int(other >> shift & 0xFF)
        return sum + difference * difference
      }
    }
    return nearby.min { distance($0) < distance($1) } ?? color
  }

  private static let grays = (UInt32(0)...9).map { $0 * 255 / 9 &* 0x010101 }

  /// The nearest of ten grays: `floor(round(v·9/255)·255/9)` in whole numbers.
  static func snapped(gray: UInt32) -> UInt32 {
    (gray * 18 + 255) / 510 * 255 / 9
  }

  /// The nearest color with eight steps a channel.
  static func snapped(mixture color: UInt32) -> UInt32 {
    [UInt32(16), 8, 0].reduce(0) { snapped, shift in
      let step = ((color >> shift & 0xFF) * 14 + 255) / 510
      return snapped | (step * 255 / 7) << shift
    }
  }
}

/// The distinct colors of a plot, up to 256, and their palette indices.
struct ColorTable {
  private static let slots = 1024
  private static let mostColors = 256
  private static let empty: UInt32 = .max

  private var keys = [UInt32](repeating: Self.empty, count: Self.slots)
  private var indices = [UInt8](repeating: 0, count: Self.slots)
  private var count = 0
  /// Whether more colors were inserted than a palette holds.
  private(set) var isOverfull = false

  mutating func removeAll() {
    guard count > 0 else { return }
    for slot in keys.indices { keys[slot] = Self.empty }
    count = 0
    isOverfull = false
  }

  /// Inserts `color` unless it is there or the table is full; returns its slot.
  mutating func insert(_ color: UInt32) -> Int {
    let slot = slot(of: color)
    guard keys[slot] == Self.empty else { return slot }
    guard count < Self.mostColors else {
      isOverfull = true
      return slot
    }
    keys[slot] = color
    count += 1
    return slot
  }

  /// The colors in order of value, which from now on is the order of their indices.
  mutating func sortedColors() -> [UInt32] {
    let colors = keys.filter { $0 != Self.empty }.sorted()
    for (index, color) in colors.enumerated() {
      indices[slot(of: color)] = UInt8(truncatingIfNeeded: index)
    }
    return colors
  }

  /// The palette index of the color in `slot`.
  func index(inSlot slot: Int) -> UInt8 {
    indices[slot]
  }

  /// The slot that holds `color` or would take it; a table a quarter full always has a free one.
  private func slot(of color: UInt32) -> Int {
    var slot = Int(truncatingIfNeeded: (color &* 0x9E37_79B1) >> 22)
    while keys[slot] != Self.empty, keys[slot] != color {
      slot = (slot + 1) & (Self.slots - 1)
    }
    return slot
  }
}
