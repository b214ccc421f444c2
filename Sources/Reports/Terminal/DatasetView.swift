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
  let width: Int
  private let isEmphasised: Bool

  /// Makes a view of `dataset`.
  ///
  /// - Parameters:
  ///   - dataset: The dataset, of `run`.
  ///   - run: The statistics file it comes from.
  ///   - width: The terminal's columns; at least 40 are used.
  ///   - isEmphasised: Whether headings are bold, by escape sequences.
  public init(_ dataset: DatasetSummary, of run: StatisticsRun, width: Int, isEmphasised: Bool) {
    self.dataset = dataset
    edges = run.binEdges
    limits = run.limits
    self.width = min(max(width, 40), 160)
    self.isEmphasised = isEmphasised
    var origin: [String] = []
    if let tokenizer = run.settings?.tokenizers[dataset.identity.model] {
      origin.append("tokenizer \(tokenizer.hubID)@\(tokenizer.revision.prefix(12))")
      origin.append("template \(tokenizer.templateSHA256.prefix(12))")
    }
    if let mode = run.settings?.countMode { origin.append("count mode \(mode.rawValue)") }
    if let source = dataset.source { origin += ["data \(source.path)", "sha256 \(source.sha256.prefix(12))"] }
    self.origin = origin.map(TerminalText.visible)
  }

  /// The screen, line by line, without trailing spaces.
  public var lines: [String] {
    var lines = heading
    lines += [""] + scores
    let facts = percentiles + over + kinds + labels + templateErrors
    if !facts.isEmpty { lines += [""] + facts }
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
      "\(NumberFormat.short(dataset.all.tokens)) tokens",
    ]
    if let length = dataset.all.length {
      if let mean = length.mean { parts.append("mean \(NumberFormat.fixed(mean, digits: 0))") }
      if let median = length.percentiles[50] { parts.append("median \(NumberFormat.grouped(median))") }
      if let longest = length.maximum { parts.append("longest \(NumberFormat.grouped(longest))") }
    }
    let full = TerminalText.cut(TerminalText.visible(identity.dataset), to: width)
    return [emphasised(first, part: name), full] + TerminalText.flow("", parts, indent: 0, width: width)
  }

  private func emphasised(_ line: String, part: String) -> String {
    guard isEmphasised, line.utf8.starts(with: part.utf8) else { return line }
    return "\u{1B}[1m\(part)\u{1B}[22m" + String(decoding: line.utf8.dropFirst(part.utf8.count), as: UTF8.self)
  }

  private var percentiles: [String] {
    guard let length = dataset.all.length, let minimum = length.minimum else { return [] }
    var parts = ["min \(NumberFormat.grouped(minimum))"]
    for percent in LengthSummary.storedPercents {
      if let value = length.percentiles[percent] { parts.append("p\(percent) \(NumberFormat.grouped(value))") }
    }
    if let maximum = length.maximum { parts.append("max \(NumberFormat.grouped(maximum))") }
    return TerminalText.flow("percentiles", parts, indent: Self.indent, width: width)
  }

  private var over: [String] {
    let parts = limits.compactMap { limit -> String? in
      guard let cut = dataset.limits[limit] else { return nil }
      let share = NumberFormat.percent(cut.conversations, of: dataset.all.conversations)
      let start = "over \(NumberFormat.grouped(limit)): \(NumberFormat.grouped(cut.conversations))"
      guard cut.conversations > 0 else { return start }
      return "\(start) (\(share) %), \(NumberFormat.short(cut.tokensLost)) tokens lost"
    }
    return TerminalText.flow("limits", parts, indent: Self.indent, width: width)
  }

  private var kinds: [String] {
    var parts: [String] = []
    if let roles = dataset.roles {
      for kind in TokensByKind.kinds where roles[keyPath: kind.tokens] > 0 {
        let tokens = roles[keyPath: kind.tokens]
        let share = NumberFormat.percent(tokens, of: dataset.all.tokens)
        parts.append("\(kind.key) \(NumberFormat.short(tokens)) (\(share) %)")
      }
    }
    if let ratio = dataset.bytesPerToken { parts.append("\(NumberFormat.fixed(ratio, digits: 2)) bytes per token") }
    return TerminalText.flow("tokens", parts, indent: Self.indent, width: width)
  }

  private var labels: [String] {
    let sorted = dataset.labels.sorted { $0.key < $1.key }
    let parts = sorted.map { label, group in
      "\(TerminalText.visible(label.text)) \(NumberFormat.grouped(group.conversations)) (\(NumberFormat.short(group.tokens)) tokens)"
    }
    return TerminalText.flow("labels", parts, indent: Self.indent, width: width)
  }

  private var templateErrors: [String] {
    let sorted = dataset.templateErrors.sorted { $0.key < $1.key }
    let parts = sorted.map { "\(NumberFormat.grouped($0.value)) rows: \(TerminalText.visible($0.key.text))" }
    return TerminalText.flow("failed", parts, indent: Self.indent, width: width)
  }
}
