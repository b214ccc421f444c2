import Support
public import TokenStatistics

/// One dataset on one screen of a terminal: its numbers, and its lengths by score as bars.
///
/// Every line says what it shows in words or numbers; emphasis only helps.
public struct DatasetView: Sendable {
  let dataset: DatasetSummary
  let edges: [Int]
  private let limits: [Int]
  private let origin: [String]
  private let price: String?
  private let pair: PairSummary?
  let width: Int
  let isEmphasized: Bool

  /// Makes a view of `dataset`.
  ///
  /// - Parameters:
  ///   - dataset: The dataset, of `run`.
  ///   - run: The statistics file it comes from.
  ///   - price: What training on the dataset costs, in words; nil where no price is known.
  ///   - width: The terminal's columns; at least 40 are used.
  ///   - isEmphasized: Whether headings are bold and bars colored, by escape sequences.
  public init(
    _ dataset: DatasetSummary, of run: StatisticsRun, price: String? = nil, width: Int,
    isEmphasized: Bool
  ) {
    self.dataset = dataset
    self.price = price
    pair = run.pair(of: dataset.identity.dataset)
    edges = run.binEdges
    limits = Set(run.limits).union(dataset.limits.keys).sorted()
    self.width = min(max(width, 40), 160)
    self.isEmphasized = isEmphasized
    var origin: [String] = []
    if let tokenizer = run.settings?.tokenizers[dataset.identity.model] {
      origin.append("tokenizer \(tokenizer.hubID)@\(tokenizer.revision.prefix(12))")
      origin.append("template \(tokenizer.templateSHA256.prefix(12))")
    }
    if let trained = run.trained(dataset) { origin.append("trained by \(trained)") }
    if let mode = run.settings?.countMode { origin.append("count mode \(mode.rawValue)") }
    if let source = dataset.source { origin += ["data \(source.path)", "sha256 \(source.sha256.prefix(12))"] }
    self.origin = origin.map { TerminalText.visible($0) }
  }

  /// The screen, line by line, without trailing spaces.
  public var lines: [String] {
    var lines = heading
    lines += [""] + scores
    let facts = percentiles + over + pairs + kinds + media + trained + labels + groups + templateErrors
    if !facts.isEmpty { lines += [""] + facts }
    lines += TerminalText.flow("price", price.map { [$0] } ?? [], indent: Self.indent, width: width)
    lines += TerminalText.flow("origin", origin, indent: Self.indent, width: width)
    return lines.map { line in
      var scalars = line.unicodeScalars
      while scalars.last == " " { scalars.removeLast() }
      return String(scalars)
    }
  }

  private static let indent = 13

  private var heading: [String] {
    let identity = dataset.identity
    let name = TerminalText.visible(identity.name)
    let place = TerminalText.visible("\(identity.kind.rawValue) · \(identity.model)")
    let first = TerminalText.ends(name, place, width: width)
    var parts = [
      "\(NumberFormat.grouped(dataset.all.conversations)) conversations",
      "\(NumberFormat.grouped(dataset.all.tokens)) tokens",
    ]
    if let length = dataset.all.length {
      if let mean = length.mean { parts.append("mean \(NumberFormat.fixed(mean, digits: 0))") }
      if let median = length.percentiles[50] { parts.append("median \(NumberFormat.grouped(median))") }
      if let longest = length.maximum { parts.append("longest \(NumberFormat.grouped(longest))") }
    }
    let full = TerminalText.broken(TerminalText.visible(identity.dataset), to: width)
    // Closer together where they fit one line so.
    let close = parts.joined(separator: "  ")
    let lines = TerminalText.flow("", parts, indent: 0, width: width)
    return [emphasized(first, part: name)] + full + (lines.count > 1 && close.count <= width ? [close] : lines)
  }

  private func emphasized(_ line: String, part: String) -> String {
    guard isEmphasized, line.utf8.starts(with: part.utf8) else { return line }
    return "\u{1B}[1m\(part)\u{1B}[22m" + String(decoding: line.utf8.dropFirst(part.utf8.count), as: UTF8.self)
  }

  private var percentiles: [String] {
    guard let length = dataset.all.length, let minimum = length.minimum else { return [] }
    var parts = ["min \(NumberFormat.grouped(minimum))"]
    for percent in LengthSummary.storedPercents {
      if let value = length.percentiles[percent] {
        parts.append("p\(percent) \(shown(value, percent, of: dataset.all.conversations))")
      }
    }
    if let maximum = length.maximum { parts.append("max \(NumberFormat.grouped(maximum))") }
    return TerminalText.flow("percentiles", parts, indent: Self.indent, width: width)
  }

  /// A percentile of the lengths of so many conversations; a dash of too few.
  private func shown(_ value: Int, _ percent: Int, of conversations: Int) -> String {
    conversations < LengthSummary.fewestConversations(forPercent: percent)
      ? NumberFormat.missing : NumberFormat.grouped(value)
  }

  private var over: [String] {
    var lines: [String] = []
    // Limits that cost nothing share lines.
    var costless: [String] = []
    func add(_ parts: [String]) {
      lines += TerminalText.flow(lines.isEmpty ? "limits" : "", parts, indent: Self.indent, width: width)
    }
    for limit in limits {
      guard let cut = dataset.limits[limit] else {
        costless.append("over \(NumberFormat.grouped(limit)): not known")
        continue
      }
      let share = NumberFormat.percent(cut.conversations, of: dataset.all.conversations)
      let start = "over \(NumberFormat.grouped(limit)): \(NumberFormat.grouped(cut.conversations))"
      let losses = Self.losses(cut)
      guard !losses.isEmpty else {
        costless.append(start)
        continue
      }
      add(costless)
      costless = []
      add([cut.conversations > 0 ? "\(start) (\(share) %)" : start] + losses)
    }
    add(costless)
    return lines
  }

  /// What a limit costs beside conversations: each number that is known, and none where it costs nothing.
  private static func losses(_ cut: LimitSummary) -> [String] {
    let isCut = cut.conversations > 0
    func grouped(_ count: Int?, _ what: String) -> String? {
      count.flatMap { isCut || $0 > 0 ? "\(what) \(NumberFormat.grouped($0))" : nil }
    }
    // Where nothing says what is trained, that is what the assistant says.
    let assistant = cut.assistantTokensLost == cut.trainedTokensLost ? nil : cut.assistantTokensLost
    let parts = [grouped(assistant, "assistant"), grouped(cut.trainedTokensLost, "trained")].compactMap(\.self)
    let tokens = grouped(cut.tokensLost, "tokens lost").map {
      $0 + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
    }
    return [
      tokens, grouped(cut.withoutTarget, "no target"), grouped(cut.endsLost, "ends lost"),
      grouped(cut.promptsOver, "prompts over"), grouped(cut.completionsOver, "completions over"),
    ].compactMap(\.self)
  }

  /// What both sides of a pair come to, the same on either side.
  private var pairs: [String] {
    guard let pair else { return [] }
    var parts = [
      "\(NumberFormat.grouped(pair.pairs)) pairs",
      "chosen longer in \(NumberFormat.share(pair.chosenLonger, of: pair.pairs))",
    ]
    if let mean = pair.difference.mean { parts.append("by \(NumberFormat.fixed(mean, digits: 1)) tokens on average") }
    if let d = pair.cohensD { parts.append("d \(NumberFormat.fixed(d, digits: 2))") }
    if let longer = pair.probabilityLonger { parts.append("P(longer) \(NumberFormat.fixed(longer, digits: 2))") }
    if let prompts = pair.prompts { parts.append("prompts \(NumberFormat.grouped(prompts.tokens)) tokens, once") }
    for limit in limits {
      let start = "a side over \(NumberFormat.grouped(limit)): "
      guard let over = pair.limits[limit] else {
        parts.append(start + "not known")
        continue
      }
      let sides = [(over.chosen, "chosen"), (over.rejected, "rejected"), (over.both, "both")]
        .map { ", \($1) \(NumberFormat.grouped($0))" }.joined()
      parts.append(
        start + NumberFormat.grouped(over.either)
          + (over.either > 0 ? " (\(NumberFormat.share(over.either, of: pair.pairs)))\(sides)" : ""))
    }
    return TerminalText.flow("pairs", parts, indent: Self.indent, width: width)
  }

  private var kinds: [String] {
    var parts: [String] = []
    if let roles = dataset.roles {
      for kind in TokensByKind.kinds where roles[keyPath: kind.tokens] > 0 {
        let tokens = roles[keyPath: kind.tokens]
        let share = NumberFormat.percent(tokens, of: dataset.all.tokens)
        parts.append("\(kind.key) \(NumberFormat.grouped(tokens)) (\(share) %)")
      }
    }
    if let ratio = dataset.bytesPerToken { parts.append("\(NumberFormat.fixed(ratio, digits: 2)) bytes per token") }
    return TerminalText.flow("tokens", parts, indent: Self.indent, width: width)
  }

  /// What the images, sounds and films of messages come to.
  private var media: [String] {
    guard let media = dataset.findings?.media, let parts = media[TextKey("parts")], parts > 0 else { return [] }
    var words = ["\(NumberFormat.grouped(parts)) images, sounds or films"]
    if let counted = media[TextKey("counted")], let tokens = media[TextKey("tokens")] {
      words.append("\(NumberFormat.grouped(counted)) of them have \(NumberFormat.grouped(tokens)) tokens")
    }
    return TerminalText.flow("media", words, indent: Self.indent, width: width)
  }

  /// What each of several rules about training comes to.
  private var trained: [String] {
    let parts = dataset.policies.sorted { $0.key < $1.key }.map { rule, tally in
      let share = NumberFormat.percent(tally.tokens, of: dataset.all.tokens)
      let rest = tally.withoutTarget == 0 ? "" : ", \(NumberFormat.grouped(tally.withoutTarget)) with no target"
      return "\(TerminalText.visible(rule.text)): \(NumberFormat.grouped(tally.tokens)) (\(share) %)\(rest)"
    }
    return TerminalText.flow("trained", parts, indent: Self.indent, width: width)
  }

  private var labels: [String] {
    let sorted = dataset.labels.sorted { $0.key < $1.key }
    let parts = sorted.map { label, group in
      let (conversations, tokens) = (NumberFormat.grouped(group.conversations), NumberFormat.grouped(group.tokens))
      return "\(TerminalText.visible(label.text)) \(conversations) (\(tokens) tokens)"
    }
    return TerminalText.flow("labels", parts, indent: Self.indent, width: width)
  }

  /// The values of further columns, those of most conversations first.
  private var groups: [String] {
    dataset.groups.sorted { $0.key < $1.key }.flatMap { column, values in
      let sorted = values.sorted { left, right in
        left.value.conversations == right.value.conversations
          ? left.key < right.key : left.value.conversations > right.value.conversations
      }
      var parts = sorted.prefix(Self.mostValues).map { value, group in
        let median = group.length?.percentiles[50].map { ", median \(NumberFormat.grouped($0))" } ?? ""
        let tokens = NumberFormat.grouped(group.tokens)
        let name = TerminalText.cutInside(TerminalText.visible(value.text), to: Self.widestValue)
        return "\(name): \(NumberFormat.grouped(group.conversations)) (\(tokens) tokens\(median))"
      }
      if sorted.count > parts.count { parts.append("\(NumberFormat.grouped(sorted.count - parts.count)) more") }
      let name = TerminalText.cutInside(TerminalText.visible(column.text), to: Self.widestValue)
      return TerminalText.flow("by", [name] + parts, indent: Self.indent, width: width)
    }
  }

  private static let mostValues = 8
  private static let widestValue = 24

  private var templateErrors: [String] {
    let sorted = dataset.templateErrors.sorted { $0.key < $1.key }
    let parts = sorted.map { "\(NumberFormat.grouped($0.value)) rows: \(TerminalText.visible($0.key.text))" }
    return TerminalText.flow("failed", parts, indent: Self.indent, width: width)
  }
}

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
    let whole = dataset.all.conversations
    var columns = [
      ("conv.", rows.map { NumberFormat.grouped($0.conversations) }),
      ("%", rows.map { whole > 0 ? NumberFormat.percent($0.conversations, of: whole) : NumberFormat.missing }),
      ("tokens", rows.map { NumberFormat.grouped($0.tokens) }),
    ]
    for percent in Self.percents where dataset.all.length != nil {
      columns.append((Self.title(ofPercent: percent), rows.map { text($0, percent) }))
    }
    let labels = ["score"] + rows.map(\.label)
    let labelWidth = labels.reduce(0) { max($0, TerminalText.width($1)) }
    // Where there is no room for numbers and bars, p99 goes first, then the last digits of tokens, then tokens.
    for title in ["p99", "", "tokens", "p95"] where room(labelWidth, columns) < Self.fewestBars {
      columns.removeAll { $0.0 == title }
      guard title.isEmpty, let index = columns.firstIndex(where: { $0.0 == "tokens" }) else { continue }
      columns[index].1 = rows.map { NumberFormat.short($0.tokens, from: 100_000) }
    }
    let cells = columns.map { title, values in
      let wide = ([title] + values).reduce(0) { max($0, TerminalText.width($1)) }
      return ([title] + values).map { TerminalText.pad($0, to: wide, right: true) }
    }
    let bars = barColumn(rows, columns: room(labelWidth, columns))
    return labels.indices.map { index in
      let shown = bars.map { colored($0[index], as: index == 0 ? nil : rows[index - 1]) }
      return ([TerminalText.pad(labels[index], to: labelWidth)] + shown + cells.map { $0[index] })
        .joined(separator: "  ")
    } + notes
  }

  private static let fewestBars = 16
  private static let percents = [50, 95, 99]

  private static func title(ofPercent percent: Int) -> String { percent == 50 ? "median" : "p\(percent)" }

  /// The numbers of the table by score for other programs.
  public var scoreTable: ResultTable {
    var table = ResultTable([
      .text("score"), .number("conversations"), .number("percent"), .number("tokens"), .number("median"),
      .number("p95"), .number("p99"), .number("longest"),
    ])
    let whole = Double(dataset.all.conversations)
    for row in scoreRows {
      let share: Double? = whole > 0 ? 100 * Double(row.conversations) / whole : nil
      let cells: [ResultTable.Value] = [
        .text(row.label), .integer(row.conversations), .decimal(share, digits: 1), .integer(row.tokens),
      ]
      let percentiles = Self.percents.map { percent in
        ResultTable.Value.percentile(percent, row.length?.percentiles[percent], of: row.conversations)
      }
      table.add(cells + percentiles + [.integer(row.length?.maximum)])
    }
    return table
  }

  /// Bars in the color that their scores have in the pictures.
  private func colored(_ bars: String, as row: ScoreRow?) -> String {
    guard isEmphasized, let row, row.label != "all", let scale = dataset.identity.scoreScale else { return bars }
    let band = scale.bands.firstIndex { $0.key == row.label }
    return "\u{1B}[\(TerminalColors.band(band, of: scale.bands.count))m\(bars)\u{1B}[39m"
  }

  /// A percentile of a row, where the file holds it.
  private func text(_ row: ScoreRow, _ percent: Int) -> String {
    row.length?.percentiles[percent].map { shown($0, percent, of: row.conversations) } ?? NumberFormat.missing
  }

  private func room(_ labelWidth: Int, _ columns: [(String, [String])]) -> Int {
    let numbers = columns.reduce(0) { sum, column in
      sum + 2 + ([column.0] + column.1).reduce(0) { max($0, TerminalText.width($1)) }
    }
    return width - labelWidth - 2 - numbers
  }

  /// The bars under their axis; none if the file has no histogram.
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
    return [TerminalText.cut(note, to: width)]
  }

  private var scoreRows: [ScoreRow] {
    let all = dataset.all
    var rows = [
      ScoreRow(
        label: "all", conversations: all.conversations, tokens: all.tokens, length: all.length, histogram: all.histogram
      )
    ]
    guard let scale = dataset.identity.scoreScale else { return rows }
    var rest = all.histogram
    for band in scale.bands.reversed() {
      let inside = dataset.scores.filter { band.contains($0.key) }
      let stored = dataset.bands[band.key]
      let counts = stored?.histogram
      if let counts, let left = rest, counts.count == left.count {
        rest = zip(left, counts).map { max(0, $0 - max(0, $1)) }
      }
      rows.append(
        ScoreRow(
          label: band.key, conversations: inside.values.reduce(0) { $0 + $1.conversations },
          tokens: inside.values.reduce(0) { $0 + $1.tokens },
          length: stored?.length ?? (inside.count == 1 ? inside.values.first?.length : nil), histogram: counts))
    }
    let none = dataset.scores[Score.none]
    rows.append(
      ScoreRow(
        label: "none", conversations: none?.conversations ?? 0, tokens: none?.tokens ?? 0, length: none?.length,
        histogram: none == nil ? nil : rest))
    return rows
  }
}
