import Testing

@testable import ReferenceExpectations

@Suite("Reference expectations")
struct ReferenceExpectationTests {
  @Test("The built-in rows are complete: chats and texts of every model, errors, kinds")
  func rows() throws {
    let rows = try ReferenceExpectation.all()
    #expect(Set(rows.map(\.id)).count == rows.count)
    for model in ReferenceExpectation.Model.allCases {
      let ofModel = rows.filter { $0.model == model }
      let chats = ofModel.filter { if case .chat = $0.input { true } else { false } }
      #expect(chats.count == 259)
      #expect(ofModel.count - chats.count == (model == .qwen25 ? 0 : 225))
      let raising = chats.filter { $0.error != nil }
      #expect(raising.count == (model == .gemma ? 61 : 0))
      #expect(raising.allSatisfy { $0.rendered == nil && $0.ids == nil && $0.fallbackText != nil })
      #expect(chats.allSatisfy { ($0.rendered == nil) == ($0.error != nil) })
    }
    #expect(rows.count == 1_711)
    #expect(rows.count { $0.tokensByKind != nil } == 716)
  }

  @Test("Ids are there for everything that renders, and kinds add up to their number")
  func ids() throws {
    for row in try ReferenceExpectation.all() where row.error == nil {
      let ids = try #require(row.ids)
      #expect(ids.allSatisfy { (0..<256_000).contains($0) })
      if let kinds = row.tokensByKind {
        #expect(kinds.values.reduce(0, +) == ids.count)
      }
    }
  }

  @Test("Text that other parsers lose is kept: NUL, U+2028, U+FFFF, canonically equal spellings")
  func oddText() throws {
    let texts = try ReferenceExpectation.all().flatMap { row -> [String] in
      switch row.input {
      case .text(let text): [text]
      case .chat(let messages, _): messages.map(\.content)
      }
    }
    for scalar: Unicode.Scalar in ["\u{0}", "\u{2028}", "\u{FFFF}", "\u{301}"] {
      #expect(texts.contains { $0.unicodeScalars.contains(scalar) })
    }
  }
}
