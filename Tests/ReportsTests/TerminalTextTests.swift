import Testing

@testable import Reports

@Suite("Text on a terminal")
struct TerminalTextTests {
  @Test(
    "columns are counted as a terminal fills them",
    arguments: [("abc", 3), ("é", 1), ("e\u{301}", 1), ("数据", 4), ("🦜", 2), ("", 0), ("▁█", 2), ("한", 2)])
  func width(text: String, columns: Int) {
    #expect(TerminalText.width(text) == columns)
  }

  @Test("controls and what turns directions around become visible")
  func visible() {
    #expect(TerminalText.visible("a\u{1B}[31m\tb\u{202E}") == "a\\u{001B}[31m\\u{0009}b\\u{202E}")
  }

  @Test("a cut text says so and keeps its columns")
  func cut() {
    #expect(TerminalText.cut("abcdef", to: 6) == "abcdef")
    #expect(TerminalText.cut("abcdef", to: 4) == "abc…")
    #expect(TerminalText.cut("数据集合", to: 4) == "数…")
    #expect(TerminalText.cut("abc", to: 0) == "")
  }

  @Test("parts flow into lines under a heading")
  func flow() {
    #expect(
      TerminalText.flow("limits", ["one two", "three", "four five six"], indent: 8, width: 25) == [
        "limits  one two   three", "        four five six",
      ])
    #expect(TerminalText.flow("limits", [], indent: 8, width: 25) == [])
    // Nothing is cut: words that do not fit into a line are broken.
    #expect(
      TerminalText.flow("a", ["one", "two three four", "abcdefghijklm", "z"], indent: 2, width: 12) == [
        "a one", "  two three", "    four", "  abcdefghij", "  klm   z",
      ])
  }
}
