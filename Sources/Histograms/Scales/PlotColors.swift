import Glibc
import TokenStatistics

/// An opaque color, eight bits a channel.
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
  /// Text where neither ink nor white is easy to read.
  static let black = PlotColor(0x000000)
  /// Conversations without a score.
  static let unscored = PlotColor(0xAAAAAA)

  /// The median's mark on a heat map, where ink would be hard to see.
  static let heatMedian = PlotColor(0xFFB000)

  /// The red, green and blue channels from 0 to 1.
  var channels: (red: Double, green: Double, blue: Double) {
    (Double(rgb >> 16 & 0xFF) / 255, Double(rgb >> 8 & 0xFF) / 255, Double(rgb & 0xFF) / 255)
  }

  /// The luminance from 0 to 1 as WCAG 2.2 defines it.
  var luminance: Double {
    func linear(_ value: Double) -> Double { value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4) }
    let (red, green, blue) = channels
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// The contrast with `other` as WCAG 2.2 defines it, from 1 to 21.
  func contrast(with other: PlotColor) -> Double {
    let (light, dark) = (max(luminance, other.luminance), min(luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)
  }

  /// The least contrast of text with what is behind it (WCAG 2.2, 1.4.3).
  static let leastContrast = 4.5

  /// A color in which text on this color is easy to read.
  var textColor: PlotColor {
    [.ink, .white].first { contrast(with: $0) >= Self.leastContrast } ?? .black
  }
}

/// The colors that carry meaning: scores, models and shares.
enum PlotPalette {
  /// One color for each band, lowest first: lightness always falls as the score rises.
  static func scores(of scale: ScoreScale) -> [PlotColor] {
    switch scale.bands.count {
    case 4: fourScores
    case 5: fiveScores
    case let count: (0..<count).map { between(fiveScores, part: $0, of: max(count - 1, 1)) }
    }
  }

  private static let fourScores: [PlotColor] = [0xF2D07C, 0x86B98F, 0x3886A2, 0x22407A].map(PlotColor.init)
  private static let fiveScores: [PlotColor] = [0xF2D07C, 0x9CC28A, 0x4A9E9B, 0x2E74A8, 0x22407A].map(PlotColor.init)

  /// The color of conversations whose scores are not distinguished.
  static let plain = PlotColor(0x3886A2)

  /// The color at `part / whole` of the way through `colors`.
  private static func between(_ colors: [PlotColor], part: Int, of whole: Int) -> PlotColor {
    let place = part * (colors.count - 1)
    let left = colors[place / whole].rgb
    let right = colors[min(place / whole + 1, colors.count - 1)].rgb
    let share = UInt32(place % whole)
    let whole = UInt32(whole)
    let channels = [16, 8, 0].map { shift -> UInt32 in
      ((left >> shift & 0xFF) * (whole - share) + (right >> shift & 0xFF) * share) / whole << shift
    }
    return PlotColor(channels.reduce(0, |))
  }

  /// The colors of models in their order, after Okabe and Ito, which color-blind readers can distinguish too.
  static let models: [PlotColor] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00].map(PlotColor.init)

  /// The nine steps of a heat map from no conversations to 10 % and more; lightness always falls.
  static let heat: [PlotColor] = [
    0xFFFFFF, 0xE3EDF3, 0xC5DCE8, 0x9FC5D8, 0x74A9C6, 0x4C8AB2, 0x2F6A9A, 0x22407A, 0x101F45,
  ].map(PlotColor.init)

  /// The shares in percent at which ``heat`` steps begin, from the third step on.
  static let heatBorders: [Double] = [0.5, 1, 2, 4, 6, 8, 10]

  /// The two colors of the original's bar charts: tokens and conversations.
  static let legacyTokens = PlotColor(0x1F77B4)
  static let legacyConversations = PlotColor(0xFF7F0E)
}
