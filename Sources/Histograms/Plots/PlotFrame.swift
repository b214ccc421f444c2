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
  private static let highestRow = 84
  private static let lowestHistogram = 180
  private static let highestHistogram = 360

  /// The frame for a table of `rows`: few rows leave room for higher histograms.
  init(layout: PlotLayout, rows: [LengthDistribution]) {
    let room = Self.end - Self.tableDistance - Self.top
    let filled = rows.count { $0.count >= LengthStrip.fewestForSummary }
    switch layout {
    case .stacked:
      bottom = Self.stackedBottom
      rowHeight = min(Self.lowRow, (Self.end - Self.stackedBottom - Self.tableDistance) / (rows.count + 1))
    case .rows where filled == 0:
      // Where there is nothing but the row of all, the histogram takes the room.
      let height = rows.isEmpty ? room - Self.lowRow : min(room - Self.lowRow * (rows.count + 1), Self.highestHistogram)
      bottom = Self.top + height
      rowHeight = min((room - height) / (rows.count + 1), Self.highestRow)
    case .rows:
      let left = room - Self.lowRow * (rows.count - filled)
      let height = min(max(left - Self.highestRow * filled, Self.lowestHistogram), Self.highestHistogram)
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
