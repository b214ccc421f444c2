import TokenStatistics

extension LengthPanel {
  private static let squareSide = 11
  private static let squareStep = 13

  /// Lays a square for every conversation, stacked where they share a column, highest score at the bottom.
  func laySquares(into sketch: inout PlotSketch) {
    var heights: [Int: Int] = [:]
    for group in page.groups {
      for entry in group.lengths.entries {
        let left = squareColumn(of: entry.length)
        for _ in 0..<entry.count {
          let stacked = heights[left, default: 0]
          heights[left] = stacked + 1
          let top = Self.plotBottom - Self.squareStep * (stacked + 1)
          let square = PixelRect(x: left, y: top, width: Self.squareSide, height: Self.squareSide)
          StackedBar.lay(square, color: group.color, into: &sketch)
        }
      }
    }
  }

  /// The left edge of the squares of `length`.
  private func squareColumn(of length: Int) -> Int {
    if length < page.axis.domain.lower { return Self.lessSlot.lowerBound }
    if length >= page.axis.domain.upper { return Self.moreSlot.lowerBound }
    let columns = page.axis.width / Self.squareStep
    let column = min((page.axis.x(length: length) - page.axis.left) / Self.squareStep, columns - 1)
    return page.axis.left + Self.squareStep * column + 1
  }
}
