import Support
import TokenStatistics

/// What a bar of scores has beyond the plot, in numbers that run up in it: the share of the conversations, and that of
/// the tokens after a mark like the one that shows it in other bars.
struct ScoreBeyond {
  let panel: ScorePanel
  let bar: ScoreBar
  let placed: PlacedScoreBar

  private static let markGap = 4
  private static let markHeight = 2

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    guard placed.isCut || placed.hasTokensBeyond else { return }
    let style = TextStyle.label
    let share = placed.isCut ? NumberFormat.percentSigned(bar.conversations, of: panel.whole) : ""
    let tokens = placed.hasTokensBeyond ? NumberFormat.percentSigned(bar.tokens, of: panel.page.lengths.total) : ""
    let heights = try (share: sketch.width(of: share, style), tokens: sketch.width(of: tokens, style))
    let markRoom = tokens.isEmpty ? 0 : Self.markHeight + Self.markGap + (share.isEmpty ? 0 : Self.markGap)
    let height = heights.share + markRoom + heights.tokens
    let (bottom, isInside) = self.bottom(height: height)
    let color = isInside ? placed.color.textColor : .ink
    let text = UpwardText(style: style, columns: placed.columns)
    if !isInside { sketch.fill(text.patch(height: height, top: bottom - height - UpwardText.margin), .white) }
    if !share.isEmpty { try text.lay(share, color, bottom: bottom, into: &sketch) }
    guard !tokens.isEmpty else { return }
    let end = bottom - height + heights.tokens
    let mark = PixelRect(
      left: placed.columns.lowerBound + 1, top: end + Self.markGap, right: placed.columns.upperBound - 1,
      bottom: end + Self.markGap + Self.markHeight)
    sketch.fill(mark, color)
    try text.lay(tokens, color, bottom: end, into: &sketch)
  }

  /// The row below the text: as high in the bar as no mark is in the way, or above a bar that is too low for it.
  private func bottom(height: Int) -> (row: Int, isInside: Bool) {
    let margin = UpwardText.margin
    let top = (placed.isCut ? CutBars.gap.upperBound : placed.top) + margin
    if !placed.isCut, panel.bottom - margin < top + height { return (placed.top - margin, false) }
    guard let mark = placed.mark, mark < top + height + margin else { return (top + height, true) }
    return (mark + Self.markHeight + margin + height, true)
  }
}
