import TokenStatistics

/// Where the histogram of all conversations and the table below it are, in rows of pixels.
struct PlotFrame: Sendable, Equatable {
  /// The base line of the histogram.
  let bottom: Int
  /// The height of a row of the table that has a histogram.
  let rowHeight: Int

  /// The top of the histogram.
  static let top = 176
  /// The last row of pixels above the footer.
  static let end = 764
  /// From the base line to the first row of the table.
  private static let tableDistance = 66
  private static let stackedBottom = 488
  /// The height of a row of too few conversations for a histogram, and of every row in a stacked layout.
  static let lowRow = 28
  /// The height of a row that the histogram above leaves to it, and that of one that has more room.
  private static let leftRow = 84
  private static let highestRow = 120
  private static let lowestHistogram = 180
  private static let highestHistogram = 360

  /// The frame for a table of `rows` of which `filled` ones have a histogram: few rows leave room for higher ones.
  init(layout: PlotLayout, rows: Int, filled: Int) {
    let room = Self.end - Self.tableDistance - Self.top
    switch layout {
    case .stacked:
      bottom = Self.stackedBottom
      rowHeight = min(Self.lowRow, (Self.end - Self.stackedBottom - Self.tableDistance) / (rows + 1))
    case .rows where filled == 0:
      // Where there is nothing but the row of all, the histogram takes the room.
      let height = rows == 0 ? room - Self.lowRow : min(room - Self.lowRow * (rows + 1), Self.highestHistogram)
      bottom = Self.top + height
      rowHeight = min((room - height) / (rows + 1), Self.leftRow)
    case .rows:
      let left = room - Self.lowRow * (rows - filled)
      let height = min(max(left - Self.leftRow * filled, Self.lowestHistogram), Self.highestHistogram)
      bottom = Self.top + height
      rowHeight = min((left - height) / filled, Self.highestRow)
    }
  }

  var axisLabelBaseline: Int { bottom + 17 }
  var tableHeadingBaseline: Int { bottom + 54 }
  var tableTop: Int { bottom + Self.tableDistance }

  /// The row of a height in percent, where the top is `maximum`; the plot's top for heights beyond it.
  func y(_ percent: Double, maximum: Int) -> Int {
    bottom - Int((Double(bottom - Self.top) * min(percent / Double(maximum), 1)).rounded())
  }
}
