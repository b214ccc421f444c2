import Support
public import TokenStatistics

/// A conversation in a terminal: each message under its role and its tokens, and what the template writes between them.
public struct ConversationView: Sendable {
  private let dataset: String
  private let sample: RowSamples.Sample
  private let width: Int
  private let isColored: Bool

  /// Makes a view of a conversation of `dataset`.
  ///
  /// - Parameters:
  ///   - width: The terminal's columns, for the rules above messages; texts are not wrapped.
  ///   - isColored: Whether roles have colors, by escape sequences; their names are there without.
  public init(_ sample: RowSamples.Sample, of dataset: String, width: Int, isColored: Bool) {
    self.dataset = dataset
    self.sample = sample
    self.width = min(max(width, 40), 160)
    self.isColored = isColored
  }

  /// The lines, in which everything that a terminal would obey is written so that it is seen.
  public var lines: [String] {
    var facts = ["row \(NumberFormat.grouped(sample.row.row)) of \(TerminalText.visible(dataset))"]
    if sample.score != .none { facts.append("score \(sample.score.key)") }
    if let label = sample.label { facts.append("label \(TerminalText.visible(label))") }
    facts.append(Self.tokens(sample.row.tokens))
    return [facts.joined(separator: ", "), ""] + sample.parts.flatMap { lines(of: $0) }
  }

  private func lines(of part: RowSamples.Part) -> [String] {
    if part.kind == Self.overhead {
      // On one line: most of it is markers.
      let text = part.text.split(atBytesOf: "\n").joined(separator: "\u{21B5}")
      let shown = TerminalText.visible(text)
      return [styled("  \(part.kind), \(Self.tokens(part.tokens))" + (shown.isEmpty ? "" : ": \(shown)"), part.kind)]
    }
    let title = "\(part.kind), \(Self.tokens(part.tokens)) "
    let rule = String(repeating: "\u{2500}", count: max(0, width - TerminalText.width(title) - 3))
    let text = TerminalText.visible(part.text, keepsLines: true)
    return [styled("\u{2500}\u{2500} \(title)\(rule)", part.kind)]
      + text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The kind of what the chat template writes.
  private static let overhead = "overhead"

  private static func tokens(_ count: Int) -> String {
    "\(NumberFormat.grouped(count)) token\(count == 1 ? "" : "s")"
  }

  private func styled(_ line: String, _ kind: String) -> String {
    isColored ? "\u{1B}[\(TerminalColors.kind(kind))m\(line)\u{1B}[0m" : line
  }
}

/// The colors that terminals show, as parameters of their escape sequence (SGR).
public enum TerminalColors {
  /// The color of a kind of tokens, by its name in the statistics.
  public static func kind(_ name: String) -> String {
    switch name {
    case "system": "35"
    case "user": "36"
    case "assistant": "32"
    case "thinking": "33"
    case "tool": "34"
    case "other": "31"
    default: "90"
    }
  }

  /// The color of a band of scores: those of the pictures, as near as the 256 colors of terminals come.
  ///
  /// - Parameters:
  ///   - band: The band's index, the lowest 0; nil for conversations without a score.
  ///   - count: The number of bands.
  static func band(_ band: Int?, of count: Int) -> String {
    guard let band, count > 1 else { return "38;5;\(band == nil ? 248 : 31)" }
    let ramp = [222, 108, 73, 31, 25]
    return "38;5;\(ramp[min(max(0, band * (ramp.count - 1) / (count - 1)), ramp.count - 1)])"
  }
}
