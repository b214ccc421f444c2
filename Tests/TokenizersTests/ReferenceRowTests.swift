import ModelHub
import ReferenceExpectations
import TestSupport
import Testing

@testable import Tokenizers

@Suite("Reference rows")
struct ReferenceRowTests {
  @Test("Every built-in row has the reference's ids and count", arguments: ReferenceExpectation.Model.allCases)
  func ids(model: ReferenceExpectation.Model) throws {
    let family: TokenizerKind =
      switch model {
      case .gemma: .gemma2
      case .llama: .llama3
      case .qwen: .qwen3
      case .qwen25: .qwen25
      }
    guard let tokenizer = try TestVocabularies.tokenizer(family, suite: "reference rows") else { return }
    var counter = tokenizer.makeCounter()
    var compared = 0
    for row in try ReferenceExpectation.all() where row.model == model {
      guard let ids = row.ids else { continue }
      let text = try Self.tokenizedText(row)
      let found = try tokenizer.encode(text.span.bytes)
      #expect(found == ids, "\(row.id)")
      let count = counter.count(text.span.bytes)
      #expect(count == ids.count, "\(row.id)")
      compared += 1
    }
    #expect(compared == [.gemma: 423, .llama: 484, .qwen: 484, .qwen25: 259][model])
  }

  /// What the ids of a row stand for.
  private static func tokenizedText(_ row: ReferenceExpectation) throws -> [UInt8] {
    switch row.input {
    case .text(let text): Array(text.utf8)
    case .chat: Array(try #require(row.rendered).utf8)
    }
  }
}
