import Support
import Testing

@testable import Analysis

@Suite("Scripts of texts")
struct ScriptRunsTests {
  private static func runs(_ text: String) -> [(TextScript, String)] {
    let bytes = Array(text.utf8)
    return ScriptRuns(bytes).runs.map { ($0.script, String(decoding: bytes[$0.range], as: UTF8.self)) }
  }

  @Test("A stretch takes the signs after it along, and the space before it")
  func stretches() {
    let runs = Self.runs("Hello, мир! 世界 42")
    #expect(runs.map(\.0) == [.latin, .cyrillic, .han])
    #expect(runs.map(\.1) == ["Hello,", " мир!", " 世界 42"])
  }

  @Test(
    "Scripts are told by their letters",
    arguments: [
      ("straße", .latin), ("naïve é", .latin), ("Ελλάδα", .greek), ("Ἀθῆναι", .greek), ("שלום", .hebrew),
      ("مرحبا", .arabic), ("नमस्ते", .devanagari), ("สวัสดี", .thai), ("ひらがな", .kana), ("カタカナ", .kana), ("한국어", .hangul),
      ("ไทย", .thai), ("ქართული", .georgian), ("😀👍", .emoji), ("ᏣᎳᎩ", .other), ("12 + 3", .signs),
    ] as [(String, TextScript)])
  func scripts(text: String, script: TextScript) {
    #expect(Self.runs(text).map(\.0) == [script], "\(text)")
  }

  @Test("Fenced lines and lines of signs are code, up to the fence that ends them")
  func code() {
    let runs = Self.runs("See this:\n```\nplain words\n```\nand then\nif (a[i] == b) { c(); }\n")
    #expect(runs.map(\.0) == [.latin, .code, .latin, .code])
    #expect(runs[1].1 == "```\nplain words\n```\n")
    #expect(runs[3].1 == "if (a[i] == b) { c(); }\n")
  }

  @Test("Stretches are without gaps, whatever the bytes")
  func noGaps() {
    for bytes: [UInt8] in [
      [], [0xFF, 0x61, 0xC3], Array("a\r\n\u{2581}б \t世".utf8), Array("\n\n```".utf8), [0xF0, 0x9F],
    ] {
      var end = 0
      var scripts: [TextScript] = []
      for run in ScriptRuns(bytes).runs {
        #expect(run.range.lowerBound == end && !run.range.isEmpty)
        #expect(scripts.last != run.script)
        end = run.range.upperBound
        scripts.append(run.script)
      }
      #expect(end == bytes.count)
    }
  }

  @Test("Words are letters of one script with the space before them")
  func words() {
    let bytes = Array("Don't say мир-мир, 世界x".utf8)
    let words = ScriptRuns(bytes).words.map { String(decoding: bytes[$0], as: UTF8.self) }
    #expect(words == ["Don", "t", " say", " мир", "мир", " 世界", "x"])
  }

  @Test("A sample of words depends neither on their order nor on how they were divided")
  func samples() {
    let words = (0..<500).map { TextKey("word \($0)") }
    var whole = WordSample(capacity: 100)
    for word in words { whole.add(word, count: 2) }
    #expect(whole.counts.count <= 100 && whole.oneIn >= 8)
    #expect(whole.counts.values.allSatisfy { $0 == 2 })
    var reversed = WordSample(capacity: 100)
    for word in words.reversed() { reversed.add(word, count: 2) }
    #expect(reversed == whole)
    var parts = WordSample(capacity: 100)
    for start in stride(from: 0, to: 500, by: 50) {
      var part = WordSample(capacity: 100)
      for word in words[start..<start + 50] { part.add(word, count: 2) }
      parts.merge(part)
    }
    #expect(parts == whole)
  }
}
