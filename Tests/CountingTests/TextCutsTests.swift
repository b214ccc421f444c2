import ChatTemplates
import ModelHub
import TestSupport
import Testing
import Tokenizers

@testable import Counting

@Suite("Cuts in rendered text")
struct TextCutsTests {
  @Test(
    "After a newline a cut never changes the number of tokens, whatever character follows",
    arguments: ChatTemplate.native)
  func everyCharacter(template: ChatTemplate) throws {
    let kind = try ChatFormat(template).model.tokenizer
    guard let tokenizer = try TestVocabularies.tokenizer(kind, suite: "cuts in rendered text")
    else {
      return
    }
    var counter = tokenizer.makeCounter()
    let cuts = TextCuts(markers: template.turnMarkers)
    for head in ["model\n", "</think>\n\n"].map({ Array($0.utf8) }) {
      let headTokens = counter.count(head.span.bytes)
      var cut = 0
      for value in 0...0x1_FFFF as ClosedRange<UInt32> {
        guard let scalar = Unicode.Scalar(value) else { continue }
        let tail = Array(String(scalar).utf8) + Array("a \u{301}b".utf8)
        let text = head + tail
        guard text.withUnsafeBytes({ cuts.isCut($0, at: head.count) }) else { continue }
        cut += 1
        let tokens = headTokens + counter.count(tail.span.bytes)
        if tokens != counter.count(text.span.bytes) { Issue.record("\(template): U+\(String(value, radix: 16))") }
      }
      // White space, U+0080 to U+00BF and a few neighbours of white space are not cut at.
      #expect(cut > 0x1_FFFF - 0x800 - 500)
    }
  }

  @Test("Text is never cut before white space or inside a run of newlines")
  func whiteSpace() {
    let cuts = TextCuts(markers: ChatTemplate.qwen3.turnMarkers)
    for value in 0...0xFFFF as ClosedRange<UInt32> {
      guard let scalar = Unicode.Scalar(value), scalar.properties.isWhitespace else { continue }
      let text = Array("\n\(scalar)x".utf8)
      #expect(text.withUnsafeBytes { !cuts.isCut($0, at: 1) }, "U+\(String(value, radix: 16))")
    }
  }

  @Test("Before a turn marker text is cut, before half of one it is not")
  func markers() {
    let cuts = TextCuts(markers: ChatTemplate.llama33.turnMarkers)
    let text = Array("a<|eot_id|>b<|eot_id".utf8)
    let places = text.indices.filter { place in text.withUnsafeBytes { cuts.isCut($0, at: place) } }
    #expect(places == [0, 1])
  }
}
