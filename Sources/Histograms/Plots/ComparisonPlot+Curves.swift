import Support
import TokenStatistics

extension ComparisonPlot {
  private static let top = 128
  private static let bottom = 458
  private static let headingBaseline = 106
  private static let tickDistance = 8
  private static let axisLabelBaseline = 475
  /// The pixels between two lengths up to which the curve runs straight from one to the other; over more it steps.
  private static let widestSlope = 3.0
  private static let guides = [25, 50, 75, 90, 95, 100]
  /// The guides drawn darker: the median and the 95th percentile, as in the other plots.
  private static let strongGuides = [50, 95]

  /// The color and the dashes of a row.
  static func style(of row: Int) -> (color: PlotColor, style: CurveStyle) {
    let dashes: [[Double]] = [[], [9, 3], [3, 3], [9, 3, 2, 3], [15, 4]]
    return (PlotPalette.models[row], CurveStyle(width: 2, dashes: dashes[row]))
  }

  /// Lays the share of conversations up to each length, a named curve a row.
  func layCurves(into sketch: inout PlotSketch) throws(FileError) {
    let unit = sharedDomain == nil ? "tokens per conversation" : "tokens"
    let end = try LengthPanel.layHeading(
      "Conversations up to this length", detail: "% of conversations; \(unit), log scale", x: PlotPage.margin,
      baseline: Self.headingBaseline, into: &sketch)
    if let sharedDomain {
      try LengthPanel.layOwnScale(shared: sharedDomain, x: end, baseline: Self.headingBaseline, into: &sketch)
    }
    try layGrid(into: &sketch)
    var key = CurveKey(
      frame: PixelRect(left: axis.left, top: Self.top, right: axis.right, bottom: Self.bottom), entries: [])
    for (index, lengths) in lengths.enumerated() where !lengths.isEmpty {
      let points = curve(of: lengths)
      let (color, style) = Self.style(of: index)
      sketch.curve(points, color, style)
      key.entries.append(CurveKey.Entry(name: names[index], color: color, style: style, points: points))
    }
    try key.lay(into: &sketch)
  }

  private func layGrid(into sketch: inout PlotSketch) throws(FileError) {
    var (left, right) = (axis.left, axis.right)
    for octave in axis.gridOctaves {
      let x = axis.x(octave: octave)
      sketch.vertical(x: x, from: Self.top, to: Self.bottom, .grid)
      let label = try sketch.text(
        NumberFormat.length(1 << octave), .label, .text, x: x, baseline: Self.axisLabelBaseline, .center)
      left = min(left, label.left)
      right = max(right, label.right)
    }
    if lengths.contains(where: { ($0.minimum ?? .max) < axis.domain.lower }) {
      try sketch.text("less", .label, .text, x: left - 6, baseline: Self.axisLabelBaseline, .right)
    }
    if hasMore {
      try sketch.text("more", .label, .text, x: right + 6, baseline: Self.axisLabelBaseline)
    }
    for percent in Self.guides {
      let row = Self.row(percent)
      sketch.horizontal(
        y: row, from: axis.left, to: axis.right + 1, Self.strongGuides.contains(percent) ? .rule : .grid)
      let text = percent == 100 ? "100 %" : "\(percent)"
      try sketch.text(
        text, .label, .text, x: axis.left - Self.tickDistance, baseline: row + LengthPanel.textMiddle, .right)
    }
    sketch.horizontal(y: Self.bottom, from: axis.left, to: axis.right + 1, .text)
    try sketch.text(
      "0", .label, .text, x: axis.left - Self.tickDistance, baseline: Self.bottom + LengthPanel.textMiddle, .right)
  }

  /// Whether a conversation is longer than the axis shows.
  var hasMore: Bool { lengths.contains { ($0.maximum ?? 0) >= axis.domain.upper } }

  private static func row(_ percent: Int) -> Int {
    Int((Double(bottom) - Double(bottom - top) * Double(percent) / 100).rounded(.toNearestOrEven))
  }

  /// The points of one curve from one end of the axis to the other: at most one a pixel column, and level where no
  /// conversation has a length.
  private func curve(of lengths: LengthDistribution) -> [CurvePoint] {
    let height = Double(Self.bottom - Self.top)
    func row(_ counted: Int) -> Double {
      Double(Self.bottom) - height * Double(counted) / Double(lengths.count)
    }
    var counted = lengths.count - lengths.count(above: axis.domain.lower - 1)
    var last = CurvePoint(x: Double(axis.left), y: row(counted))
    var points = [last]
    for entry in lengths.entries where axis.domain.contains(entry.length) {
      let x = axis.exactX(length: entry.length)
      if points.count > 1, Int(last.x) == Int(x) {
        points.removeLast()
      } else if x - last.x > Self.widestSlope {
        points.append(CurvePoint(x: x, y: last.y))
      }
      counted += entry.count
      last = CurvePoint(x: x, y: row(counted))
      points.append(last)
    }
    points.append(CurvePoint(x: Double(axis.right), y: last.y))
    return points
  }
}

/// The names of curves: beside each curve if all have room there, else in the corner that is freest.
struct CurveKey {
  /// A curve that rises from left to right.
  struct Entry {
    let name: String
    let color: PlotColor
    let style: CurveStyle
    let points: [CurvePoint]

    /// The row of the curve at the column `x`.
    func row(_ x: Double) -> Double {
      var (low, high) = (0, points.count)
      while low < high {
        let middle = (low + high) / 2
        if points[middle].x <= x { low = middle + 1 } else { high = middle }
      }
      return points[max(low - 1, 0)].y
    }

    /// Whether the curve comes near a pixel of `rect`.
    func touches(_ rect: PixelRect) -> Bool {
      row(Double(rect.left - CurveKey.distance)) >= Double(rect.top - CurveKey.distance)
        && row(Double(rect.right + CurveKey.distance)) <= Double(rect.bottom + CurveKey.distance)
    }
  }

  /// The plot of the curves.
  let frame: PixelRect
  var entries: [Entry]

  private static let distance = 4
  private static let sampleWidth = 24
  private static let sampleGap = 6
  private static let widestName = 220
  private static let rowHeight = 17
  private static let margin = 10
  private static let baselineOffset = 13
  private static let sampleOffset = 8.5
  /// The heights, as shares of the plot's, at which a name beside its curve is tried.
  private static let heights = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.88, 0.12]

  func lay(into sketch: inout PlotSketch) throws(FileError) {
    let names = try entries.map { (entry) throws(FileError) in
      try sketch.fonts.fitted(entry.name, style: .label, smallest: 10, maximum: Self.widestName)
    }
    for (index, place) in (besideCurves(names) ?? inCorner(names)).enumerated() {
      sketch.fill(place, .white)
      let entry = entries[index]
      let sample = Double(place.top) + Self.sampleOffset
      sketch.curve(
        [
          CurvePoint(x: Double(place.left), y: sample),
          CurvePoint(x: Double(place.left + Self.sampleWidth), y: sample),
        ], entry.color, entry.style)
      try sketch.text(
        names[index], .ink, x: place.left + Self.sampleWidth + Self.sampleGap,
        baseline: place.top + Self.baselineOffset)
    }
  }

  private static func width(of name: FittedText) -> Int { sampleWidth + sampleGap + name.width }

  /// A place beside each curve that nothing else touches; nil if there is none for one of them.
  private func besideCurves(_ names: [FittedText]) -> [PixelRect]? {
    var taken: [PixelRect] = []
    for (entry, name) in zip(entries, names) {
      let places = Self.heights.lazy.flatMap { height -> [PixelRect] in
        let row = Double(frame.bottom) - height * Double(frame.height)
        guard let x = entry.points.first(where: { $0.y <= row })?.x else { return [] }
        let sides = [Int(x) + Self.margin, Int(x) - Self.margin - Self.width(of: name)]
        // The curve of the shortest conversations is named at its left, outside of all.
        let isFirst = entries.allSatisfy { $0.row(x) >= row }
        return (isFirst ? sides.reversed() : sides).map { left in
          PixelRect(x: left, y: Int(row) - Self.rowHeight / 2, width: Self.width(of: name), height: Self.rowHeight)
        }
      }
      let place = places.first { place in
        frame.inset(by: Self.distance).holds(place) && !taken.contains { $0.intersects(place) }
          && !entries.contains { $0.touches(place) }
      }
      guard let place else { return nil }
      taken.append(place)
    }
    return taken
  }

  /// Lines in the corner that the fewest curves touch: below the curves at the right, else above them at the left.
  private func inCorner(_ names: [FittedText]) -> [PixelRect] {
    let size = (width: names.map { Self.width(of: $0) }.max() ?? 0, height: Self.rowHeight * names.count)
    let corners = [
      (left: frame.right - Self.margin - size.width, top: frame.bottom - Self.margin - size.height),
      (left: frame.left + Self.margin, top: frame.top + Self.margin),
    ]
    let freest = corners.map { corner in
      let rect = PixelRect(x: corner.left, y: corner.top, width: size.width, height: size.height)
      return (corner: corner, touches: entries.count { $0.touches(rect) })
    }.min { $0.touches < $1.touches }
    guard let corner = freest?.corner else { return [] }
    return names.indices.map { index in
      PixelRect(x: corner.left, y: corner.top + Self.rowHeight * index, width: size.width, height: Self.rowHeight)
    }
  }
}
