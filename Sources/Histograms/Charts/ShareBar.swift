import TokenStatistics

/// A horizontal bar of the shares of score groups, highest score first.
struct ShareBar {
  let groups: [ScoreGroup]
  let frame: PixelRect
  /// Whether segments are set apart and labelled, and no score is outlined; else it is filled grey.
  let isLarge: Bool

  /// The least columns beside a percentage inside its segment.
  private static let labelMargin = 3

  func lay(into sketch: inout PlotSketch) throws(PlotError) {
    let whole = groups.reduce(0) { $0 + $1.lengths.count }
    guard whole > 0 else { return }
    let ends = StackedBar.borders(groups.map(\.lengths.count)) { sum in
      frame.left + Int((Double(frame.width) * Double(sum) / Double(whole)).rounded())
    }
    var left = frame.left
    for (group, end) in zip(groups, ends) where end > left {
      let seam = isLarge && end < frame.right && end - left > 1 ? 1 : 0
      let segment = PixelRect(left: left, top: frame.top, right: end - seam, bottom: frame.bottom)
      StackedBar.lay(segment, color: isLarge ? group.color : group.color ?? .rule, into: &sketch)
      if isLarge { try layPercent(of: group, whole: whole, segment: segment, into: &sketch) }
      left = end
    }
  }

  private func layPercent(
    of group: ScoreGroup, whole: Int, segment: PixelRect, into sketch: inout PlotSketch
  ) throws(PlotError) {
    let text = ChartNumber.percent(group.lengths.count, of: whole)
    guard try sketch.width(of: text, .label) + 2 * Self.labelMargin <= segment.width else { return }
    let isDark = group.color?.isDark ?? false
    try sketch.text(
      text, .label, isDark ? .white : .ink, x: (segment.left + segment.right) / 2,
      baseline: (segment.top + segment.bottom) / 2 + LengthPanel.textMiddle, .centre)
  }
}
