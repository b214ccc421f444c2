/// An opaque colour, eight bits a channel.
struct PlotColor: Sendable, Hashable {
  /// The channels as `0xRRGGBB`.
  let rgb: UInt32

  init(_ rgb: UInt32) {
    self.rgb = rgb
  }

  static let ink = PlotColor(0x1C1C1C)
  static let text = PlotColor(0x555555)
  static let emptyRow = PlotColor(0x717171)
  static let outline = PlotColor(0x8E8E8E)
  static let rule = PlotColor(0xC6C6C6)
  static let grid = PlotColor(0xE3E3E3)
  static let white = PlotColor(0xFFFFFF)

  /// The median's mark on a heat map, where ink would drown.
  static let heatMedian = PlotColor(0xFFB000)

  /// The red, green and blue channels from 0 to 1.
  var channels: (red: Double, green: Double, blue: Double) {
    (Double(rgb >> 16 & 0xFF) / 255, Double(rgb >> 8 & 0xFF) / 255, Double(rgb & 0xFF) / 255)
  }

  /// Whether white text is easier to read on the colour than ink (the luma of ITU-R BT.601 is below one half).
  var isDark: Bool {
    let luma = 299 * (rgb >> 16 & 0xFF) + 587 * (rgb >> 8 & 0xFF) + 114 * (rgb & 0xFF)
    return luma < 127_500
  }
}
