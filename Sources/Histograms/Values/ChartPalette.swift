import TokenStatistics

/// The colours that carry meaning: scores, models and shares.
enum ChartPalette {
  /// One colour for each of ``PersonaType/scoreBands``, lowest first: lightness always falls as the score rises.
  static func scores(of type: PersonaType) -> [ChartColor] {
    switch type {
    case .role: roleScores
    case .trait: traitScores
    }
  }

  private static let roleScores: [ChartColor] = [0xF2D07C, 0x86B98F, 0x3886A2, 0x22407A].map(ChartColor.init)
  private static let traitScores: [ChartColor] = [0xF2D07C, 0x9CC28A, 0x4A9E9B, 0x2E74A8, 0x22407A].map(ChartColor.init)

  /// The colours of models in their order, after Okabe and Ito, told apart by colour-blind readers too.
  static let models: [ChartColor] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00].map(ChartColor.init)

  /// The nine steps of a heat map from no conversations to 10 % and more; lightness always falls.
  static let heat: [ChartColor] = [
    0xFFFFFF, 0xE3EDF3, 0xC5DCE8, 0x9FC5D8, 0x74A9C6, 0x4C8AB2, 0x2F6A9A, 0x22407A, 0x101F45,
  ].map(ChartColor.init)

  /// The shares in percent at which ``heat`` steps begin, from the third step on.
  static let heatBorders: [Double] = [0.5, 1, 2, 4, 6, 8, 10]

  /// The two colours of the original's bar charts: tokens and conversations.
  static let seedTokens = ChartColor(0x1F77B4)
  static let seedConversations = ChartColor(0xFF7F0E)
}
