import TokenStatistics

extension DatasetView {
  /// A row of the table by score.
  private struct ScoreRow {
    let label: String
    let conversations: Int
    let tokens: Int
    let length: LengthSummary?
    let histogram: [Int]?
  }

  /// The table by score, the highest first, each row with its bars.
  var scores: [String] {
    let rows = scoreRows
    var columns = [
      ("conv.", rows.map { NumberFormat.short($0.conversations, from: 100_000) }),
      ("%", rows.map { NumberFormat.percent($0.conversations, of: dataset.all.conversations) }),
      ("tokens", rows.map { NumberFormat.short($0.tokens, from: 100_000) }),
    ]
    for (percent, needed) in [(50, 1), (95, 20), (99, 100)] where dataset.all.length != nil {
      let title = percent == 50 ? "median" : "p\(percent)"
      columns.append((title, rows.map { $0.conversations < needed ? NumberFormat.missing : text($0, percent) }))
    }
    let labels = ["score"] + rows.map(\.label)
    let labelWidth = labels.reduce(0) { max($0, TerminalText.width($1)) }
    // Where there is no room for numbers and bars, p99 and tokens go first.
    for title in ["p99", "tokens", "p95"] where room(labelWidth, columns) < Self.fewestBars {
      columns.removeAll { $0.0 == title }
    }
    let cells = columns.map { title, values in
      let wide = ([title] + values).reduce(0) { max($0, TerminalText.width($1)) }
      return ([title] + values).map { TerminalText.pad($0, to: wide, right: true) }
    }
    let bars = barColumn(rows, columns: room(labelWidth, columns))
    return labels.indices.map { index in
      ([TerminalText.pad(labels[index], to: labelWidth)] + bars.map { $0[index] } + cells.map { $0[index] })
        .joined(separator: "  ")
    } + notes
  }

  private static let fewestBars = 18

  /// A percentile of a row: the stored one, else one read off the bins, which says so.
  private func text(_ row: ScoreRow, _ percent: Int) -> String {
    if let value = row.length?.percentiles[percent] { return NumberFormat.grouped(value) }
    guard let histogram = row.histogram,
      let value = BinnedLengths(edges: edges, counts: histogram).percentile(Double(percent))
    else { return NumberFormat.missing }
    return "≈" + NumberFormat.grouped(value)
  }

  private func room(_ labelWidth: Int, _ columns: [(String, [String])]) -> Int {
    let numbers = columns.reduce(0) { sum, column in
      sum + 2 + ([column.0] + column.1).reduce(0) { max($0, TerminalText.width($1)) }
    }
    return width - labelWidth - 2 - numbers
  }

  /// The bars under their axis; none where the file has no histogram.
  private func barColumn(_ rows: [ScoreRow], columns: Int) -> [[String]] {
    guard let bars = lengthBars(columns: columns) else { return [] }
    return [[bars.axis] + rows.map { bars.row(BinnedLengths(edges: edges, counts: $0.histogram ?? [])) }]
  }

  private func lengthBars(columns: Int) -> LengthBars? {
    guard let histogram = dataset.all.histogram, !edges.isEmpty, histogram.count == edges.count + 1,
      histogram.contains(where: { $0 > 0 }), columns >= Self.fewestBars
    else { return nil }
    return LengthBars(BinnedLengths(edges: edges, counts: histogram), columns: columns)
  }

  private var notes: [String] {
    guard let histogram = dataset.all.histogram, let bars = lengthBars(columns: width) else { return [] }
    let outside = bars.outside(BinnedLengths(edges: edges, counts: histogram))
    var note = "bars: lengths in tokens, each row to its own height"
    if outside.below > 0 { note += "; \(NumberFormat.grouped(outside.below)) shorter" }
    if outside.above > 0 { note += "; \(NumberFormat.grouped(outside.above)) longer" }
    if scoreRows.contains(where: { $0.length == nil && $0.conversations > 0 }) { note += "; ≈ read off the bins" }
    return [TerminalText.cut(note, to: width)]
  }

  private var scoreRows: [ScoreRow] {
    let all = dataset.all
    var rows = [
      ScoreRow(
        label: "all", conversations: all.conversations, tokens: all.tokens, length: all.length, histogram: all.histogram
      )
    ]
    var rest = all.histogram
    for band in (dataset.identity.kind.scoreScale?.bands ?? []).reversed() {
      let inside = dataset.scores.filter { band.contains($0.key) }
      let counts = dataset.bands[band.key]?.histogram
      if let counts, let left = rest, counts.count == left.count {
        rest = zip(left, counts).map { max(0, $0 - max(0, $1)) }
      }
      rows.append(
        ScoreRow(
          label: band.key, conversations: inside.values.reduce(0) { $0 + $1.conversations },
          tokens: inside.values.reduce(0) { $0 + $1.tokens },
          length: inside.count == 1 ? inside.values.first?.length : nil, histogram: counts))
    }
    let none = dataset.scores[Score.none]
    rows.append(
      ScoreRow(
        label: "none", conversations: none?.conversations ?? 0, tokens: none?.tokens ?? 0, length: none?.length,
        histogram: none == nil ? nil : rest))
    return rows
  }
}
