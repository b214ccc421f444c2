import Support
import TestSupport
import Testing

@testable import Reports

@Suite("Tables in a dataset's card")
struct CardFileTests {
  private static let frontMatter = "---\nlicense: mit\ndataset_info:\n  features: [a]\n---\n"

  private func card(_ text: String, _ body: (CardFile) throws -> Void) throws {
    let scratch = try Scratch()
    try body(CardFile(try scratch.file("README.md", text)))
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test("what is between the markers is replaced, everything else stays")
  func replaced() throws {
    let before = "\(Self.frontMatter)# Data\n\n\(CardFile.beginning)\n| old |\n\(CardFile.end)\n\nafter, no end"
    try card(before) { card in
      let expected = before.replacingOccurrences("| old |", "| new |\n| row |")
      #expect(Self.text(card.replacing(["| new |", "| row |"])) == expected)
    }
  }

  @Test("without markers they are added at the end, and a second time nothing changes")
  func added() throws {
    let scratch = try Scratch()
    for text in ["", "# Data", "# Data\n", Self.frontMatter] {
      let path = try scratch.file("README.md", text)
      #expect(try CardFile(path).write(["| row |"]))
      let written = try Files.readText(path)
      #expect(written.hasPrefix(text) && written.hasSuffix("\(CardFile.beginning)\n| row |\n\(CardFile.end)\n"))
      #expect(try !CardFile(path).write(["| row |"]))
      #expect(try Files.readText(path) == written)
    }
  }

  @Test("line ends are those of the file, and bytes that are no UTF-8 stay")
  func bytes() throws {
    let scratch = try Scratch()
    let start = Array("# Data\r\n".utf8) + [0xFF, 0xC3] + Array("\r\n\(CardFile.beginning)\r\nold\r\n".utf8)
    let end = Array("\(CardFile.end)\r\n".utf8) + [0x80]
    let card = try CardFile(try scratch.file("README.md", start + end))
    #expect(card.replacing(["new"]) == start.dropLast(5) + Array("new\r\n".utf8) + end)
  }

  @Test("markers in front matter and in fenced code are text")
  func literal() throws {
    let text = "---\nx: |\n  \(CardFile.beginning)\n---\n````md\n```\n\(CardFile.end)\n````\n"
    try card(text) { card in #expect(Self.text(card.replacing(["row"])).hasPrefix(text)) }
  }

  @Test(
    "markers that are no pair are refused with their line",
    arguments: [
      ("a\n\(CardFile.beginning)\nb\n", "line 2"), ("\(CardFile.end)\n", "line 1"),
      ("\(CardFile.beginning)\n\(CardFile.end)\n\(CardFile.beginning)\n", "line 3"),
      ("\(CardFile.beginning)\n\(CardFile.beginning)\n\(CardFile.end)\n", "line 2"),
    ])
  func unpaired(text: String, place: String) throws {
    let scratch = try Scratch()
    let path = try scratch.file("README.md", text)
    let error = #expect(throws: FileError.self) { try CardFile(path) }
    #expect(error?.description.contains(place) == true, "\(String(describing: error))")
  }
}

extension String {
  fileprivate func replacingOccurrences(_ old: String, _ new: String) -> String {
    split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
  }
}
