import TestSupport
import Testing

@testable import Tokenizers

/// Added tokens are found leftmost and longest, however long they are.
@Suite struct AddedTokenSplitterTests {
  private static func splitter(_ contents: [String]) -> AddedTokenSplitter {
    AddedTokenSplitter(
      contents.enumerated().map {
        let content = Array($0.element.utf8)
        return (content, AddedToken(id: TokenID($0.offset), content: content))
      })
  }

  @Test("One pass finds what a look at each place finds")
  func automaton() throws {
    var random = SplitMix(state: 5)
    let contents = ["a", "ab", "bc", "abcd", "ca", "ccc", "é"]
    let short = Self.splitter(contents)
    // A token that makes all of them be looked for in one pass.
    let long = Self.splitter(contents + [String(repeating: "ab", count: 100)])
    for _ in 0..<300 {
      let text = Array(
        (0..<40).map { _ in ["a", "b", "c", "d", "é", "x"].randomElement(using: &random) ?? "" }.joined().utf8)
      let expected = try short.pieces(of: text, splitsSpecialTokens: false)
      #expect(try long.pieces(of: text, splitsSpecialTokens: false) == expected)
    }
  }

  @Test("A long token that nearly matches everywhere takes one pass")
  func longToken() throws {
    let splitter = Self.splitter([String(repeating: "a", count: 200_000) + "b", "a"])
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 300_000)
    // Looking at each place would take 40 billion steps.
    #expect(try splitter.pieces(of: text, splitsSpecialTokens: false).count == 300_000)
    let end = text + [UInt8(ascii: "b")]
    let pieces = try splitter.pieces(of: end, splitsSpecialTokens: false)
    #expect(pieces.count == 100_001 && pieces.last?.token == 0)
  }

  @Test("Messages quote the beginning of a long text")
  func excerpt() {
    #expect(Excerpt.of("abc".utf8) == "abc")
    let long = Excerpt.of(Array(String(repeating: "é", count: 1000).utf8))
    #expect(long.hasSuffix("... (2000 bytes)") && long.utf8.count < 100 && !long.contains("\u{FFFD}"))
    #expect(Excerpt.of([UInt8](repeating: 0x80, count: 100)).hasSuffix("... (100 bytes)"))
  }
}
