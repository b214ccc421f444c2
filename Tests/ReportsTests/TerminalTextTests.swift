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

  @Test("a cut name keeps both of its ends and its columns")
  func cutInside() {
    #expect(TerminalText.cutInside("abcdef", to: 6) == "abcdef")
    #expect(TerminalText.cutInside("abcdef", to: 5) == "ab…ef")
    #expect(TerminalText.cutInside("abcdef", to: 4) == "ab…f")
    #expect(TerminalText.cutInside("数据集合", to: 5) == "数…合")
    #expect(TerminalText.cutInside("数据集合", to: 4) == "数…")
    #expect(TerminalText.cutInside("abc", to: 1) == "…")
    #expect(TerminalText.cutInside("abc", to: 0) == "")
    // A mark of its own column goes with the letter that it stands on.
    #expect(TerminalText.cutInside("abcde\u{301}f", to: 3) == "a…f")
    #expect(TerminalText.cutInside("abcdee\u{301}", to: 3) == "a…e\u{301}")
  }

  @Test("messages are folded at words where a line is longer than a terminal, and elsewhere not at all")
  func folded() {
    let text = "error: one two  three\nUsage: x\n"
    #expect(TerminalText.folded(text, width: nil) == text)
    #expect(TerminalText.folded(text, width: 21) == text)
    #expect(TerminalText.folded(text, width: 16) == "error: one two \n  three\nUsage: x\n")
    #expect(TerminalText.folded("error: /a/path/with/many/parts", width: 10) == "error:\n  /a/path/with/many/parts")
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
