import ChatTemplates
import Glibc
import JSON
import Reports
import Support
import Tokenizers

/// What `render --explain` prints of a conversation: every part in the color of its kind, with its tokens.
struct ChatExplanation: ~Copyable {
  private var counter: TokenCounter
  private let hasColors: Bool

  /// Colors where standard output is a terminal and `NO_COLOR` is not set.
  init(_ tokenizer: Tokenizer) {
    counter = tokenizer.makeCounter()
    hasColors = isatty(STDOUT_FILENO) == 1 && Files.environment("NO_COLOR") == nil
  }

  /// The lines of a conversation, or of a text that was not rendered, and the sum.
  mutating func lines(_ text: [UInt8], _ chat: RenderedChat) -> [UInt8] {
    var counts: [Int] = []
    counter.count(text.span.bytes, borders: chat.borders, into: &counts)
    var lines: [UInt8] = []
    var start = 0
    for (part, tokens) in zip(chat.spans, counts) {
      append(text[start..<part.end], kind: part.kind, tokens: tokens, to: &lines)
      start = part.end
    }
    if chat.spans.isEmpty { append(text[...], kind: nil, tokens: counts.reduce(0, +), to: &lines) }
    lines += Array("\(Self.padded("all", counts.reduce(0, +)))\n".utf8)
    return lines
  }

  private func append(_ text: ArraySlice<UInt8>, kind: TokenKind?, tokens: Int, to lines: inout [UInt8]) {
    lines += Array(Self.padded(kind?.name ?? "text", tokens).utf8)
    lines += Array("  ".utf8)
    if hasColors, let kind { lines += Array("\u{1B}[\(Self.color(of: kind))m".utf8) }
    // As JSON, so that line ends and what a terminal would obey are visible.
    var quoted: [UInt8] = []
    JSONWriter.appendQuoted(Array(text).span.bytes, to: &quoted)
    lines += hasColors ? Array(TerminalText.visible(String(decoding: quoted, as: UTF8.self)).utf8) : quoted
    if hasColors, kind != nil { lines += Array("\u{1B}[0m".utf8) }
    lines.append(UInt8(ascii: "\n"))
  }

  private static func padded(_ name: String, _ tokens: Int) -> String {
    let number = NumberFormat.grouped(tokens)
    let gap = String(repeating: " ", count: max(1, 20 - name.count - number.count))
    return name + gap + number
  }

  /// The parameter of the terminal's color.
  private static func color(of kind: TokenKind) -> Int {
    switch kind {
    case .system: 35
    case .user: 36
    case .assistant: 32
    case .thinking: 33
    case .tool: 34
    case .other: 31
    case .overhead: 90
    }
  }
}
