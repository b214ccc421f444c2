import ChatTemplates
import Glibc
import JSON
import Reports
import Support
import Tokenizers

/// What `render --explain` prints of a conversation: every part in the color of its kind, with its tokens, and what is
/// trained underlined.
struct ChatExplanation: ~Copyable {
  private var counter: TokenCounter
  private let writer = SpanWriter()

  init(_ tokenizer: Tokenizer) { counter = tokenizer.makeCounter() }

  /// The lines of a conversation, or of a text that was not rendered, and the sum.
  ///
  /// - Parameter trained: the bytes of the tokens that are trained; nil where nobody asks.
  mutating func lines(_ text: [UInt8], _ chat: RenderedChat, trained: [Range<Int>]? = nil) -> [UInt8] {
    let edges = (trained ?? []).flatMap { [$0.lowerBound, $0.upperBound] }
    let borders = Set(chat.borders + edges).filter { $0 > 0 && $0 < text.count }.sorted()
    var counts: [Int] = []
    counter.count(text.span.bytes, borders: borders, into: &counts)
    var lines: [UInt8] = []
    var start = 0
    var trainedTokens = 0
    for (end, tokens) in zip(borders + [text.count], counts) {
      let isTrained = trained?.contains { $0.contains(start) }
      if isTrained ?? false { trainedTokens += tokens }
      let kind = chat.spans.first { $0.end > start }?.kind
      writer.append(text[start..<end], kind: kind, tokens: tokens, isTrained: isTrained, to: &lines)
      start = end
    }
    lines += Array("\(SpanWriter.padded("all", counts.reduce(0, +)))\n".utf8)
    if trained != nil { lines += Array("\(SpanWriter.padded("trained", trainedTokens))\n".utf8) }
    return lines
  }
}

/// Writes the line of a part.
private struct SpanWriter {
  /// Colors where standard output has them.
  private let hasColors = TerminalScreen.usesColors
  /// Whether a terminal obeys what is in texts, with colors or without.
  private let isTerminal = isatty(STDOUT_FILENO) == 1

  func append(
    _ text: ArraySlice<UInt8>, kind: TokenKind?, tokens: Int, isTrained: Bool?, to lines: inout [UInt8]
  ) {
    lines += Array(Self.padded(kind?.name ?? "text", tokens).utf8)
    // Where there are no colors, a sign stands for the underline.
    lines += Array(isTrained.map { $0 ? " _" : "  " }?.utf8 ?? "  ".utf8)
    if isTrained != nil { lines.append(UInt8(ascii: " ")) }
    let isUnderlined = isTrained ?? false
    let styles = [kind.map { TerminalColors.kind($0.name) }, isUnderlined ? "4" : nil].compactMap(\.self)
    if hasColors, !styles.isEmpty { lines += Array("\u{1B}[\(styles.joined(separator: ";"))m".utf8) }
    // As JSON, so that line ends and what a terminal would obey are visible.
    var quoted: [UInt8] = []
    JSONWriter.appendQuoted(ControlTokenMarks.removed(from: text).span.bytes, to: &quoted)
    lines +=
      hasColors || isTerminal ? Array(TerminalText.visible(String(decoding: quoted, as: UTF8.self)).utf8) : quoted
    if hasColors, !styles.isEmpty { lines += Array("\u{1B}[0m".utf8) }
    lines.append(UInt8(ascii: "\n"))
  }

  static func padded(_ name: String, _ tokens: Int) -> String {
    let number = NumberFormat.grouped(tokens)
    let gap = String(repeating: " ", count: max(1, 20 - name.count - number.count))
    return name + gap + number
  }
}
