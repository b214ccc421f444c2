import ModelHub
import TestSupport
import Testing

@testable import Tokenizers

/// Ids and counts equal those of the Python reference on every golden row.
@Suite struct GoldenTests {
  static let files: [(family: TokenizerKind, name: String)] = [
    (.gemma2, "gemma_text"), (.llama3, "llama_text"), (.qwen3, "qwen_text"),
    (.gemma2, "gemma_chat"), (.llama3, "llama_chat"), (.qwen3, "qwen_chat"), (.qwen25, "qwen25_chat"),
  ]

  struct Row: Decodable {
    let id: String
    let text: String?
    let rendered: String?
    let ids: [TokenID]?
  }

  @Test(arguments: files) func rowsAreIdentical(file: (family: TokenizerKind, name: String)) throws {
    guard let tokenizer = try TestVocabularies.tokenizer(file.family, suite: "GoldenTests"),
      let rows = try SharedFolder.rows("golden/\(file.name).jsonl", as: Row.self, suite: "GoldenTests")
    else { return }
    var counter = tokenizer.makeCounter()
    var compared = 0
    for row in rows {
      // Rows whose template raises have no text of their own.
      guard let text = row.text ?? row.rendered, let expected = row.ids else { continue }
      #expect(try tokenizer.encode(text) == expected, "ids of \(row.id)")
      #expect(counter.count(text.utf8Span.span.bytes) == expected.count, "count of \(row.id)")
      compared += 1
    }
    #expect(compared > 150)
  }
}
