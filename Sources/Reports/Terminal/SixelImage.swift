/// Pixels as sixels: bands of six rows, drawn colour by colour.
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
  /// - Throws: ``ReportError/picture(reason:)`` where the bytes are no PNG.
  init(png: [UInt8], widest: Int?) throws(ReportError) {
    let pixels = try PixelSurface(png: png, widest: widest).pixels()
    self.init(pixels)
  }

  /// Sixels have 256 colours at most: the last bits of all channels go until the picture has no more.
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
          // The first colour of each kind stands for all of them, so that white stays white.
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
      // A dollar goes back to the band's start, for the next colour.
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
