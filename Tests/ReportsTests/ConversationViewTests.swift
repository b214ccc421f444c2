import Testing
import TokenStatistics

@testable import Reports

@Suite("A conversation on a terminal")
struct ConversationViewTests {
  private let sample = RowSamples.Sample(
    row: .init(row: 1_584, tokens: 10), score: .value(3), label: "pos",
    parts: [
      .init(kind: "overhead", tokens: 2, text: "<|im_start|>user\n"),
      .init(kind: "user", tokens: 7, text: "two\nlines \u{1B}[31m"),
      .init(kind: "assistant", tokens: 1, text: "yes"),
    ])

  @Test("every message stands under its role and its tokens")
  func lines() {
    let view = ConversationView(sample, of: "m__role__a", width: 40, isColored: false)
    #expect(
      view.lines == [
        "row 1,584 of m__role__a, score 3, label pos, 10 tokens", "",
        "  overhead, 2 tokens: <|im_start|>user\u{21B5}",
        "\u{2500}\u{2500} user, 7 tokens " + String(repeating: "\u{2500}", count: 22),
        "two", "lines \\u{001B}[31m",
        "\u{2500}\u{2500} assistant, 1 token " + String(repeating: "\u{2500}", count: 18),
        "yes",
      ])
  }

  @Test("colors are around the same lines")
  func colors() {
    let plain = ConversationView(sample, of: "a", width: 60, isColored: false).lines
    let colored = ConversationView(sample, of: "a", width: 60, isColored: true).lines
    #expect(colored[3].hasPrefix("\u{1B}[36m") && colored[3].hasSuffix("\u{1B}[0m"))
    #expect(colored.map { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "") } == plain)
  }
}
